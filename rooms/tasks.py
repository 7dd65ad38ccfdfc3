"""What Celery does for rooms: one-line calls into the domain, safe to run twice at once."""

from celery import shared_task

from collab.live import presence
from rooms import mail, nudges
from rooms.models import Invitation


@shared_task
def sweep_presence() -> list[str]:
    """Forget the sockets of nodes that died without a goodbye; the topics they were in."""
    return presence.sweep()


@shared_task
def nudge_laggards() -> int:
    """Have people who are online, and lag behind, look what is missing; how many they were."""
    return nudges.nudge_laggards()


@shared_task
def send_invitation(invitation_id: int, url: str) -> None:
    """Mail an invitation, unless it was taken back meanwhile."""
    invitation = Invitation.objects.select_related("workspace", "created_by").filter(pk=invitation_id).first()
    if invitation is not None and invitation.is_open:
        mail.send_invitation(invitation, url)
