"""The writer's statements: each for a whole batch, and several in one trip to the database.

The ORM would take longer to make these statements than PostgreSQL to carry them out, and send them one by one while
the rooms of the batch are locked. Rows go out as one JSON document a statement, whatever their number.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

import msgspec
from django.db import connection, models

from rooms.models import Event, Membership, Message, Room, RoomMembership

Rows = list[tuple[Any, ...]]

#: What tells a message sent again from a new one; the rest is read where it is asked for.
OF_ACCEPTED = frozenset({"id", "room_id", "seq", "author_id", "client_id", "text", "edited_at", "deleted_at"})

# Lowest id first, so that two batches never wait for each other in a ring.
_LOCK = "SELECT {} FROM rooms_room AS row WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
_MEMBERSHIPS = """
SELECT {} FROM rooms_membership AS row JOIN accounts_user AS person ON person.id = row.user_id
WHERE row.workspace_id IN (SELECT workspace_id FROM rooms_room WHERE id = ANY(%s))
AND row.user_id = ANY(%s) AND person.is_active
"""
_ROOM_MEMBERSHIPS = "SELECT {} FROM rooms_roommembership AS row WHERE room_id = ANY(%s) AND user_id = ANY(%s)"
_ACCEPTED = "SELECT {} FROM rooms_message AS row WHERE author_id = ANY(%s) AND client_id = ANY(%s)"

_INSERT_MESSAGES = """
INSERT INTO rooms_message (room_id, seq, author_id, client_id, text, html, mentions_room, at)
SELECT * FROM json_to_recordset(%s) AS row (room_id bigint, seq bigint, author_id bigint, client_id uuid,
    text text, html text, mentions_room boolean, at timestamptz)
RETURNING id
"""
_INSERT_EVENTS = """
INSERT INTO rooms_event (room_id, seq, type, actor_id, data, at)
SELECT * FROM json_to_recordset(%s) AS row (room_id bigint, seq bigint, type text, actor_id bigint,
    data jsonb, at timestamptz)
"""
_MOVE_HEADS = """
UPDATE rooms_room SET head = moved.head, head_at = moved.head_at
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS moved (id, head, head_at)
WHERE rooms_room.id = moved.id
"""

_encode = msgspec.json.Encoder().encode


class Statement(NamedTuple):
    """SQL and its parameters."""

    sql: str
    parameters: Sequence[Any]


class Read(NamedTuple):
    """What a batch is decided on."""

    rooms: list[Room]
    memberships: list[Membership]
    room_memberships: list[RoomMembership]
    #: Messages of these authors with these client ids.
    accepted: list[Message]


def lock_and_read(room_ids: Collection[int], user_ids: Collection[int], client_ids: Collection[Any]) -> Read:
    """Lock the rooms until the transaction ends, then read who may do what in them, and what was accepted before.

    In one trip, and yet each statement sees what was committed before it began: nobody who was put out while the lock
    was waited for is found.

    Raises:
        OperationalError: a room is locked by somebody else for longer than the connection waits.
    """
    rooms, users = list(room_ids), list(user_ids)
    return Read(
        *_find(
            (Room, _LOCK, [rooms]),
            (Membership, _MEMBERSHIPS, [rooms, users]),
            (RoomMembership, _ROOM_MEMBERSHIPS, [rooms, users]),
            (Message, _ACCEPTED, [users, list(client_ids)]),
        )
    )


def insert_messages(messages: Sequence[Message]) -> Statement:
    """Stores messages that have no id yet; its rows are their ids, in this order."""
    fields = ("room_id", "seq", "author_id", "client_id", "text", "html", "mentions_room", "at")
    return Statement(_INSERT_MESSAGES, [_rows(messages, fields)])


def insert_events(events: Sequence[Event]) -> Statement:
    """Stores events."""
    return Statement(_INSERT_EVENTS, [_rows(events, ("room_id", "seq", "type", "actor_id", "data", "at"))])


def move_heads(rooms: Sequence[Room]) -> Statement:
    """Stores the heads of rooms. From arrays, whose length PostgreSQL knows: it would read all rooms for a document."""
    return Statement(_MOVE_HEADS, [[getattr(each, name) for each in rooms] for name in ("id", "head", "head_at")])


def send(statements: Iterable[Statement]) -> list[Rows]:
    """Carry statements out in one trip, in order; the rows that each returned."""
    each = list(statements)
    with connection.cursor() as cursor:
        cursor.execute(";".join(one.sql for one in each), [value for one in each for value in one.parameters])
        return [_fetched(cursor, number) for number in range(len(each))]


def _fetched(cursor: Any, number: int) -> Rows:
    if number:
        cursor.nextset()
    return cursor.fetchall() if cursor.description else []


def _find(*wanted: tuple[type[models.Model], str, list[Any]]) -> Iterable[list[Any]]:
    results = send(Statement(sql.format(_columns(model)), parameters) for model, sql, parameters in wanted)
    for (model, _, _), rows in zip(wanted, results, strict=True):
        names = _fields(model)
        yield [model.from_db(connection.alias, names, row) for row in rows]


@cache
def _fields(model: type[models.Model]) -> list[str]:
    names = [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001 — Django's documented API.
    return [name for name in names if model is not Message or name in OF_ACCEPTED]


@cache
def _columns(model: type[models.Model]) -> str:
    return ", ".join(f"row.{name}" for name in _fields(model))


def _rows(objects: Iterable[models.Model], fields: Sequence[str]) -> str:
    """These fields of each, as a JSON document."""
    return _encode([{name: getattr(each, name) for name in fields} for each in objects]).decode()
