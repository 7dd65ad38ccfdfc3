"""What Celery does for the watch."""

import datetime

from celery import shared_task
from django.conf import settings

from collab.watch import keeping


@shared_task
def clear_watch() -> int:
    """Forget samples, journeys and faults of long ago; how many."""
    return keeping.clear(datetime.timedelta(hours=settings.TRACE_KEPT_HOURS))
