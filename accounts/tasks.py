"""What Celery does for accounts."""

from celery import shared_task

from accounts.actions.sessions import forget_ended_sessions


@shared_task
def clear_sessions() -> None:
    """Once a day: forget what is over."""
    forget_ended_sessions()
