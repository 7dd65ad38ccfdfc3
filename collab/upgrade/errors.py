"""Why an upgrade does not go on."""


class Stop(Exception):
    """Something is in the way. Its text says what, and what to do."""
