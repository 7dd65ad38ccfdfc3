"""What a canary has brought into the database so far."""

import time
from collections.abc import Callable

from collab.status import store
from collab.status.models import Minute
from collab.status.tally import Tally, total

PATIENCE = 60.0


def so_far() -> Tally:
    """All that is in the database."""
    return total(store.by_minute(Minute.objects.all()).values())


def until(what: Callable[[Tally], bool], within: float = PATIENCE) -> Tally:
    """Wait until this much was measured."""
    end = time.monotonic() + within
    while not what(found := so_far()):
        assert time.monotonic() < end, found
        time.sleep(0.1)
    return found
