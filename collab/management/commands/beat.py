"""`manage.py beat`: Celery's clock, where something else looks after the site's processes."""

from django.conf import settings
from django.core.management.base import BaseCommand

from collab.embedded import programs


class Command(BaseCommand):
    help = "Run Celery's clock, which asks the workers for what is due. One is enough; two do no harm."
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        programs.become(programs.beat(settings.VAR_DIR))
