"""A topic on this node: its gate, and the sockets that hear it."""

from collections.abc import Iterable

from collab.live import journeys, metrics
from collab.live.errors import Close
from collab.live.gate import Gate
from collab.live.messages import Message
from collab.live.outlets import Outlet, tell_slow_reader

#: New entries of one topic that wait while a socket is sent what it missed; one that takes longer is put out.
MOST_PENDING = 1_000
#: The control word to a socket that an entry took off the topic that is its argument.
PARTED = "parted"


class Subscription:
    """One socket's place in one topic.

    Until it goes live, because the socket awaits its welcome or is being sent what it missed, what is new waits in
    `pending`; `cursor` is the seq of the last entry the socket was sent, so that nothing is sent twice whichever way
    it comes; `confirmed` is how far its client says it has got. An entry up to `since` no longer ends the
    subscription: its owner has come back after it.
    """

    __slots__ = ("confirmed", "cursor", "outlet", "pending", "since")

    def __init__(self, outlet: Outlet, since: int = 0) -> None:
        self.outlet = outlet
        self.cursor = 0
        self.confirmed = 0
        self.since = since
        self.pending: list[Message] | None = []

    @property
    def is_live(self) -> bool:
        """What comes is sent at once."""
        return self.pending is None

    def send(self, message: Message) -> None:
        """Send a signal, or a log entry once; or keep it until the subscription goes live."""
        if self.pending is not None:
            self._keep(message, self.pending)
        elif message.seq > self.cursor:
            self.cursor = message.seq
            self.write(message)
        elif not message.seq:
            self.write(message)

    def write(self, message: Message) -> None:
        """Send it now, whatever waits."""
        self.outlet.send(message.frame)
        if self.outlet.owner in message.renews and message.seq > self.since:
            self.outlet.close(Close.GOING_AWAY)

    def go_live(self, cursor: int) -> list[Message]:
        """The socket has everything up to `cursor`: send what came meanwhile, which is returned, and then at once."""
        self.cursor = cursor
        pending, self.pending = self.pending or [], None
        for message in pending:
            self.send(message)
        return pending

    def is_ended_by(self, entry: Message) -> bool:
        """The entry tells that the socket's owner is out."""
        return self.outlet.owner in entry.drops and entry.seq > self.since

    def forget_signals(self) -> None:
        """What was signalled so far is out of date: the socket is sent the state as read later."""
        if self.pending is not None:
            self.pending = [message for message in self.pending if message.seq]

    def _keep(self, message: Message, pending: list[Message]) -> None:
        if len(pending) < MOST_PENDING:
            pending.append(message)
        else:
            tell_slow_reader(self.outlet.owner)
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

    def held(self) -> int:
        """Entries that are kept back, for the gate or for a socket that is catching up."""
        early = len(self.gate) if self.gate is not None else len(self._early)
        return early + sum(len(each.pending or ()) for each in self.subscriptions.values())

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
        """Send what is no log entry to everyone; control words come through whatever waits."""
        for outlet, subscription in list(self.subscriptions.items()):
            if message.payload:
                subscription.send(message)
            if message.control is not None:
                outlet.control(*message.control)

    def end(self, outlet: Outlet) -> None:
        """An entry that the socket was sent has told that its owner is out."""
        if self.subscriptions.pop(outlet, None) is not None:
            outlet.control(PARTED, self.name)

    def _pass(self, entries: list[Message]) -> None:
        for entry in entries:
            for subscription in self.subscriptions.values():
                subscription.send(entry)
            metrics.DELIVERIES.inc(len(self.subscriptions))
            journeys.written(entry, len(self.subscriptions))
            if entry.drops:
                self._drop(entry)

    def _drop(self, entry: Message) -> None:
        for outlet, subscription in list(self.subscriptions.items()):
            if subscription.is_ended_by(entry):
                self.end(outlet)
