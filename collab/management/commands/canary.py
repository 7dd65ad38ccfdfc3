"""`manage.py canary`: measures from outside what the status page shows."""

import asyncio
import signal

from django.conf import settings
from django.core.management.base import BaseCommand

from collab.status.measuring import Measuring


class Command(BaseCommand):
    help = "Post to a hidden room every few seconds through the public address, and keep what it took for /status."
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        if not settings.CANARY_SECONDS:
            self.stdout.write("CANARY_SECONDS is 0: nothing is measured.")
            return
        asyncio.run(measure())


async def measure() -> None:
    """Until SIGTERM or SIGINT."""
    measuring = Measuring()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, measuring.stop)
    await measuring.run()
