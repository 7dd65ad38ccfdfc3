"""A topic on this node: its gate, and the sockets that hear it."""

from collections.abc import Iterable

from collab.live.errors import Close
from collab.live.gate import Gate
from collab.live.messages import Message
from collab.live.outlets import Outlet

#: New entries of one topic that wait while a socket is sent what it missed; one that takes longer is put out.
MOST_PENDING = 1_000


class Subscription:
    """One socket's place in one topic.

    While the socket is being sent what it missed, what is new waits in `pending`; `cursor` is the seq of the last
    entry the socket was sent, so that nothing is sent twice whichever way it comes. An entry up to `since` no longer
    ends the subscription: its owner has come back after it.
    """

    __slots__ = ("cursor", "outlet", "pending", "since")

    def __init__(self, outlet: Outlet) -> None:
        self.outlet = outlet
        self.cursor = 0
        self.since = 0
        self.pending: list[Message] | None = []

    def send(self, entry: Message) -> None:
        """Send a log entry, once, or keep it until the socket has caught up."""
        if self.pending is not None:
            self._keep(entry, self.pending)
        elif entry.seq > self.cursor:
            self.cursor = entry.seq
            self.outlet.send(entry.frame)

    def go_live(self, cursor: int) -> None:
        """The socket has everything up to `cursor`: send what came meanwhile, and from now on at once."""
        self.cursor = cursor
        pending, self.pending = self.pending or [], None
        for entry in pending:
            self.send(entry)

    def _keep(self, entry: Message, pending: list[Message]) -> None:
        if len(pending) < MOST_PENDING:
            pending.append(entry)
        else:
            self.outlet.close(Close.SLOW_READER)


class Topic:
    """The sockets of one topic and, where the topic has a log, the gate before them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.subscriptions: dict[Outlet, Subscription] = {}
        self.gate: Gate | None = None
        self._early: list[Message] = []

    @property
    def is_waiting(self) -> bool:
        """Something early is held: what stands before it is missing."""
        return self.gate is not None and self.gate.is_waiting

    def is_behind(self, head: int) -> bool:
        """The log goes on beyond what was passed."""
        return self.gate is not None and self.gate.last < head

    def open_gate(self, head: int) -> None:
        """Count the log as passed up to `head`, read after the topic was subscribed, and pass on what is newer."""
        if self.gate is None:
            self.gate = Gate(head)
            early, self._early = self._early, []
            self.offer(early)

    def offer(self, entries: Iterable[Message]) -> None:
        """Take log entries in whatever order; the sockets get them in the order of seq."""
        if self.gate is None:
            self._early.extend(entries)
            return
        self._pass(self.gate.offer(entries))

    def signal(self, message: Message) -> None:
        """Send what is no log entry to everyone, as it comes."""
        for outlet in list(self.subscriptions):
            if message.payload:
                outlet.send(message.frame)
            if message.control is not None:
                outlet.control(*message.control)

    def _pass(self, entries: list[Message]) -> None:
        for entry in entries:
            for subscription in self.subscriptions.values():
                subscription.send(entry)
            if entry.drops:
                self._drop(entry)

    def _drop(self, entry: Message) -> None:
        for outlet, subscription in list(self.subscriptions.items()):
            if outlet.owner in entry.drops and entry.seq > subscription.since:
                del self.subscriptions[outlet]
