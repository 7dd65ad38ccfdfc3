"""An application that answers no handshake until a page has told it to."""

import asyncio
import logging.config
from typing import Any

from collab.logs.lines import set_up

logging.config.dictConfig(set_up("INFO", "json"))

may_come_in = asyncio.Event()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """A page, or a socket that stays until the other side goes."""
    if scope["type"] == "http":
        if scope["path"] == "/open":
            may_come_in.set()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"Content-Length", b"4")]})
        await send({"type": "http.response.body", "body": b"Open"})
        return
    await may_come_in.wait()
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        pass
