"""An application that breaks off in the middle of its pages; on sockets it hears what comes and says nothing."""

import logging
from typing import Any

logging.basicConfig(level=logging.INFO)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Fail, or listen until the other side goes."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"Once upon a", "more_body": True})
        raise RuntimeError("There is no end.")
    while (message := await receive())["type"] != "websocket.disconnect":
        if message["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
