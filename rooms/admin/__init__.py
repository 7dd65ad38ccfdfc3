"""Workspaces and what is in them, for staff: to read; what may be done to it goes through the actions."""

from . import deliveries, events, invitations, messages, rooms, workspaces

__all__ = ["deliveries", "events", "invitations", "messages", "rooms", "workspaces"]
