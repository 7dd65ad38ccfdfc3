"""The nodes as staff sees them: which serve, which go, which are gone without a word."""

import datetime
import enum
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from django.db import transaction
from django.utils import timezone

from collab.exclusive import take_turns
from collab.live.errors import CodedError
from collab.watch.models import Node
from collab.watch.report import Report
from collab.watch.reporter import EVERY

#: A node that has not reported for so long is not well: three reports, and a moment.
SILENT_AFTER = datetime.timedelta(seconds=3 * EVERY + 3)
#: How long those that are gone are shown.
SHOWN_FOR = datetime.timedelta(hours=1)


class State(enum.Enum):
    """How a node is, in words."""

    SERVING = "Serving"
    DRAINING = "Sending people on"
    DRAINED = "Empty"
    LEFT = "Stopped"
    SILENT = "No word"


@dataclass(frozen=True, slots=True)
class Seen:
    """A node and how it is."""

    node: Node
    report: Report
    state: State

    @property
    def lag_ms(self) -> int:
        """The longest wait for the loop since the report before, in milliseconds."""
        return round(self.report.lag * 1000)

    @property
    def is_there(self) -> bool:
        """It runs, as far as is known."""
        return self.state in {State.SERVING, State.DRAINING, State.DRAINED}


class LastNode(CodedError):
    """Nobody else would take its people in."""

    code = "last_node"
    message = "It is the only node that serves: its people would have nowhere to go. Start another one first."
    status = 409


class NodeGone(CodedError):
    """It runs no more."""

    code = "node_gone"
    message = "This node runs no more."
    status = 404


def nodes() -> list[Seen]:
    """Those that run, and those that ended lately; by host and port."""
    now = timezone.now()
    rows = Node.objects.filter(seen_at__gte=now - SHOWN_FOR).order_by("host", "port", "-started_at")
    return [see(row, now) for row in rows]


def see(node: Node, now: datetime.datetime) -> Seen:
    """How it is."""
    said = msgspec.convert(node.report, Report)
    return Seen(node, said, _state(node, said, now))


def _state(node: Node, said: Report, now: datetime.datetime) -> State:
    if node.left_at is not None:
        return State.LEFT
    if node.seen_at < now - SILENT_AFTER:
        return State.SILENT
    if node.wants_drain or said.is_draining:
        return State.DRAINING if said.sockets else State.DRAINED
    return State.SERVING


def ask_to_drain(*, name: str, wants_drain: bool) -> Node:
    """Have a node send its people on and take nobody in, or take them in again. It does so at its next report.

    Raises:
        NodeGone: it runs no more.
        LastNode: no other node serves.
    """
    with transaction.atomic():
        # Two who drain the last two nodes at once would each count on the other's.
        take_turns("drain")
        return _ask_to_drain(name, wants_drain)


def _ask_to_drain(name: str, wants_drain: bool) -> Node:
    everyone = nodes()
    seen = next((each for each in everyone if each.node.name == name and each.is_there), None)
    if seen is None:
        raise NodeGone
    if wants_drain and not _others_serve(everyone, name):
        raise LastNode
    Node.objects.filter(pk=name).update(wants_drain=wants_drain)
    return seen.node


def _others_serve(everyone: Sequence[Seen], name: str) -> bool:
    return any(each.state is State.SERVING and each.node.name != name for each in everyone)
