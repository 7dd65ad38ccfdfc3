"""Answers that are given before Django, whatever host was asked for: to balancers, the doctor, Prometheus."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = Sequence[tuple[bytes, bytes]]


async def say(
    send: Send, status: int, body: bytes, *, content_type: str = "application/json", headers: Headers = ()
) -> None:
    """Answer, and have nobody keep it."""
    told = [(b"content-type", content_type.encode()), (b"cache-control", b"no-store"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})
