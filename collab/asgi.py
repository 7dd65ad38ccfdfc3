"""The ASGI application: pages over HTTP, one socket a person at /ws/."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collab.settings")

pages = get_asgi_application()

from rooms.consumers import RoomConsumer  # noqa: E402 — models need the applications, which the line above loads.

application = ProtocolTypeRouter({"http": pages, "websocket": URLRouter([path("ws/", RoomConsumer.as_asgi())])})
