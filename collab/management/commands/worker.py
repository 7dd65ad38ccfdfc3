"""`manage.py worker`: one Celery worker, where something else looks after the site's processes."""

from django.core.management.base import BaseCommand

from collab.embedded import programs


class Command(BaseCommand):
    help = "Run one Celery worker: mails, presence, what is due each day. Any number may run."
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        programs.become(programs.worker())
