"""The application that watches the site."""

from django.apps import AppConfig


class WatchConfig(AppConfig):
    """Begins to report once the process serves."""

    name = "collab.watch"
    label = "watch"
    verbose_name = "Operation"
