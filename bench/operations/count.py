"""What is unread in one room, as static/js/models/room_count.js counts it."""

from bench.faults.frames import State
from bench.operations.told import Told


class RoomCount:
    """Starts from what the server counted, and goes on with the room's events; none is counted twice.

    Args:
        state: of the welcome, or of `room_added`.
        me: id of whose count it is.
    """

    __slots__ = ("_me", "_mentions", "_named", "_unread", "_up_to", "direct", "head", "is_exact", "position")

    def __init__(self, state: State, me: int) -> None:
        self._me = me
        self.head = self._up_to = state.head
        self.position = state.position
        self.direct = state.direct
        #: Counted by the server; which messages they were is not known here.
        self._unread, self._mentions = state.unread, state.mentions
        #: By seq, whether a message counted since is a mention.
        self._named: dict[int, bool] = {}
        #: One has read some of what the server had counted: how many are left comes with the next welcome.
        self.is_exact = True

    @property
    def unread(self) -> int:
        """Messages of others that one has not read."""
        return self._unread + len(self._named)

    @property
    def mentions(self) -> int:
        """Those of them that are about oneself."""
        return self._mentions + sum(self._named.values())

    def apply(self, event: Told) -> None:
        """An event of the room, in its order."""
        assert event.seq is not None
        if event.seq <= self.head:
            return
        self.head = event.seq
        if event.type == "posted":
            self._posted(event, event.seq)
        elif event.type == "deleted":
            self._deleted(event)

    def read_to(self, position: int) -> None:
        """One has read up to here."""
        if position <= self.position:
            return
        self.position = position
        self._named = {seq: mention for seq, mention in self._named.items() if seq > position}
        if position >= self._up_to:
            self._unread = self._mentions = 0
            self.is_exact = True
        elif self._unread:
            self.is_exact = False

    def _posted(self, event: Told, seq: int) -> None:
        if seq > self.position and not event.deleted and event.by != self._me:
            self._named[seq] = self._is_mention(event)

    def _deleted(self, event: Told) -> None:
        if self._named.pop(event.about, None) is not None:
            return
        if not self.position < event.about <= self._up_to or event.author == self._me:
            return
        self._unread = max(0, self._unread - 1)
        if self._is_mention(event):
            self._mentions = max(0, self._mentions - 1)

    def _is_mention(self, event: Told) -> bool:
        return self.direct or event.mentions_room or self._me in event.mentions
