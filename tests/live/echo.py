"""An application that says back what it hears: text through the tuned server's outlet, bytes as ASGI does it."""

from typing import Any

from collab.live.direct import EXTENSION
from collab.live.frames import Frame


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Echo, until the other side goes."""
    outlet: Any = None
    while (message := await receive())["type"] != "websocket.disconnect":
        if message["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
            outlet = scope["extensions"][EXTENSION](0, lambda kind, argument: None)
        elif message.get("text") is not None:
            outlet.send(Frame(message["text"].encode()))
        else:
            await send({"type": "websocket.send", "bytes": message["bytes"]})
