"""The net under what is written down: no event is meant to hold a secret or what people wrote, and none can."""

import logging
import re
import uuid
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from collab.logs.errors import describe, scrub

Event = MutableMapping[str, Any]

#: Words of a key whose value is never written down.
SECRET = frozenset(
    "password passwd passphrase token cookie cookies authorization secret credentials session sessionid csrf csrftoken "
    "csrfmiddlewaretoken dsn url text texts html body content message messages query email emails subject name handle "
    "locals params sql".split()
)
#: What stands instead.
REDACTED = "[redacted]"
#: Libraries whose own texts tell of servers and addresses, never of people.
TRUSTED = ("celery", "kombu", "circus", "twisted")

_WORD = re.compile(r"[A-Za-z][a-z]*")


def redact(_logger: object, _method: str, event: Event) -> Event:
    """Replace what stands under a secret's name, and put errors in words."""
    for key, value in event.items():
        event[key] = _clean(value, key)
    return event


def read_foreign(_logger: object, _method: str, event: Event) -> Event:
    """A library's line, put together without what it would put in: texts are left out, whatever they are."""
    record: logging.LogRecord = event["_record"]
    arguments = event.pop("positional_args", ())
    if not isinstance(record.msg, str):
        # Twisted hands over a failure, which holds an error.
        error = getattr(record.msg, "value", record.msg)
        event["event"] = describe(error) if isinstance(error, BaseException) else type(error).__qualname__
        return event
    # Of what asyncio says the first line names the trouble, and the rest the objects with all they hold.
    text = record.msg.partition("\n")[0]
    if text.startswith("Traceback"):
        # Daphne says the whole of it as one text.
        event["exc_info"] = True
    event["event"] = scrub(_put_together(text, arguments, _said(record.name)))
    return event


def is_plain(value: object) -> bool:
    """It can be nobody's words."""
    return value is None or isinstance(value, bool | int | float | uuid.UUID)


def _said(name: str) -> Callable[[object], object]:
    trusted = name.partition(".")[0] in TRUSTED

    def said(value: object) -> object:
        if isinstance(value, BaseException):
            return describe(value)
        return value if is_plain(value) or (trusted and isinstance(value, str)) else "…"

    return said


def _put_together(text: str, arguments: object, said: Callable[[object], object]) -> str:
    if not arguments:
        return text
    try:
        if isinstance(arguments, Mapping):
            return text % {key: said(value) for key, value in arguments.items()}
        return text % tuple(map(said, arguments if isinstance(arguments, tuple) else (arguments,)))
    except (TypeError, ValueError, KeyError):
        return text


def _is_secret(key: str) -> bool:
    return any(word.lower() in SECRET for word in _WORD.findall(key))


def _clean(value: Any, key: str = "") -> Any:
    # How many there were is told under the name of what they were.
    if _is_secret(key) and not isinstance(value, bool | int | float | None):
        return REDACTED
    if isinstance(value, str) or is_plain(value):
        return value
    if isinstance(value, BaseException):
        return describe(value)
    if isinstance(value, Mapping):
        return {str(name): _clean(each, str(name)) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(each) for each in value]
    # Its own words could be anything.
    return f"<{type(value).__qualname__}>"
