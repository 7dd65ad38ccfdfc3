"""Why there is nothing to report."""


class CannotMeasure(Exception):
    """Something is in the way of a measurement. Its text is one line that says what, and what to do."""
