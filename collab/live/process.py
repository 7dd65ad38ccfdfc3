"""Which process this is, for each line that it writes."""

import os
from typing import Any

#: What each line says of it: its node, once it is one.
about: dict[str, str] = {}


def add(_logger: object, _method: str, event: Any) -> Any:
    """Add to an event of structlog which process it comes from."""
    event["pid"] = os.getpid()
    event.update(about)
    return event
