"""People."""

from .user import HANDLE, RESERVED_HANDLES, User

__all__ = ["HANDLE", "RESERVED_HANDLES", "User"]
