"""`/metrics`, for Prometheus: answered before Django, whatever host was asked for, to nobody else."""

import asyncio
import hmac
import ipaddress
import time
from typing import Any

from django.conf import settings

from collab.live import metrics
from collab.live.handshake import header
from collab.plain import Send, say

PATH = "/metrics"

#: What proxies add: whoever comes through one is not from this machine.
FORWARDED = (b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via")


async def answer(scope: dict[str, Any], send: Send) -> None:
    """All metrics of this process; with METRICS_TOKEN to whoever has it, without to this machine alone."""
    refusal = _refusal(scope)
    if refusal:
        headers = [(b"www-authenticate", b"Bearer")] if refusal == 401 else []
        await say(send, refusal, b"", content_type="text/plain", headers=headers)
        return
    accepted = header(scope, b"accept")
    # Some milliseconds, in which sockets are served on.
    body, content_type = await asyncio.to_thread(metrics.render, accepted)
    await say(send, 200, body, content_type=content_type)


def _refusal(scope: dict[str, Any]) -> int:
    """The status for those who may not look: 0 for those who may. Without a token it does not show that it is there."""
    if settings.METRICS_TOKEN:
        said = header(scope, b"authorization").encode()
        return 0 if hmac.compare_digest(said, f"Bearer {settings.METRICS_TOKEN}".encode()) else 401
    is_forwarded = any(name in FORWARDED for name, _ in scope["headers"])
    return 404 if is_forwarded or not _is_of_this_machine(scope) else 0


def _is_of_this_machine(scope: dict[str, Any]) -> bool:
    host, _ = scope.get("client") or ("", 0)
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def timed(send: Any) -> Any:
    """The same, with the time until the answer began noted by its kind of status (2xx, 3xx…)."""
    began = time.perf_counter()

    async def note_and_send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            metrics.PAGE.labels(f"{message['status'] // 100}xx").observe(time.perf_counter() - began)
        await send(message)

    return note_and_send
