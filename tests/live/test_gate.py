"""The gate: whatever is lost, doubled or out of order on the way, entries leave it in order, each once."""

from hypothesis import given
from hypothesis import strategies as st

from collab.live.gate import Gate
from collab.live.messages import Message


def entry(seq: int) -> Message:
    return Message(topic="room.1", seq=seq)


def seqs(entries: list[Message]) -> list[int]:
    return [each.seq for each in entries]


def test_an_entry_in_order_passes_at_once() -> None:
    gate = Gate(4)
    assert seqs(gate.offer([entry(5)])) == [5]
    assert not gate.is_waiting


def test_an_early_entry_waits_for_the_one_before_it() -> None:
    gate = Gate(4)
    assert gate.offer([entry(6)]) == []
    assert gate.is_waiting
    assert seqs(gate.offer([entry(5)])) == [5, 6]


def test_what_has_passed_passes_no_more() -> None:
    gate = Gate(4)
    gate.offer([entry(5)])
    assert gate.offer([entry(5), entry(4)]) == []


@given(
    head=st.integers(0, 5),
    arrivals=st.lists(st.lists(st.integers(1, 30), max_size=6), max_size=20),
    fill_at=st.sets(st.integers(0, 19)),
)
def test_order_holds_under_any_loss_doubling_and_disorder(
    head: int, arrivals: list[list[int]], fill_at: set[int]
) -> None:
    """Now and then the log is read for what is missing, as the hub does it."""
    gate, passed = Gate(head), []
    for step, arrival in enumerate(arrivals):
        passed += gate.offer([entry(seq) for seq in arrival])
        if step in fill_at:
            newest = max((seq for batch in arrivals[: step + 1] for seq in batch), default=0)
            passed += gate.offer([entry(seq) for seq in range(gate.last + 1, newest + 1)])
            assert not gate.is_waiting
    assert seqs(passed) == list(range(head + 1, gate.last + 1))
