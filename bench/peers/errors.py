"""Why a server is not in the table."""

from bench.errors import CannotMeasure


class NotInstalled(CannotMeasure):
    """It is not on this machine, and could not be brought here. Its text says what would help."""
