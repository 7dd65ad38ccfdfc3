"""The `status` application."""

from django.apps import AppConfig


class StatusConfig(AppConfig):
    """`status`."""

    name = "collab.status"
    label = "status"
