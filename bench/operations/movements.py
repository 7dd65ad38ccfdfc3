"""Who comes into a room or goes, and what it is called: by forms, drawn by lot."""

import random
from collections.abc import Callable

from bench.operations.cast import Cast, Place
from bench.operations.client import Client
from bench.operations.operation import Operation
from bench.operations.room import LiveRoom
from bench.operations.roster import Roster


class Movements:
    """Draws forms."""

    def __init__(self, cast: Cast, roster: Roster, lot: random.Random) -> None:
        self._places = {place.room: place for place in cast.places}
        self._cast, self._roster, self._lot = cast, roster, lot
        self._movable = [place for place in cast.places if not place.is_fixed]
        self._number = 0

    def join(self, client: Client, _: LiveRoom) -> Operation | None:
        """Come into a public room."""
        place = self._place(lambda each: each.kind == "public" and self._is_free(each.room, client.me, inside=False))
        return Operation("join", client.me, place.room, whom=client.me) if place else None

    def leave(self, client: Client, _: LiveRoom) -> Operation | None:
        """Go."""
        place = self._place(lambda each: self._is_free(each.room, client.me, inside=True))
        return Operation("leave", client.me, place.room, whom=client.me) if place else None

    def add(self, client: Client, room: LiveRoom) -> Operation | None:
        """Bring somebody in."""
        return self._about(client, room, "add", inside=False)

    def remove(self, client: Client, room: LiveRoom) -> Operation | None:
        """Put somebody out, mostly where one may."""
        place = self._places[room.room]
        if client.me != place.maker and not client.seat.is_manager and self._lot.randrange(10):
            place = (
                self._place(lambda each: each.maker == client.me and self._roster.has(each.room, client.me)) or place
            )
        return self._about(client, client.page.rooms.get(place.room, room), "remove", inside=True)

    def topic(self, client: Client, room: LiveRoom) -> Operation | None:
        """Say what a room is about."""
        self._number += 1
        return Operation("topic", client.me, room.room, {"topic": f"Topic {self._number}"})

    def rename(self, client: Client, room: LiveRoom) -> Operation | None:
        """Call a room something else, if one may."""
        self._number += 1
        return Operation("rename", client.me, room.room, {"name": f"Room {room.room} {self._number}"})

    # --- inside ------------------------------------------------------------------------------------

    def _about(self, client: Client, room: LiveRoom, kind: str, *, inside: bool) -> Operation | None:
        whom = self._lot.choice(self._cast.seats).person
        if inside:
            whom = self._lot.choice(sorted(self._roster.people[room.room]) or [whom])
        if self._places[room.room].is_fixed or whom == client.me or not self._is_free(room.room, whom, inside=inside):
            return None
        return Operation(kind, client.me, room.room, {"person": whom}, whom=whom)

    def _is_free(self, room: int, person: int, *, inside: bool) -> bool:
        """A person may be moved out of a room that they are inside, or into it."""
        if self._roster.is_moving(room, person) or self._roster.has(room, person) != inside:
            return False
        return not inside or self._roster.may_go(room)

    def _place(self, fits: Callable[[Place], bool]) -> Place | None:
        found = [place for place in self._movable if fits(place)]
        return self._lot.choice(found) if found else None


FORMS: dict[str, Callable[[Movements, Client, LiveRoom], Operation | None]] = {
    "join": Movements.join,
    "leave": Movements.leave,
    "add": Movements.add,
    "remove": Movements.remove,
    "topic": Movements.topic,
    "rename": Movements.rename,
}
