"""The log held against the answers: what was acknowledged stands in it, and what stands in it was asked for."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from bench.operations.difference import Difference
from bench.operations.operation import Key, Operation

NOTHING = "nothing"


class Entry(NamedTuple):
    """An event of the log, as PostgreSQL has it."""

    room: int
    seq: int
    type: str
    actor: int
    data: Mapping[str, Any]

    @property
    def key(self) -> Key:
        """What it says, without its words."""
        return Key(self.room, self.type, self.actor, self._subject())

    @property
    def text(self) -> str | None:
        """Its words; None: it has none, or they were taken out of it."""
        return None if self.data.get("deleted") else self.data.get("text")

    def _subject(self) -> str:
        if self.type == "posted":
            return str(self.data["client_id"])
        names = ("person",) if "person" in self.data else ("message", "emoji", "name", "topic")
        return " ".join(str(self.data[name]) for name in names if name in self.data)

    def __str__(self) -> str:
        return f"{self.type} by person {self.actor}: {self._subject()}"


def differences(operations: Collection[Operation], heads: Mapping[int, int], log: Iterable[Entry]) -> list[Difference]:
    """What the answers and the log do not agree on.

    Args:
        operations: all since the heads were read; none is under way any more.
        heads: by room, the seq up to which the log was held against earlier answers.
        log: every event after these, in order.
    """
    entries = {(entry.room, entry.seq): entry for entry in log}
    answered = {(each.room, each.seq): each for each in operations if each.seq is not None and each.key}
    rest = [entry for place, entry in entries.items() if place not in answered]
    return [
        *_unanswered(operations),
        *_gaps(heads, entries),
        *(found for each in operations if each.seq is not None for found in _missing(each, heads, entries)),
        *_unexplained(operations, rest),
        *_unstored(operations, rest),
    ]


def _unanswered(operations: Iterable[Operation]) -> Iterator[Difference]:
    for each in operations:
        if not each.is_answered:
            yield Difference(str(each), each.room, 0, "answer", NOTHING, "an answer")


def _gaps(heads: Mapping[int, int], entries: Mapping[tuple[int, int], Entry]) -> Iterator[Difference]:
    for room, head in heads.items():
        seqs = sorted(seq for where, seq in entries if where == room)
        if seqs != list(range(head + 1, head + 1 + len(seqs))):
            yield Difference("the log", room, head, "seqs", seqs, "no gaps")


def _missing(
    operation: Operation, heads: Mapping[int, int], entries: Mapping[tuple[int, int], Entry]
) -> Iterator[Difference]:
    """An acknowledged operation whose event is not at its seq, or says something else."""
    assert operation.seq is not None
    entry = entries.get((operation.room, operation.seq))
    whose = str(operation)
    if operation.key is None or operation.seq <= heads.get(operation.room, 0):
        yield Difference(whose, operation.room, operation.seq, "answer", operation.seq, "a seq of its own")
    elif entry is None or entry.key != operation.key:
        yield Difference(whose, operation.room, operation.seq, "event", "acknowledged", str(entry or NOTHING))
    elif entry.text not in {None, operation.text}:
        yield Difference(whose, operation.room, operation.seq, "text", operation.text, entry.text)


def _unexplained(operations: Iterable[Operation], rest: Iterable[Entry]) -> Iterator[Difference]:
    """An event that nobody was told of, and nobody may have made: unasked for, refused, or stored twice."""
    may: Counter[Key] = Counter()
    texts: dict[Key, set[str]] = defaultdict(set)
    for each in operations:
        if each.key is not None:
            may[each.key] += max(each.may, int(each.must))
            texts[each.key].add(each.text)
    for entry in rest:
        may[entry.key] -= 1
        if may[entry.key] < 0 or (entry.text is not None and entry.text not in texts[entry.key]):
            yield Difference("the log", entry.room, entry.seq, "event", "refused, or not asked for", str(entry))


def _unstored(operations: Iterable[Operation], rest: Iterable[Entry]) -> Iterator[Difference]:
    """What was acknowledged without a seq and changed something, and is not in the log."""
    there = Counter(entry.key for entry in rest)
    for each in operations:
        if each.must and each.key is not None:
            there[each.key] -= 1
            if there[each.key] < 0:
                yield Difference(str(each), each.room, 0, "event", "acknowledged", NOTHING)
