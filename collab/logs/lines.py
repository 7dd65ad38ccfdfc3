"""How a line looks: JSON for machines, columns for a terminal; and which lines there are."""

import logging
import os
import sys
from collections.abc import Mapping
from typing import Any

import msgspec
import structlog
from structlog.contextvars import merge_contextvars
from structlog.stdlib import ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import EventDict, Processor

from collab.live import process
from collab.logs import sentry
from collab.logs.errors import error_of, story
from collab.logs.redaction import read_foreign, redact

FORMATS = ("auto", "json", "console")
#: What stands first on a line, in this order.
FIRST = ("timestamp", "level", "event", "logger")

_encode = msgspec.json.Encoder(enc_hook=lambda value: type(value).__qualname__).encode


def set_up(level: str, form: str = "auto", *, is_debug: bool = False) -> dict[str, Any]:
    """Have structlog write by `logging`, and say how `logging` writes: Django's LOGGING."""
    structlog.configure(
        processors=[ProcessorFormatter.wrap_for_formatter],
        # What is below the level costs a call that returns.
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": ProcessorFormatter,
        "processors": [*_processors(), _renderer(form)],
        "foreign_pre_chain": [read_foreign],
        "use_get_message": False,
        "pass_foreign_args": True,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stream"], "level": level},
        "loggers": _libraries(level, is_debug),
    }


def _processors() -> list[Processor]:
    return [
        merge_contextvars,
        process.add,
        add_logger_name,
        add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        sentry.report,
        tell_error,
        ProcessorFormatter.remove_processors_meta,
        redact,
        in_order,
    ]


def _libraries(level: str, is_debug: bool) -> dict[str, dict[str, str]]:
    return {
        # Daphne tells at each start what it listens on, which whoever started it has just said.
        "daphne": {"level": "WARNING"},
        # It tells of a Redis that is away with a traceback a second; collab.live.layer says it in one line.
        "channels_redis": {"level": "CRITICAL"},
        # Paths may hold the token of an invitation; collab.views.broken says what broke, by its route. While one works
        # on the code Django's own page of errors takes its place.
        "django.request": {"level": "ERROR" if is_debug else "CRITICAL"},
        # collab.views.broken says it in one line, with what to set.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # It sets a level of its own; below that it tells of every connection it lends.
        "psycopg": {"level": "ERROR" if level == "ERROR" else "WARNING"},
        # It tells of each task that it began and ended; collab.logs.tasks of those that failed.
        "celery": {"level": "WARNING"},
        "celery.app.trace": {"level": "CRITICAL"},
        "kombu": {"level": "WARNING"},
    }


def tell_error(_logger: object, _method: str, event: EventDict) -> EventDict:
    """An error that comes with an event becomes its story."""
    given = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if (error := error_of(given)) is not None:
        event["exception"] = story(error)
    return event


def in_order(_logger: object, _method: str, event: EventDict) -> EventDict:
    """What each line has stands first."""
    return {key: event.pop(key) for key in FIRST if key in event} | dict(event)


def _renderer(form: str) -> Processor:
    is_terminal = sys.stderr.isatty()
    if form == "json" or (form == "auto" and not is_terminal):
        return structlog.processors.JSONRenderer(serializer=_serialise)
    return structlog.dev.ConsoleRenderer(colors=is_terminal and "NO_COLOR" not in os.environ, sort_keys=False)


def _serialise(event: Mapping[str, Any], **_: object) -> str:
    return _encode(event).decode()
