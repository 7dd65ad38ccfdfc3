"""Workspaces, rooms and what is said in them."""
