"""Whether this process is well, for balancers and supervisors: answered before Django, whatever host was asked for."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.db import connection

from collab.live.database import in_database
from collab.live.drain import is_leaving
from collab.live.errors import CodedError

PREFIX = "/health/"

Send = Callable[[dict[str, Any]], Awaitable[None]]


async def answer(scope: Mapping[str, Any], send: Send) -> None:
    """`/health/live`: the process answers at all. `/health/ready`: people may be sent here; 503 where not."""
    checks = await _ready() if scope["path"] == f"{PREFIX}ready" else {}
    known = scope["path"] in {f"{PREFIX}live", f"{PREFIX}ready"}
    status = 404 if not known else 200 if all(checks.values()) else 503
    body = json.dumps({"ok": status == 200, **checks}).encode()
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _ready() -> dict[str, bool]:
    return {"staying": not is_leaving(), "database": await _has_database()}


async def _has_database() -> bool:
    try:
        await in_database(_ask)
    except CodedError:
        return False
    return True


def _ask() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
