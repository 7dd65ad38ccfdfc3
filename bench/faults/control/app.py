"""The chat of Channels' tutorial, part 3, as an ASGI application: a room is a group, a message a `group_send`."""

import json
import os
from typing import Any

import django
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import path

from collab.live.redis_address import service_at


def host(url: str) -> str | dict[str, Any]:
    """Redis, as the documentation of channels_redis names it: an address, or Sentinels and the name of their master."""
    service = service_at(url)
    return {"sentinels": list(service.sentinels), "master_name": service.name} if service else url


settings.configure(
    SECRET_KEY=os.environ["SECRET_KEY"],
    ALLOWED_HOSTS=["127.0.0.1"],
    INSTALLED_APPS=["channels"],
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [host(os.environ["REDIS_URL"])]},
        },
    },
)
django.setup()


class ChatConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels has no types.
    """Everyone in a room hears what anyone in it says."""

    async def connect(self) -> None:
        """Join the room's group."""
        self.group = f"chat_{self.scope['url_route']['kwargs']['room']}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        """Leave it."""
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str) -> None:
        """Tell the group."""
        message = json.loads(text_data)["message"]
        await self.channel_layer.group_send(self.group, {"type": "chat.message", "message": message})

    async def chat_message(self, event: dict[str, Any]) -> None:
        """Somebody of the group said something."""
        await self.send(text_data=json.dumps({"message": event["message"]}))


application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": URLRouter([path("ws/chat/<int:room>/", ChatConsumer.as_asgi())]),
    }
)
