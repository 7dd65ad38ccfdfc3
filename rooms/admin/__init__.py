"""Workspaces and what is in them, for staff: to read; what may be done to it goes through the actions."""

from . import events, invitations, messages, rooms, workspaces

__all__ = ["events", "invitations", "messages", "rooms", "workspaces"]
