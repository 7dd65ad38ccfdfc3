"""The comparison sees what is planted, and nothing where all is well; and a short run on a real site is all alike."""

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.faults.frames import State
from bench.operations import compare
from bench.operations.cast import Seat
from bench.operations.client import Client
from bench.operations.fresh import Fresh, FreshRoom
from bench.operations.operation import Operation
from bench.operations.page import Messages
from bench.operations.room import LiveRoom, Message
from bench.operations.told import Told, Who
from tests.bench.commands import left_running, run

ROOM, ME, BEN, CLEO = 7, 1, 2, 3
HEAD = 10
STATE = State(ROOM, HEAD, position=HEAD)
#: What happened in the room after its head: two messages of Ben's, and what was done with them.
STORY: list[tuple[str, int, dict[str, Any]]] = [
    ("posted", BEN, {"client_id": "m11", "text": "Hello", "mentions": (ME,)}),
    ("posted", BEN, {"client_id": "m12", "text": "Again"}),
    ("edited", BEN, {"message": 11, "text": "Hello there"}),
    ("reacted", ME, {"message": 11, "emoji": "👍"}),
    ("reacted", CLEO, {"message": 12, "emoji": "🎉"}),
    ("pinned", CLEO, {"message": 11}),
    ("joined", BEN, {"person": Who(4)}),
    ("topic_changed", BEN, {"topic": "Trains"}),
    ("posted", ME, {"client_id": "m19", "text": "Mine"}),
    ("deleted", BEN, {"message": 12, "author": BEN}),
]


class Alone:
    """Nobody and nothing is around."""

    def names(self, room: int) -> tuple[str | None, str | None]:
        return "maps", "Everything with a legend"

    async def load(self, seat: Seat, room: int) -> Messages:
        return []

    def wants_page(self) -> bool:
        return False

    def next(self, client: Client) -> Operation | None:
        return None

    def done(self, operation: Operation) -> None:
        pass


def event(seq: int, kind: str, by: int, **fields: Any) -> Told:
    return Told(kind, room=ROOM, seq=seq, actor=Who(by), **fields)


def story() -> list[Told]:
    return [event(HEAD + 1 + index, kind, by, **fields) for index, (kind, by, fields) in enumerate(STORY)]


def client(heard: list[Told]) -> Client:
    """Somebody who was welcomed and heard these."""
    made = Client(Seat(ME, "", "me", "member"), "", "", 1, random.Random(0), Alone())
    made.on_frame(Told("welcome", rooms=[STATE]))
    for frame in heard:
        made.page.rooms[ROOM].apply(frame) if frame.seq else made.on_frame(frame)
    if ROOM in made.page.gates:
        made.page.gates[ROOM].shown = HEAD + len(STORY)
    return made


def site() -> Fresh:
    """What the site says after the story."""
    hello = Message(BEN, "m11", "Hello there", edited=True, pinned=True, mentions=(ME,), marks=[("👍", ME)])
    gone = Message(BEN, "m12", "", deleted=True)
    mine = Message(ME, "m19", "Mine")
    people = {ME: HEAD, BEN: 12, CLEO: 15, 4: 17}
    head = HEAD + len(STORY)
    room = FreshRoom(head, people, "maps", "Trains", {11: hello, 12: gone, 19: mine}, base=HEAD)
    return Fresh({ROOM: room}, {ME: {ROOM: State(ROOM, head, position=HEAD, unread=1, mentions=1)}})


def found(heard: list[Told], fresh: Fresh | None = None) -> set[tuple[int, str]]:
    """Seq and field of what differs."""
    return {(each.seq, each.field) for each in compare.differences([client(heard)], fresh or site())}


def without(kind: str) -> list[Told]:
    """The story, its last event of a kind lost."""
    heard = story()
    heard.remove([each for each in heard if each.type == kind][-1])
    return heard


def test_nothing_differs_where_everything_was_heard() -> None:
    assert found(story()) == set()


@pytest.mark.parametrize(
    ("lost", "differs"),
    [
        ("edited", {(11, "text"), (11, "edited")}),
        ("reacted", set()),
        ("pinned", {(11, "pinned")}),
        ("deleted", {(12, "text"), (12, "deleted"), (12, "reactions"), (0, "unread")}),
        ("topic_changed", {(0, "topic")}),
        ("posted", {(19, "message")}),
    ],
)
def test_what_was_lost_on_the_way_to_a_page_is_seen(lost: str, differs: set[tuple[int, str]]) -> None:
    # A reaction on what was deleted since is nothing that anybody could miss.
    assert found(without(lost)) == differs


def test_a_lost_reaction_is_seen_and_so_is_one_too_many_or_in_another_order() -> None:
    heard = story()
    [mine] = [each for each in heard if each.type == "reacted" and each.message == 11]

    assert found([each for each in heard if each is not mine]) == {(11, "reactions")}
    assert found([*heard, event(21, "reacted", CLEO, message=11, emoji="👍")]) == {(11, "reactions")}

    other = event(21, "reacted", BEN, message=11, emoji="🎉")
    fresh = site()
    fresh.rooms[ROOM].messages[11].marks = [("🎉", BEN), ("👍", ME)]
    assert found([*heard, other], fresh) == {(11, "reactions")}


def test_a_wrong_count_is_seen() -> None:
    fresh = site()
    fresh.states[ME][ROOM] = State(ROOM, HEAD + len(STORY), position=HEAD, unread=2, mentions=0)

    assert found(story(), fresh) == {(0, "unread"), (0, "mentions")}


