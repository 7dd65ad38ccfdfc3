"""Errors in words that may stand in a log. What an error says of itself often holds what somebody typed."""

import re
import sys
import traceback
from collections.abc import Iterator

import psycopg
import redis
from django.db import Error as DatabaseError

from collab.live.errors import CodedError

#: Errors whose words come from the system or from code, never from what was sent.
PLAIN = (
    OSError,
    ImportError,
    AttributeError,
    NameError,
    TypeError,
    NotImplementedError,
    ArithmeticError,
    redis.RedisError,
)
#: Classes of SQLSTATE whose first line names no value: connection, rollback, resources, locks, the server's own state.
#: Of all others PostgreSQL quotes the row, and Django the statement with what stands in it.
TELLING = frozenset({"08", "40", "53", "55", "57"})
#: Frames of one error that are told, from either end.
MOST_FRAMES = 40

_SECRETS = [
    (re.compile(r"//[^\s/@]*@"), "//…@"),
    (re.compile(r"[^\s<>\"'(),;:=@]+@[^\s<>\"'(),;:=@]+\.\w+"), "…@…"),
    (re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{20,}\b"), "…"),
]


def describe(error: BaseException) -> str:
    """Its kind, and its own words where they can hold nothing of anybody's."""
    words = _words(error)
    return f"{type(error).__qualname__}: {words}" if words else type(error).__qualname__


def story(error: BaseException) -> str:
    """Where it came from, as Python tells it, without values: neither of variables nor in its words."""
    return "\n".join(_parts(error))


def error_of(given: object) -> BaseException | None:
    """What `exc_info` stands for, in any of the forms that logging takes."""
    if isinstance(given, BaseException):
        return given
    found = given[1] if isinstance(given, tuple) else sys.exc_info()[1] if given else None
    return found if isinstance(found, BaseException) else None


def scrub(text: str) -> str:
    """A text of somebody else's, without what looks like an address of mail, a password in an address, or a token."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def _words(error: BaseException) -> str:
    if isinstance(error, CodedError):
        return error.code
    if isinstance(error, DatabaseError | psycopg.Error):
        return _of_database(error)
    return scrub(_first_line(error)) if isinstance(error, PLAIN) else ""


def _of_database(error: BaseException) -> str:
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    if not isinstance(cause, psycopg.Error):
        return ""
    if cause.sqlstate is None:
        # It never came to the server.
        return scrub(_first_line(cause)) if isinstance(cause, psycopg.OperationalError) else ""
    constraint = cause.diag.constraint_name
    told = scrub(cause.diag.message_primary or "") if cause.sqlstate[:2] in TELLING else constraint
    return f"SQLSTATE {cause.sqlstate}" + (f", {told}" if told else "")


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "")


def _parts(error: BaseException) -> Iterator[str]:
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None:
        yield from _parts(earlier)
        yield "\nThen, because of it or while it was handled:\n"
    frames = traceback.extract_tb(error.__traceback__, limit=-MOST_FRAMES)
    yield "".join(traceback.format_list(frames)) + describe(error)
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield "\nWith it:\n"
            yield from _parts(each)
