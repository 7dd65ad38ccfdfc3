"""What somebody has, held against what a new page would have."""

from collections.abc import Iterable, Iterator, Mapping

from bench.faults.frames import State
from bench.operations.client import Client
from bench.operations.difference import Difference
from bench.operations.fresh import Fresh, FreshRoom
from bench.operations.room import LiveRoom, Message

OUT, IN = "not in it", "in it"


def differences(clients: Iterable[Client], fresh: Fresh) -> list[Difference]:
    """All of them."""
    return [found for client in clients for found in _of_person(client, fresh)]


def of_room(whose: str, live: LiveRoom, shown: int, state: State, fresh: FreshRoom) -> Iterator[Difference]:
    """Those of one room that somebody is in, shown up to a seq; `state` is what a new welcome tells them of it."""
    fields: dict[str, tuple[object, object]] = {
        "head": (shown, state.head),
        "position": (live.count.position, state.position),
        "direct": (live.count.direct, state.direct),
    }
    if live.count.is_exact:
        fields["unread"] = live.count.unread, state.unread
        fields["mentions"] = live.count.mentions, state.mentions
    if not state.direct:
        # A direct conversation is called by its people, by everyone differently.
        told = {"name": (live.name, fresh.name), "topic": (live.topic, fresh.topic)}
        fields |= {name: both for name, both in told.items() if both[0] is not None}
    fields |= {f"membership of {who}": (there, who in fresh.people) for who, there in live.came.items()}
    for name, (has, should) in fields.items():
        if has != should:
            yield Difference(whose, live.room, 0, name, has, should)
    yield from _ahead(whose, live, fresh)
    yield from _messages(whose, live, fresh)


def readers(client: Client, people: Mapping[int, Mapping[int, int]]) -> Iterator[Difference]:
    """Whoever is heard to have read less than they have; to be asked once all have read on and all were told."""
    for room, live in client.page.mine.items():
        for person, position in people[room].items():
            has = live.count.position if person == client.me else live.seen.get(person)
            if has != position:
                yield Difference(_whose(client), room, 0, f"position of {person}", has, position)


def _whose(client: Client) -> str:
    return f"person {client.me}"


def _of_person(client: Client, fresh: Fresh) -> Iterator[Difference]:
    mine, states = client.page.mine, fresh.states[client.me]
    for room in sorted(mine.keys() | states.keys()):
        if room in mine and room in states:
            shown = client.page.gates[room].shown
            yield from of_room(_whose(client), mine[room], shown, states[room], fresh.rooms[room])
        else:
            yield Difference(
                _whose(client), room, 0, "room", IN if room in mine else OUT, IN if room in states else OUT
            )


def _ahead(whose: str, live: LiveRoom, fresh: FreshRoom) -> Iterator[Difference]:
    """Nobody has read further than they have; what was heard of them may be older."""
    for person, position in live.seen.items():
        if position > fresh.people.get(person, position):
            yield Difference(whose, live.room, 0, f"position of {person}", position, fresh.people[person])


def _messages(whose: str, live: LiveRoom, fresh: FreshRoom) -> Iterator[Difference]:
    base = max(live.base, fresh.base)
    has = {seq: message for seq, message in live.messages.items() if seq > base}
    should = {seq: message for seq, message in fresh.messages.items() if seq > base}
    for seq in sorted(has.keys() | should.keys()):
        if seq not in has or seq not in should:
            yield Difference(whose, live.room, seq, "message", seq in has, seq in should)
            continue
        mine, theirs = _face(has[seq]), _face(should[seq])
        for name, value in mine.items():
            if value != theirs[name]:
                yield Difference(whose, live.room, seq, name, value, theirs[name])


def _face(message: Message) -> dict[str, object]:
    """A message as it is shown; of a tombstone it is not shown whether it was ever edited."""
    people: dict[str, list[int]] = {}
    for emoji, person in message.marks:
        people.setdefault(emoji, []).append(person)
    return {
        "author": message.author,
        "client_id": message.client_id,
        "text": message.text,
        "edited": message.edited and not message.deleted,
        "deleted": message.deleted,
        "pinned": message.pinned,
        "mentions": sorted(message.mentions),
        "mentions_room": message.mentions_room,
        "reactions": list(people.items()),
    }
