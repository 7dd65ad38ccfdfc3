"""One moment of the database, which everything in a backup is of."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from django.apps import apps
from django.db.models import FileField
from psycopg import IsolationLevel, sql

from . import address


@dataclass(frozen=True)
class Snapshot:
    """A transaction that sees this moment, and the name by which other connections see the same."""

    connection: psycopg.Connection[Any]
    name: str

    def migrations(self) -> list[str]:
        """Those that are applied."""
        rows = self.connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
        return [name for (name,) in rows]


@contextlib.contextmanager
def taken() -> Iterator[Snapshot]:
    """Take one, and keep it for the while. Raises BackupError where the database is away."""
    with address.connect(address.parameters()) as connection:
        connection.autocommit = False
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        yield Snapshot(connection, row[0])


def named_files(connection: psycopg.Connection[Any]) -> set[str]:
    """Every file that a row names, as the path within the media folder."""
    columns = [
        (model._meta.db_table, str(field.column))  # noqa: SLF001 — the documented way to a model's fields.
        for model in apps.get_models()
        for field in model._meta.concrete_fields  # noqa: SLF001
        if isinstance(field, FileField)
    ]
    query: sql.Composed = sql.SQL(" UNION ").join(
        sql.SQL("SELECT {column} FROM {table} WHERE {column} <> ''").format(
            column=sql.Identifier(column), table=sql.Identifier(table)
        )
        for table, column in columns
    )
    return {name for (name,) in connection.execute(query)} if columns else set()
