"""Spans of work for whoever traces the site; nothing, at no cost, where nobody does (`collab.logs.tracing`)."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

#: OpenTelemetry's tracer; None while nobody traces.
tracer: Any = None
#: The module `opentelemetry.trace`, with it.
api: Any = None

_NOTHING = nullcontext()


def span(name: str, *, links: Any = (), **attributes: object) -> AbstractContextManager[Any]:
    """The span of a `with` block; None where nobody traces."""
    return _NOTHING if tracer is None else _recorded(name, links, attributes)


@contextmanager
def _recorded(name: str, links: Any, attributes: dict[str, object]) -> Iterator[Any]:
    # What an error says of itself may hold what somebody wrote: its kind alone is told.
    with tracer.start_as_current_span(name, links=links, record_exception=False, set_status_on_exception=False) as made:
        describe(made, **attributes)
        try:
            yield made
        except BaseException as error:
            describe(made, error=type(error).__qualname__)
            raise


def traced(name: str, call: Callable[[], Any], **attributes: object) -> Any:
    """What a call returns, in a span that ends with what it promised. Only where somebody traces."""
    made = tracer.start_span(name)
    describe(made, **attributes)
    try:
        with api.use_span(made, record_exception=False, set_status_on_exception=False):
            outcome = call()
    except BaseException:
        made.end()
        raise
    if asyncio.iscoroutine(outcome):
        return _awaited(made, outcome)
    if isinstance(outcome, asyncio.Future):
        outcome.add_done_callback(lambda _: made.end())
    else:
        made.end()
    return outcome


async def _awaited(made: Any, outcome: Coroutine[Any, Any, Any]) -> Any:
    with api.use_span(made, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        return await outcome


def link() -> Any:
    """To whatever goes on here now, for the span of what is done for many at once."""
    return api.Link(api.get_current_span().get_span_context())


def describe(made: Any, **attributes: object) -> None:
    """Say more of a span."""
    if made is not None:
        for key, value in attributes.items():
            made.set_attribute(f"collab.{key}", value if isinstance(value, bool | int | float) else str(value))
