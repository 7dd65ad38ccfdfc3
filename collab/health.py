"""Whether this process is well, for balancers and supervisors: answered before Django, whatever host was asked for."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection

from collab.live.database import in_database
from collab.live.drain import is_leaving
from collab.live.errors import CodedError
from collab.plain import Send, say
from rooms import node as rooms_node

PREFIX = "/health/"


async def answer(scope: Mapping[str, Any], send: Send) -> None:
    """`/health/live`: the process answers at all. `/health/ready`: people may be sent here; 503 where not."""
    asks_ready = scope["path"] == f"{PREFIX}ready"
    checks = await _ready() if asks_ready else {}
    known = asks_ready or scope["path"] == f"{PREFIX}live"
    status = 404 if not known else 200 if all(checks.values()) else 503
    said = checks | (_good_to_know() if asks_ready else {})
    body = json.dumps({"ok": status == 200, **said}).encode()
    await say(send, status, body)


async def _ready() -> dict[str, bool]:
    node = rooms_node.running()
    return {
        "staying": not is_leaving(),
        "database": await _has_database(),
        "writer": node is None or not node.writer.is_hard_pressed,
    }


def _good_to_know() -> dict[str, bool]:
    """What is no reason to send people elsewhere: without the layer this node reads the log every second."""
    node = rooms_node.running()
    return {"layer": node is not None and node.hub.is_up}


async def _has_database() -> bool:
    try:
        await in_database(_ask)
    except CodedError:
        return False
    return True


def _ask() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
