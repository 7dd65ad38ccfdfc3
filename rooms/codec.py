"""How an event stands in the log and how it travels: ids are stored, people are filled in when it is read."""

from collections.abc import Iterable, Mapping
from typing import Any, get_args

import msgspec

from accounts.cards import Person, card
from accounts.models import User
from rooms.events import AnyEvent, RoomEvent
from rooms.models import Event

#: Event types by their tag.
TYPES: dict[str, type[RoomEvent]] = {event.__struct_config__.tag: event for event in get_args(AnyEvent)}

#: Fields that every row has as columns of its own.
COLUMNS = frozenset({"type", "room", "seq", "at", "actor"})

encoder = msgspec.json.Encoder()


def tag(event: RoomEvent) -> str:
    """The event's type, as in `type` on the wire."""
    return str(event.__struct_config__.tag)


def to_row(event: RoomEvent) -> Event:
    """The event as a row, not yet saved. Of people only the ids are kept: names change."""
    data = {name: value for name, value in msgspec.to_builtins(event).items() if name not in COLUMNS}
    if "person" in data:
        data["person"] = data["person"]["id"]
    return Event(
        room_id=event.room,
        seq=event.seq,
        type=tag(event),
        actor_id=event.actor.id if event.actor else None,
        data=data,
        at=event.at,
    )


def from_rows(rows: Iterable[Event]) -> list[RoomEvent]:
    """Rows as events, with people as they are now. One query for all people."""
    rows = list(rows)
    ids = {row.actor_id for row in rows} | {row.data.get("person") for row in rows}
    people = {user.pk: card(user) for user in User.objects.filter(pk__in=[pk for pk in ids if pk])}
    return [_from_row(row, people) for row in rows]


def _from_row(row: Event, people: Mapping[int, Person]) -> RoomEvent:
    fields: dict[str, Any] = {
        **row.data,
        "type": row.type,
        "room": row.room_id,
        "seq": row.seq,
        "at": row.at,
        "actor": people.get(row.actor_id or 0),
    }
    if "person" in row.data:
        fields["person"] = people.get(row.data["person"], _nobody(row.data["person"]))
    return msgspec.convert(fields, TYPES[row.type], from_attributes=True)


def _nobody(user_id: int) -> Person:
    """Stands for an account that is gone."""
    return Person(id=user_id, name="Someone", handle="", initials="?", tint=0)
