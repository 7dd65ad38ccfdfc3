"""What Celery's processes write: the site's lines, with the task they belong to."""

import structlog
from celery.signals import setup_logging, task_failure, task_postrun, task_prerun
from structlog.contextvars import bind_contextvars, clear_contextvars

logger = structlog.get_logger(__name__)


@setup_logging.connect(weak=False)
def leave_as_it_is(**_: object) -> None:
    """Django has set up the log; where nobody answers this, Celery puts its own in place."""


@task_prerun.connect(weak=False)
def name_it(task_id: str, task: object, **_: object) -> None:
    """Whatever is written from now on belongs to the task."""
    clear_contextvars()
    bind_contextvars(task=getattr(task, "name", ""), task_id=task_id)


@task_postrun.connect(weak=False)
def forget_it(**_: object) -> None:
    """The next may be another."""
    clear_contextvars()


@task_failure.connect(weak=False)
def tell_failure(exception: BaseException, **_: object) -> None:
    """A task broke. Beat asks for it again when it is due."""
    logger.error("task_failed", exc_info=exception)
