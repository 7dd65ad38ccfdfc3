"""What Celery does for the status page: one-line calls, safe to run twice at once."""

from celery import shared_task

from collab.status import forgetting, store


@shared_task
def sum_up() -> int:
    """Sum up the hours of the last days; how many."""
    return store.sum_up()


@shared_task
def clear() -> int:
    """Forget rows of more than five weeks ago, and what the canary said until yesterday; how many."""
    return store.clear() + forgetting.forget_messages()
