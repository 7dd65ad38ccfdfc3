"""The ASGI application: pages over HTTP, one socket a person at /ws/."""

import os
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collab.settings")

pages = get_asgi_application()

# Models need the applications, which the line above loads.
from collab import health, seen  # noqa: E402
from rooms.consumers import RoomConsumer  # noqa: E402


async def http(scope: Any, receive: Any, send: Any) -> None:
    """Pages, and what a balancer and the doctor ask."""
    if scope["path"] == seen.PATH:
        await seen.answer(scope, send)
    elif scope["path"].startswith(health.PREFIX):
        await health.answer(scope, send)
    else:
        await pages(scope, receive, send)


application = ProtocolTypeRouter({"http": http, "websocket": URLRouter([path("ws/", RoomConsumer.as_asgi())])})
