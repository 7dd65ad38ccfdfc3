"""The Celery application: what need not happen while a person waits."""

import os

from celery import Celery

from collab import optional
from collab.logs import tasks  # noqa: F401 — it listens to Celery.

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collab.settings")

app = Celery("collab")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
optional.start_reports()
