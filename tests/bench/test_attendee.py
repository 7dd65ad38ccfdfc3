"""Somebody of the load, against a server that is only a list of what was sent to it."""

from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Any, cast

import msgspec
import pytest
from picows import WSFrame, WSMsgType, WSTransport

from bench import attendee
from bench.attendee import Attendee, Socket, backoff
from bench.faults.part import until
from bench.journal import Journal
from bench.plan import Saying, Seat

SAYING = Saying(0, 0, 7, "one", "Hello")


class Text(bytes):
    """A frame with these bytes."""

    msg_type = WSMsgType.TEXT

    def get_payload_as_memoryview(self) -> memoryview:
        return memoryview(self)


class Line:
    """The other end of one connection."""

    #: Whether each hello is answered, of all connections.
    answers: Iterator[bool] = repeat(True)

    def __init__(self, screen: Socket) -> None:
        self.screen = screen
        self.sent: list[dict[str, Any]] = []
        self.underlying_transport = self

    def send(self, _: object, frame: bytes) -> None:
        """What the person says; a hello is answered."""
        self.sent.append(msgspec.json.decode(frame))
        if self.sent[-1]["type"] == "hello" and next(self.answers):
            self.say(type="welcome", heartbeat=25, rooms=[{"room": 7, "head": 3}])
            self.say(type="caught_up")

    def say(self, **frame: Any) -> None:
        self.screen.on_ws_frame(cast(WSTransport, self), cast(WSFrame, Text(msgspec.json.encode(frame))))

    def end(self) -> None:
        self.screen.on_ws_disconnected(cast(WSTransport, self))

    def disconnect(self) -> None:
        """The person hangs up."""

    def posts(self) -> list[str]:
        return [each["client_id"] for each in self.sent if each["type"] == "post"]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[Line]:
    """Connections, one after the other."""
    made: list[Line] = []

    async def connect(*_: object, kind: Callable[[], Socket], **__: object) -> Socket:
        made.append(Line(kind()))
        made[-1].screen.on_ws_connected(cast(WSTransport, made[-1]))
        return made[-1].screen

    monkeypatch.setattr(attendee, "connect", connect)
    monkeypatch.setattr(attendee, "backoff", lambda _: 0)
    return made


@pytest.fixture
async def somebody(lines: list[Line]) -> Attendee:
    """In room 7, with an open socket."""
    journal = Journal({7: 2})
    journal.begin(["one"])
    person = Attendee(0, Seat(1, "", 7), 0.5, ("", ""), journal)
    await person.arrive()
    return person


async def until_back(person: Attendee) -> None:
    await until(lambda: person.is_live, "they are not back")


async def test_whoever_is_cut_off_comes_back_and_says_how_far_they_got(somebody: Attendee, lines: list[Line]) -> None:
    assert lines[0].sent == [{"type": "hello", "id": 1, "positions": {}}]
    lines[0].say(type="posted", room=7, seq=4, client_id="theirs")
    somebody._comes_back = True
    lines[0].end()
    assert not somebody.is_live

    await until_back(somebody)

    assert lines[1].sent[0]["positions"] == {"7": 4}
    [absence] = somebody.journal.absences
    assert absence.since <= absence.until


async def test_a_room_in_which_nothing_was_heard_is_resumed_from_where_it_stood(
    somebody: Attendee, lines: list[Line]
) -> None:
    somebody._comes_back = True
    lines[0].end()
    await until_back(somebody)

    assert lines[1].sent[0]["positions"] == {"7": 3}


async def test_what_was_not_answered_or_written_meanwhile_is_sent_again(somebody: Attendee, lines: list[Line]) -> None:
    somebody.say(SAYING)
    assert lines[0].posts() == ["one"]
    somebody._comes_back = True
    lines[0].end()
    await until_back(somebody)
    assert lines[1].posts() == ["one"]

    lines[1].say(type="ok", id=lines[1].sent[-1]["id"], seq=4)
    lines[1].end()
    await until_back(somebody)

    assert [(each.message, each.seq) for each in somebody.journal.accepts] == [(0, 4)]
    assert lines[2].posts() == []


async def test_what_comes_over_a_socket_that_was_given_up_counts_no_more(
    somebody: Attendee, lines: list[Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attendee, "GREETED_WITHIN", 0.0)
    monkeypatch.setattr(Line, "answers", iter([False, True]))
    somebody._comes_back = True
    lines[0].end()
    await until_back(somebody)
    _, given_up, open_now = lines

    open_now.say(type="posted", room=7, seq=4, client_id="theirs")
    given_up.say(type="posted", room=7, seq=4, client_id="theirs")
    given_up.end()

    assert somebody.is_live
    assert len(somebody.journal.screens) == 1


async def test_a_refusal_is_kept_with_its_code(somebody: Attendee, lines: list[Line]) -> None:
    somebody.say(SAYING)
    lines[0].say(type="error", id=lines[0].sent[-1]["id"], code="slow_down")

    assert somebody.journal.refusals == {0: "slow_down"}


async def test_a_socket_that_ends_by_itself_is_told(somebody: Attendee, lines: list[Line]) -> None:
    lines[0].end()

    assert somebody.journal.ended == ["lost its connection"]


@pytest.mark.parametrize(("attempt", "most"), [(0, 0.5), (1, 1.0), (4, 8.0), (5, 10.0), (200, 10.0)])
def test_people_come_back_after_a_random_time_that_doubles_up_to_ten_seconds(attempt: int, most: float) -> None:
    assert backoff(attempt, lambda: 1.0) == most
    assert backoff(attempt, lambda: 0.25) == most / 4
