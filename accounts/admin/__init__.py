"""People, for staff."""

from . import people

__all__ = ["people"]
