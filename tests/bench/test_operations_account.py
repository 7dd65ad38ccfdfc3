"""The log held against the answers: whatever was promised and is not there is seen, and whatever nobody asked for."""

from typing import Any

from bench.operations import account
from bench.operations.account import Entry
from bench.operations.operation import Operation

ROOM, ADA, BEN = 7, 1, 2
HEADS = {ROOM: 10}


def post(client_id: str = "m", **answer: Any) -> Operation:
    return Operation("post", ADA, ROOM, {"client_id": client_id, "text": "Hello"}, **answer)


def posted(seq: int, client_id: str = "m", text: str = "Hello") -> Entry:
    return Entry(ROOM, seq, "posted", ADA, {"client_id": client_id, "text": text, "html": ""})


def acknowledged(operation: Operation, seq: int | None, attempts: int = 1) -> Operation:
    operation.is_answered, operation.seq, operation.attempts = True, seq, attempts
    return operation


def refused(operation: Operation, attempts: int = 1) -> Operation:
    operation.is_answered, operation.code, operation.attempts = True, "not_yours", attempts
    return operation


def found(operations: list[Operation], log: list[Entry]) -> list[str]:
    return [each.field for each in account.differences(operations, HEADS, log)]


def test_what_was_acknowledged_and_is_in_the_log_is_as_it_should_be() -> None:
    edit = Operation("edit", ADA, ROOM, {"message": 11, "text": "Hi"})
    blanked = Entry(ROOM, 12, "edited", ADA, {"message": 11, "text": "", "html": "", "deleted": True})
    typing = Operation("typing", BEN, ROOM, is_answered=True, attempts=1)

    assert found([acknowledged(post(), 11), acknowledged(edit, 12), typing], [posted(11), blanked]) == []


def test_what_was_acknowledged_and_is_not_in_the_log_is_seen() -> None:
    assert found([acknowledged(post(), 11)], []) == ["event"]


def test_an_acknowledgement_of_another_event_of_other_words_or_of_an_old_seq_is_seen() -> None:
    assert found([acknowledged(post(), 11)], [posted(11, "another")]) == ["event"]
    assert found([acknowledged(post(), 11)], [posted(11, text="Hullo")]) == ["text"]
    assert found([acknowledged(post(), 10)], []) == ["answer"]


def test_what_was_refused_and_is_in_the_log_is_seen() -> None:
    delete = Operation("delete", BEN, ROOM, {"message": 11})
    deleted = Entry(ROOM, 12, "deleted", BEN, {"message": 11, "author": ADA, "mentions": []})

    assert found([acknowledged(post(), 11), refused(delete)], [posted(11), deleted]) == ["event"]
    # It was sent twice: the first may have been carried out, and the second refused for that.
    assert found([acknowledged(post(), 11), refused(delete, attempts=2)], [posted(11), deleted]) == []


def test_what_was_stored_twice_is_seen() -> None:
    assert found([acknowledged(post(), 11)], [posted(11), posted(12)]) == ["event"]


def test_what_nobody_asked_for_is_seen() -> None:
    assert found([], [Entry(ROOM, 11, "pinned", BEN, {"message": 3})]) == ["event"]


def test_a_command_without_an_answer_is_seen_and_so_is_a_gap() -> None:
    assert found([post(attempts=1)], [posted(11)]) == ["answer"]
    assert found([acknowledged(post(), 12)], [posted(12)]) == ["seqs"]


def test_a_form_that_was_taken_and_changed_something_must_be_in_the_log() -> None:
    leave = Operation("leave", BEN, ROOM, whom=BEN, is_answered=True, attempts=1, must=True)
    left = Entry(ROOM, 11, "left", BEN, {"person": BEN})

    assert found([leave], [left]) == []
    assert found([leave], []) == ["event"]
