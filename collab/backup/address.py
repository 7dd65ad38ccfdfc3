"""The database's address, as PostgreSQL's own programs take it."""

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import psycopg
from django.db import connection
from psycopg.pq import Conninfo

from .errors import BackupError

#: What the site asks of its own connections (`lock_timeout` among them) is not for those that take minutes.
NOT_FOR_US = {"options"}


def parameters() -> dict[str, str]:
    """Those of libpq that the settings say."""
    known = {option.keyword.decode() for option in Conninfo.get_defaults()} - NOT_FOR_US
    said = connection.get_connection_params()
    return {name: str(value) for name, value in said.items() if name in known and value not in {None, ""}}


def environment(address: dict[str, str]) -> dict[str, str]:
    """For a program: the password, which must not stand among its arguments, where all can read it."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return inherited | ({"PGPASSWORD": address["password"]} if "password" in address else {})


def conninfo(address: dict[str, str]) -> str:
    """The address as one argument, without the password."""
    return psycopg.conninfo.make_conninfo(**{name: value for name, value in address.items() if name != "password"})


@contextlib.contextmanager
def connect(address: dict[str, str]) -> Iterator[psycopg.Connection[Any]]:
    """Raises BackupError where the database is away, goes away, or has not what is looked for."""
    try:
        with psycopg.connect(**address, autocommit=True) as connection:  # type: ignore[arg-type]
            yield connection
    except psycopg.errors.UndefinedTable as error:
        raise BackupError(f"{first_line(error)}. Run `manage.py migrate` first.") from error
    except psycopg.Error as error:
        raise BackupError(f"the database does not answer: {first_line(error)}. See DATABASE_URL.") from error


def first_line(error: object) -> str:
    """The first line of what somebody said."""
    return (str(error).strip().splitlines() or ["it did not say why"])[0].rstrip(".")
