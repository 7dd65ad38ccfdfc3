"""What went wrong in this process lately, in words for whoever runs the site. The log has the details."""

import threading
import time
from collections import OrderedDict

import msgspec

#: Seconds after which the same trouble, come again, is a new one.
SAME_WITHIN = 30.0
#: Troubles that are remembered until they are taken.
MOST = 200


class Fault(msgspec.Struct):
    """One trouble, however often it was met. Times are seconds since 1970."""

    kind: str
    text: str
    began: float
    last: float
    count: int = 1


_lock = threading.Lock()
_latest: dict[tuple[str, str], Fault] = {}
_changed: OrderedDict[tuple[str, str, float], Fault] = OrderedDict()


def note(kind: str, text: str) -> None:
    """Remember a trouble. The text says what is wrong, without anything that differs each time. From any thread."""
    now = time.time()
    with _lock:
        fault = _latest.get((kind, text))
        if fault is None or fault.last < now - SAME_WITHIN:
            fault = _latest[kind, text] = Fault(kind, text, now, now, 0)
        fault.last, fault.count = now, fault.count + 1
        _changed[_key(fault)] = fault
        while len(_changed) > MOST:
            _changed.popitem(last=False)


def take() -> list[Fault]:
    """Those that are new, or went on, since the last time."""
    with _lock:
        taken = [msgspec.structs.replace(fault) for fault in _changed.values()]
        _changed.clear()
    return taken


def put_back(taken: list[Fault]) -> None:
    """What could not be kept, for the next time."""
    with _lock:
        for fault in taken:
            # One that went on meanwhile is there already, with more in it.
            _changed.setdefault(_key(fault), fault)


def _key(fault: Fault) -> tuple[str, str, float]:
    return fault.kind, fault.text, fault.began
