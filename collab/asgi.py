"""The ASGI application: pages over HTTP, one socket a person at /ws/."""

import os
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collab.settings")

pages = get_asgi_application()

# Models need the applications, which the line above loads.
from collab import health, optional, seen  # noqa: E402
from collab.live import journeys, metrics, serving  # noqa: E402
from collab.watch import exposition, reporter  # noqa: E402
from rooms.consumers import RoomConsumer  # noqa: E402

optional.start_reports()
optional.start_traces()


async def http(scope: Any, receive: Any, send: Any) -> None:
    """Pages, and what balancers, the doctor and Prometheus ask."""
    if scope["path"] == seen.PATH:
        await seen.answer(scope, send)
    elif scope["path"].startswith(health.PREFIX):
        await health.answer(scope, send)
    elif scope["path"] == exposition.PATH:
        await exposition.answer(scope, send)
    else:
        await pages(scope, receive, exposition.timed(send))


if not settings.METRICS:
    metrics.count_nothing()
if not settings.TRACE_KEPT_HOURS:
    journeys.keep_none()
serving.when_serving(reporter.begin)
application = ProtocolTypeRouter({"http": http, "websocket": URLRouter([path("ws/", RoomConsumer.as_asgi())])})