def test_a_count_is_not_compared_only_where_nobody_but_the_server_can_know_it() -> None:
    room = LiveRoom(State(ROOM, HEAD, position=4, unread=3), ME)
    room.has_read(ME, 6)
    assert not room.count.is_exact

    room.has_read(ME, HEAD)
    assert (room.count.is_exact, room.count.unread) == (True, 0)


def test_a_position_of_oneself_and_one_that_nobody_has_reached_are_seen() -> None:
    reached = Told("read_to", room=ROOM, person=Who(CLEO), position=15)
    beyond = Told("read_to", room=ROOM, person=Who(BEN), position=13)
    mine = Told("read_to", room=ROOM, person=Who(ME), position=HEAD + 1)

    assert found([*story(), reached]) == set()
    assert found([*story(), beyond]) == {(0, f"position of {BEN}")}
    assert (0, "position") in found([*story(), mine])


def test_whoever_was_not_heard_to_read_on_is_seen_once_all_were_told() -> None:
    heard = [Told("read_to", room=ROOM, person=Who(who), position=seq) for who, seq in ((BEN, 12), (CLEO, 14))]

    differing = compare.readers(client([*story(), *heard]), {ROOM: {ME: HEAD, BEN: 12, CLEO: 15}})

    assert [each.field for each in differing] == [f"position of {CLEO}"]


def test_a_membership_that_was_missed_is_seen() -> None:
    fresh = site()
    del fresh.rooms[ROOM].people[4]

    assert found(story(), fresh) == {(0, "membership of 4")}


def test_a_room_left_over_after_leaving_is_seen_and_one_left_in_order_is_none() -> None:
    fresh = site()
    fresh.states[ME].clear()
    left = event(21, "left", ME, person=Who(ME))

    assert found(story(), fresh) == {(0, "room")}
    assert found([*story(), left], fresh) == set()
    assert found([*story(), Told("room_removed", room=ROOM, head=21)], fresh) == set()


def test_a_going_that_is_heard_after_the_coming_back_is_over() -> None:
    left = event(21, "left", ME, person=Who(ME))
    back = [left, Told("room_added", state=State(ROOM, 22)), Told("room_removed", room=ROOM, head=21)]

    assert (0, "room") not in found([*story(), *back], site())
    # Also where the room's own events have told of the coming before.
    joined = event(22, "joined", ME, person=Who(ME))
    assert (0, "room") not in found([*story(), left, joined, *back[1:]], site())


def test_a_room_that_one_was_never_told_of_is_seen() -> None:
    fresh = site()
    fresh.states[ME][8] = State(8, 3)

    assert found(story(), fresh) == {(0, "room")}
    assert str(compare.differences([client(story())], fresh)[0]) == (
        "person 1, room 8, room: live 'not in it', fresh 'in it'"
    )


def test_whoever_comes_back_to_a_room_while_away_is_in_it_whatever_the_log_repeats() -> None:
    again = [event(21, "left", ME, person=Who(ME)), event(22, "joined", ME, person=Who(ME))]

    assert ROOM in client([*story(), *again]).page.mine


# No deadline: the machine may be busy with something else.
@settings(deadline=None)
@given(st.randoms(use_true_random=False), st.data())
def test_a_page_loaded_at_any_moment_and_what_follows_make_what_all_events_make(
    lot: random.Random, data: st.DataObject
) -> None:
    events = talk(lot)
    head = data.draw(st.integers(0, len(events)))
    moment = data.draw(st.integers(head, len(events)))
    whole, snapshot = LiveRoom(State(ROOM, 0), ME), LiveRoom(State(ROOM, 0), ME)
    for each in events:
        whole.apply(each)
    for each in events[:moment]:
        snapshot.apply(each)
    loaded = LiveRoom(State(ROOM, head), ME)
    loaded.load(head)
    early = data.draw(st.integers(head, len(events)))
    for each in events[head:early]:
        loaded.apply(each)

    loaded.loaded(snapshot.messages.items())
    for each in events[early:]:
        loaded.apply(each)

    fresh = FreshRoom(len(events), messages=whole.messages)
    state = State(ROOM, len(events), unread=loaded.count.unread, mentions=loaded.count.mentions)
    assert [each for each in compare.of_room("", loaded, len(events), state, fresh) if each.seq] == []


def talk(lot: random.Random) -> list[Told]:
    """Some events about few messages, each as the site would write it: nothing happens to tombstones."""
    events: list[Told] = []
    alive: set[int] = set()
    on: set[tuple[int, str, int]] = set()
    for seq in range(1, lot.randint(2, 25)):
        by, emoji = lot.choice((ME, BEN, CLEO)), lot.choice("👍🎉")
        kind = lot.choice(("posted", "edited", "deleted", "reacted", "reacted", "reacted", "pinned", "unpinned"))
        about = lot.choice(sorted(alive)) if alive and kind != "posted" else 0
        if not about:
            alive.add(seq)
            events.append(event(seq, "posted", by, client_id=f"m{seq}", text=f"no. {seq}"))
        elif kind == "reacted":
            kind = "unreacted" if (about, emoji, by) in on else "reacted"
            on.symmetric_difference_update({(about, emoji, by)})
            events.append(event(seq, kind, by, message=about, emoji=emoji))
        else:
            alive -= {about} if kind == "deleted" else set()
            events.append(event(seq, kind, by, message=about, text=f"edit {seq}"))
    return events


@pytest.mark.lab
def test_after_some_thousand_operations_and_cuts_all_pages_have_what_the_site_has(var: Path) -> None:
    asked = "--count 3000 --people 24 --rooms 6 --nodes 2 --seed 1 --every 3000 --cuts 10 --depth 4".split()

    ended = run(var, "bench.operations", *asked)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "All pages have what the site has." in ended.stdout
    assert "3,000 operations" in ended.stderr
    assert not left_running(var)
