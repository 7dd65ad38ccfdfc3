"""What a node says about itself every few seconds."""

import msgspec
import psutil

from collab.live import drain, lag
from rooms.node import Node

_process = psutil.Process()


class Report(msgspec.Struct, kw_only=True):
    """A node's numbers at a moment. Fields have defaults: another version's node may not say all."""

    sockets: int = 0
    people: int = 0
    #: The longest that anybody waited for the loop since the report before, in seconds.
    lag: float = 0.0
    #: Of one core, since the report before.
    cpu_percent: float = 0.0
    memory_mb: float = 0.0
    is_layer_up: bool = False
    is_draining: bool = False


def report(node: Node) -> Report:
    """The numbers of now. Called on the loop."""
    return Report(
        sockets=len(node.hub.sockets),
        people=node.allowances.people_with_sockets,
        lag=round(lag.worst(), 4),
        cpu_percent=_process.cpu_percent(),
        memory_mb=round(_process.memory_info().rss / 2**20, 1),
        is_layer_up=node.hub.is_up,
        is_draining=drain.is_leaving(),
    )
