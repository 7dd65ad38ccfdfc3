"""An application that breaks off in the middle of its pages; on sockets it only says what stands in memory."""

import asyncio
import gc
import json
import logging.config
import threading
from collections import Counter
from typing import Any

from collab.logs.lines import set_up

logging.config.dictConfig(set_up("INFO", "json"))

#: What each socket of the server consists of.
PARTS = ("TunedProtocol", "TcpConnection", "HTTPChannel", "WebRequest", "ConnectionRequest")

may_go_on = asyncio.Event()


async def short(send: Any) -> None:
    """A page that is there at once, and lets the slow ones go on."""
    may_go_on.set()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"Content-Length", b"5")]})
    await send({"type": "http.response.body", "body": b"Short"})


async def slow(send: Any) -> None:
    """A page that takes as long as a test wants."""
    may_go_on.clear()
    await may_go_on.wait()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"Slow and whole"})


async def endless(send: Any) -> None:
    """A page that is never made."""
    await asyncio.Event().wait()


async def hanging(send: Any) -> None:
    """A page that waits on a thread which is never done, as for a database that hangs."""
    await asyncio.to_thread(threading.Event().wait)


async def broken(send: Any) -> None:
    """A page that breaks off in the middle."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"Once upon a", "more_body": True})
    raise RuntimeError("There is no end.")


PAGES = {"/short": short, "/slow": slow, "/endless": endless, "/hanging": hanging}


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """A page, or a socket."""
    if scope["type"] == "http":
        await PAGES.get(scope["path"], broken)(send)
    elif scope["path"] == "/deaf":
        await talk(send)
    else:
        await listen(scope, receive, send)


async def talk(send: Any) -> None:
    """Read nothing of what the other side says."""
    await send({"type": "websocket.accept"})
    while True:
        await send({"type": "websocket.send", "text": "I do not listen."})
        await asyncio.sleep(0.05)


async def listen(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Listen until the other side goes."""
    while (message := await receive())["type"] != "websocket.disconnect":
        if message["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
            if scope["path"] == "/closed":
                await send({"type": "websocket.close", "code": 4201})
        elif message.get("text") == "What is there?":
            there = Counter(type(each).__name__ for each in gc.get_objects())
            await send({"type": "websocket.send", "text": json.dumps({part: there[part] for part in PARTS})})
