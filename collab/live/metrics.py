"""What this process counts and times, for Prometheus. Each instrument is declared here, once.

What it holds at a moment is asked for when somebody looks (`hold`), and costs nothing until then.
"""

import gc
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.samples import Sample

#: Seconds. Dense where the promises lie: 5 ms, 25 ms, 50 ms.
BUCKETS = (0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SIZES = (1, 2, 5, 10, 20, 50, 100)

registry = CollectorRegistry()
# When each began to be counted: a line more for each, which nobody asks for.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Instrument(Protocol):
    """A counter or a histogram, or one that counts nothing."""

    def inc(self, amount: float = 1) -> None:
        """Count."""

    def observe(self, amount: float) -> None:
        """Note a time, in seconds, or a size."""

    def labels(self, *values: str) -> "Instrument":
        """The one for these values of its labels."""


class Nothing:
    """Counts nothing."""

    def inc(self, amount: float = 1) -> None:
        """Do nothing."""

    def observe(self, amount: float) -> None:
        """Do nothing."""

    def labels(self, *values: str) -> "Nothing":
        """Itself."""
        return self


NOTHING = Nothing()


def _counter(name: str, documentation: str, *labels: str) -> Instrument:
    # Of a shape that its types hide.
    counter: Any = Counter(f"collab_{name}", documentation, labels, registry=registry)
    made: Instrument = counter
    return made


def _histogram(name: str, documentation: str, *labels: str, buckets: tuple[float, ...] = BUCKETS) -> Instrument:
    histogram: Any = Histogram(f"collab_{name}", documentation, labels, buckets=buckets, registry=registry)
    made: Instrument = histogram
    return made


_leg = _histogram(
    "leg_seconds",
    "Parts of an event's way. committed: from its arrival in a frame; published: from the commit until Redis has it; "
    "written: from the commit until it is written to this node's sockets; confirmed: from then until a page says so.",
    "leg",
)
#: From the frame that asked for it to its commit, by the clock of the loop.
COMMITTED = _leg.labels("committed")
#: From the commit, by the clock of the machine that committed: other machines' clocks differ by some milliseconds.
PUBLISHED = _leg.labels("published")
WRITTEN = _leg.labels("written")
#: Pages gather what they confirm for up to `limits.HEARTBEAT`.
CONFIRMED = _leg.labels("confirmed")

EVENTS = _counter("events", "Events committed by this process, by type.", "type")
DELIVERIES = _counter("deliveries", "Events written to sockets: one for each socket.")
GAPS = _counter("gaps", "Events that came before the one that stands before them.")
BACKFILLED = _counter("backfilled", "Events that were read from the log because they had not come by themselves.")
RESENT = _counter("resent", "Events sent again to sockets that came back, or asked for them.")
RELOADS = _counter("reloads", "Rooms that a socket was told to load anew, having missed too much.")
SLOW_READERS = _counter("slow_readers", "Sockets put out because they did not read.")
LAYER_LOST = _counter("layer_lost", "Times that the line to the channel layer failed.")
LIMITED = _counter(
    "rate_limited",
    "What was refused since somebody asked too often: a command, a page or API answer, a sign-in.",
    "what",
)
REFUSED = _counter("commands_refused", "Commands refused, by code.", "code")
CLOSED = _counter("sockets_closed", "Sockets closed by this side, by the name of the close code.", "reason")

BATCH_SIZE = _histogram("batch_size", "Items carried out together, by queue.", "queue", buckets=SIZES)
BATCH_SECONDS = _histogram("batch_seconds", "Seconds that a batch took, by queue.", "queue")
LOOP_LAG = _histogram("loop_lag_seconds", "How much later than asked for a timer of the event loop came.")
COLLECTION = _histogram("gc_pause_seconds", "Pauses for Python's garbage collector, by generation.", "generation")
PAGE = _histogram("page_seconds", "Seconds until a page or an API answer was made, by status.", "status")


def by(name: str, documentation: str, *labels: str) -> Gauge:
    """A number of the whole site, by a label if there is one, which somebody sets now and then. Declared once."""
    return Gauge(f"collab_{name}", documentation, labels, registry=registry)


def hold(name: str, documentation: str, read: Callable[[], float]) -> None:
    """Have a number read whenever somebody asks; one that is held anew takes its own place."""
    full = f"collab_{name}"
    gauge = _held.get(full) or _held.setdefault(full, Gauge(full, documentation, registry=registry))
    gauge.set_function(read)


_held: dict[str, Gauge] = {}


def render(accept: str) -> tuple[bytes, str]:
    """Everything, and its content type, in the format that is asked for. Takes some milliseconds: not on the loop."""
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


class Counted(NamedTuple):
    """What was counted since the start; times by bucket of `BUCKETS`, and last what took longer."""

    events: int
    deliveries: int
    written: list[int]


def counted() -> Counted:
    """What was counted so far. From any thread."""
    return Counted(_total("events"), _total("deliveries"), _by_bucket("written"))


def _total(name: str) -> int:
    return int(sum(sample.value for sample in _samples(f"collab_{name}_total")))


def _by_bucket(leg: str) -> list[int]:
    up_to = [int(each.value) for each in _samples("collab_leg_seconds_bucket") if each.labels["leg"] == leg]
    return [so_far - before for before, so_far in pairwise([0, *up_to])]


def _samples(name: str) -> Iterator[Sample]:
    for family in registry.restricted_registry([name]).collect():
        yield from family.samples


def start() -> None:
    """Time the collector's pauses, and tell of the process itself."""
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)
    if is_counting:
        gc.callbacks.append(_time_collection)


is_counting = True


def count_nothing() -> None:
    """Have all instruments count nothing from now on: to see what counting costs. Called before anything is served."""
    global is_counting  # noqa: PLW0603 — a process counts or does not.
    is_counting = False
    for name, instrument in list(globals().items()):
        if isinstance(instrument, Counter | Histogram):
            globals()[name] = NOTHING


_began = 0.0
_collections = [COLLECTION.labels(str(generation)) for generation in range(3)]


def _time_collection(phase: str, info: dict[str, int]) -> None:
    global _began  # noqa: PLW0603 — the collector runs once at a time.
    if phase == "start":
        _began = time.perf_counter()
    else:
        _collections[info["generation"]].observe(time.perf_counter() - _began)
