"""The rules for a room's events: apply the next, drop the old, hold back what is beyond a gap."""

from dataclasses import dataclass, field
from typing import Any

Frame = dict[str, Any]


@dataclass
class Gate:
    """How far one room has been applied, and what waits for a gap to close."""

    last: int
    held: dict[int, Frame] = field(default_factory=dict)
    #: The room is being loaded anew: nothing is applied before it stands.
    is_loading: bool = False

    def admit(self, event: Frame) -> list[Frame]:
        """The events that may be applied now, in order."""
        # While the room is loaded nobody knows yet after what this follows: `last` may be of another database.
        if event["seq"] > self.last or self.is_loading:
            self.held[event["seq"]] = event
        return [] if self.is_loading else self._ready()

    def _ready(self) -> list[Frame]:
        ready = []
        while (following := self.held.pop(self.last + 1, None)) is not None:
            self.last += 1
            ready.append(following)
        return ready

    @property
    def gap(self) -> bool:
        """Whether something is held back: the client has to fetch."""
        return bool(self.held) and not self.is_loading

    def jump(self, head: int) -> list[Frame]:
        """Go on from the head of a `reload`, once the room stands; the held events that follow it."""
        self.is_loading = False
        self.last = head
        self.held = {seq: event for seq, event in self.held.items() if seq > head}
        return self._ready()
