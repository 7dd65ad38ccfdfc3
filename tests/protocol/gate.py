"""The rules for a room's events: apply the next, drop the old, hold back what is beyond a gap."""

from dataclasses import dataclass, field
from typing import Any

Frame = dict[str, Any]


@dataclass
class Gate:
    """How far one room has been applied, and what waits for a gap to close."""

    last: int
    held: dict[int, Frame] = field(default_factory=dict)

    def admit(self, event: Frame) -> list[Frame]:
        """The events that may be applied now, in order."""
        if event["seq"] > self.last:
            self.held[event["seq"]] = event
        ready = []
        while (following := self.held.pop(self.last + 1, None)) is not None:
            self.last += 1
            ready.append(following)
        return ready

    @property
    def gap(self) -> bool:
        """Whether something is held back: the client has to fetch."""
        return bool(self.held)

    def jump(self, head: int) -> list[Frame]:
        """Go on from the head, as `reload` says; the held events that follow it."""
        self.last = head
        self.held = {seq: event for seq, event in self.held.items() if seq > head}
        return self.admit({"seq": head})
