"""What Celery does for the site as a whole."""

from celery import shared_task

from collab import pulse


@shared_task
def note_pulse() -> None:
    """Prove that beat, the queue and a worker live."""
    pulse.note()
