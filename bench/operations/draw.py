"""What somebody does next, by lot: a mix as of a busy team, and now and then what is refused."""

import random
import uuid
from collections.abc import Callable
from typing import Any

from bench.operations.cast import Cast
from bench.operations.client import Client
from bench.operations.movements import FORMS, Movements
from bench.operations.operation import Operation
from bench.operations.room import LiveRoom
from bench.operations.roster import Roster
from bench.plan import SAYINGS

#: Of all operations; forms are few because they take a request each.
WEIGHTS = {
    "post": 400,
    "read": 160,
    "react": 140,
    "edit": 80,
    "typing": 60,
    "unreact": 50,
    "delete": 40,
    "pin": 20,
    "unpin": 20,
    "refused": 10,
    "join": 6,
    "leave": 6,
    "add": 5,
    "remove": 5,
    "topic": 2,
    "rename": 1,
}
EMOJI = ("👍", "🎉", "❤️", "👀", "✅")
#: Of so many messages most are short, one names somebody, one the room.
LONG_OF, NAMED_OF, ROOM_OF = 8, 10, 40
#: One operation of so many is in the general room, which all hear.
GENERAL_OF = 30
#: Messages that people still come back to, mostly the newest of them.
RECENT = 100


class Draw:
    """Draws for everybody.

    Args:
        lot: the same seed, the same draw, as far as what was heard is the same.
    """

    def __init__(self, cast: Cast, roster: Roster, lot: random.Random) -> None:
        self._places = {place.room: place for place in cast.places}
        self._movements = Movements(cast, roster, lot)
        self._cast, self._lot = cast, lot
        self._number = 0

    def command(self, client: Client) -> Operation | None:
        """What goes over the socket; None: nothing comes to mind."""
        return self._make(client, lambda kind: kind not in FORMS)

    def any(self, client: Client) -> Operation | None:
        """A command or a form."""
        return self._make(client, lambda _: True)

    def _make(self, client: Client, fits: Callable[[str], bool]) -> Operation | None:
        [kind] = self._lot.choices(tuple(WEIGHTS), tuple(WEIGHTS.values()))
        room = self._room(client)
        kind = kind if fits(kind) else "post"
        if room is None:
            return None
        make = FORMS.get(kind)
        made = make(self._movements, client, room) if make else MAKERS[kind](self, client, room)
        return made or self.post(client, room)

    def _room(self, client: Client) -> LiveRoom | None:
        rooms = list(client.page.mine.values())
        quiet = [each for each in rooms if self._places[each.room].kind != "general"]
        if quiet and (len(quiet) == len(rooms) or self._lot.randrange(GENERAL_OF)):
            rooms = quiet
        return self._lot.choice(rooms) if rooms else None

    # --- commands ----------------------------------------------------------------------------------

    def post(self, client: Client, room: LiveRoom) -> Operation:
        """Say something."""
        client_id = str(uuid.UUID(int=self._lot.getrandbits(128), version=4))
        return _do("post", client, room, client_id=client_id, text=self._words())

    def edit(self, client: Client, room: LiveRoom) -> Operation | None:
        """Say it differently."""
        message = self._message(room, lambda seq: room.messages[seq].author == client.me)
        return _do("edit", client, room, message=message, text=self._words()) if message else None

    def delete(self, client: Client, room: LiveRoom) -> Operation | None:
        """Take it back."""
        message = self._message(room, lambda seq: room.messages[seq].author == client.me)
        return _do("delete", client, room, message=message) if message else None

    def react(self, client: Client, room: LiveRoom) -> Operation | None:
        """Put an emoji on something."""
        message = self._message(room)
        return _do("react", client, room, message=message, emoji=self._lot.choice(EMOJI)) if message else None

    def unreact(self, client: Client, room: LiveRoom) -> Operation | None:
        """Take one's emoji back."""
        message = self._message(room, lambda seq: any(who == client.me for _, who in room.messages[seq].marks))
        if not message:
            return None
        emoji = next(emoji for emoji, who in room.messages[message].marks if who == client.me)
        return _do("unreact", client, room, message=message, emoji=emoji)

    def pin(self, client: Client, room: LiveRoom) -> Operation | None:
        """Keep something at hand."""
        message = self._message(room)
        return _do("pin", client, room, message=message) if message else None

    def unpin(self, client: Client, room: LiveRoom) -> Operation | None:
        """Take the oldest pin away that one sees."""
        message = next((seq for seq, message in room.messages.items() if message.pinned), None)
        return _do("unpin", client, room, message=message) if message else None

    def read(self, client: Client, room: LiveRoom) -> Operation:
        """Read all that is there, or most of it."""
        shown = client.page.gates[room.room].shown
        return _do("read", client, room, position=max(0, shown - self._lot.choice((0, 0, 0, 1, 5))))

    def typing(self, client: Client, room: LiveRoom) -> Operation:
        """Begin to type."""
        return _do("typing", client, room)

    def refused(self, client: Client, room: LiveRoom) -> Operation | None:
        """What may not be done, or cannot be."""
        others = self._message(room, lambda seq: room.messages[seq].author != client.me)
        elsewhere = self._lot.choice(self._cast.places).room
        return self._lot.choice(
            (
                _do("edit", client, room, message=others or 1, text=self._words()),
                _do("react", client, room, message=others or 1, emoji="no emoji"),
                _do("pin", client, room, message=2**40),
                _do("post", client, room, client_id=str(uuid.UUID(int=self._number, version=4)), text="  "),
                _do("read", client, room, position=2**40),
                Operation("react", client.me, elsewhere, {"message": 1, "emoji": EMOJI[0]}),
            )
        )

    # --- inside ------------------------------------------------------------------------------------

    def _message(self, room: LiveRoom, fits: Callable[[int], bool] = lambda _: True) -> int | None:
        """A message that is not deleted, most often one of the last."""
        skip = min(int(self._lot.expovariate(0.1)), RECENT)
        found = None
        for back, seq in enumerate(reversed(room.messages)):
            if back > RECENT or (found and back > skip):
                break
            if not room.messages[seq].deleted and fits(seq):
                found = seq
        return found

    def _words(self) -> str:
        self._number += 1
        text = self._lot.choice(SAYINGS) if not self._lot.randrange(LONG_OF) else "See **below**"
        if not self._lot.randrange(NAMED_OF):
            text += f" @{self._lot.choice(self._cast.seats).handle}"
        elif not self._lot.randrange(ROOM_OF):
            text += " @room"
        return f"{text}\n\nno. {self._number}"


def _do(kind: str, client: Client, room: LiveRoom, **fields: Any) -> Operation:
    return Operation(kind, client.me, room.room, fields)


MAKERS: dict[str, Callable[[Draw, Client, LiveRoom], Operation | None]] = {
    kind: getattr(Draw, kind) for kind in WEIGHTS if kind not in FORMS
}
