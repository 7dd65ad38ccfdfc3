"""The `accounts` application."""

from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """`accounts`."""

    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        """Listen to allauth."""
        import_module("accounts.receivers")
