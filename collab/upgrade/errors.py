"""Why an upgrade does not go on."""


class Stop(Exception):
    """Something is in the way. Its text says what, and what to do."""


class NotRestarted(Stop):
    """What was to go runs on, with the code it had."""
