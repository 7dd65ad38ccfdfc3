"""The lab's people behave as the browser does: order, outbox; and the control is judged fairly."""

import asyncio
import random

from hypothesis import given
from hypothesis import strategies as st

from bench.checker import Heard, Verdict
from bench.faults.control.rounds import judge_screens
from bench.faults.frames import Frame, State
from bench.faults.gate import Gate
from bench.faults.history import History, Return
from bench.faults.outbox import UNKNOWN, Answer, Outbox
from bench.faults.outcome import caught_up_at
from bench.faults.part import until
from bench.faults.person import Person
from bench.plan import Saying, Seat

SECOND = 1_000_000_000


def posted(seq: int) -> Frame:
    return Frame("posted", room=7, seq=seq, client_id=f"m{seq}")


def say(number: int, room: int = 7) -> Saying:
    return Saying(number, 0, room, f"m{number}", "Hello")


@given(st.integers(1, 12), st.randoms(use_true_random=False))
def test_a_gate_shows_each_event_once_and_in_order_however_they_come(count: int, lot: random.Random) -> None:
    async def scenario() -> list[int]:
        shown: list[int] = []
        gate = Gate(0, lambda event: shown.append(event.seq or 0), lambda _: None)
        sent = [*range(1, count + 1), *(lot.randint(1, count) for _ in range(count))]
        lot.shuffle(sent)
        for seq in sent:
            gate.offer(posted(seq))
        gate.lost()
        return shown

    assert asyncio.run(scenario()) == list(range(1, count + 1))


async def test_a_gate_asks_for_what_a_head_reveals() -> None:
    asked: list[int] = []
    gate = Gate(3, lambda _: None, asked.append)

    gate.expect(5)
    await asyncio.sleep(0.01)
    gate.lost()

    assert asked == [3]


async def test_an_outbox_sends_the_same_message_again_until_it_is_accepted_and_only_then_the_next() -> None:
    sent: list[str] = []
    answers = [Answer(code="unavailable", retry_after=0.01), Answer(seq=1), Answer(seq=2)]

    async def send(saying: Saying) -> Answer:
        sent.append(saying.client_id)
        return answers.pop(0)

    outbox = Outbox(send, lambda *_: None)
    outbox.add(say(1))
    outbox.add(say(2))
    assert sent == []

    outbox.live()
    await until(lambda: outbox.is_empty, "something still waits", 5)

    assert sent == ["m1", "m1", "m2"]


async def test_an_outbox_keeps_what_was_under_way_when_the_socket_went() -> None:
    sent: list[str] = []
    outbox: Outbox

    async def send(saying: Saying) -> Answer:
        sent.append(saying.client_id)
        if len(sent) == 1:
            outbox.lost()
            return UNKNOWN
        return Answer(seq=1)

    outbox = Outbox(send, lambda *_: None)
    outbox.add(say(1))
    outbox.live()
    await asyncio.sleep(0.01)
    assert not outbox.is_empty

    outbox.live()
    await asyncio.sleep(0.01)

    assert sent == ["m1", "m1"]
    assert outbox.is_empty


async def test_an_outbox_gives_up_what_no_retry_helps() -> None:
    refused: list[tuple[str, str]] = []

    async def send(_: Saying) -> Answer:
        return Answer(code="room_archived")

    outbox = Outbox(send, lambda saying, code: refused.append((saying.client_id, code)))
    outbox.live()
    outbox.add(say(1))
    await asyncio.sleep(0.01)

    assert refused == [("m1", "room_archived")]
    assert outbox.is_empty


async def test_what_a_sender_sees_on_their_own_screen_is_stored_though_its_answer_never_came() -> None:
    history = History()
    person = Person(0, Seat(1, "a session", 7), "http://nowhere", history, random.Random(0))
    person.on_frame(Frame("room_added", room=7, state=State(7, 0)))
    person.say(say(1))
    person.say(say(2))

    person.on_frame(posted(1))

    assert {client_id: seq for client_id, (seq, _) in history.stored.items()} == {"m1": 1}
    assert "m1" not in person.outbox
    assert "m2" in person.outbox


def control(*screens: list[int]) -> dict[str, int]:
    """What is found where one person said m0, m1, m2 and these came to screens."""
    history = History()
    for number in range(3):
        history.say(say(number))
        history.accept(0, f"m{number}", 0)
    for seat, shown in enumerate(screens):
        history.heard[seat] = [Heard(7, 0, f"m{number}", at=0) for number in shown]
    verdict: Verdict = judge_screens(history, {7: frozenset(range(len(screens)))})
    return {fault: count for fault, count in verdict.counts.items() if count}


def test_the_control_is_red_for_a_drop_a_swap_and_a_double_and_for_nothing_else() -> None:
    assert control([0, 1, 2], [0, 1, 2]) == {}
    assert control([0, 1, 2], [0, 2]) == {"lost": 1}
    assert control([0, 2, 1]) == {"sender order": 1}
    assert control([0, 1, 2, 2]) == {"doubled": 1}


def test_all_have_caught_up_when_the_last_late_thing_has_come_and_the_last_person_is_back() -> None:
    history = History()
    history.said = [say(0), say(10 * SECOND), say(20 * SECOND)]
    shown = [Heard(7, 1, "m0", SECOND // 2), Heard(7, 2, f"m{10 * SECOND}", 13 * SECOND)]
    prompt = Heard(7, 3, f"m{20 * SECOND}", 20 * SECOND + 1)

    assert caught_up_at(history, 9 * SECOND, [*shown, prompt], 1.0) == 13 * SECOND
    assert caught_up_at(history, 9 * SECOND, [*shown, prompt], 5.0) == 9 * SECOND

    history.returns.append(Return(14 * SECOND, 0, 2.0))

    assert caught_up_at(history, 9 * SECOND, [*shown, prompt], 1.0) == 14 * SECOND
