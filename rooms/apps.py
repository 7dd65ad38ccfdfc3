"""The `rooms` application."""

from django.apps import AppConfig


class RoomsConfig(AppConfig):
    """`rooms`."""

    name = "rooms"
