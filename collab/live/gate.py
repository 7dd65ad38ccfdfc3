"""The gate of a topic: whatever order entries come in, they leave in seq order, each once."""

from collections.abc import Iterable

from collab.live.messages import Message


class Gate:
    """Passes entries on in order, holds those that are early, drops those that were passed before.

    Args:
        last: seq of the last entry that counts as passed.
    """

    __slots__ = ("_early", "last")

    def __init__(self, last: int) -> None:
        self.last = last
        self._early: dict[int, Message] = {}

    @property
    def is_waiting(self) -> bool:
        """Something early is held: what stands before it is missing."""
        return bool(self._early)

    def __len__(self) -> int:
        return len(self._early)

    def offer(self, entries: Iterable[Message]) -> list[Message]:
        """The entries that may go out now, in order."""
        for entry in entries:
            if entry.seq > self.last:
                self._early.setdefault(entry.seq, entry)
        passed = []
        while self.last + 1 in self._early:
            self.last += 1
            passed.append(self._early.pop(self.last))
        return passed
