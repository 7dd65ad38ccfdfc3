"""What Celery does for rooms: one-line calls into the domain, safe to run twice at once."""

from celery import shared_task

from collab.live import presence
from rooms import nudges, trimming
from rooms.actions import ended_invitations, expiry
from rooms.announce import announce_presence
from rooms.deliveries import sender


@shared_task
def sweep_presence() -> list[str]:
    """Forget the sockets of nodes that died without a goodbye, and have the others look; the topics they were in."""
    topics = presence.sweep()
    announce_presence(topics)
    return topics


@shared_task
def nudge_laggards() -> int:
    """Have people who are online, and lag behind, look what is missing; how many they were."""
    return nudges.nudge_laggards()


@shared_task
def send_deliveries() -> int:
    """Send the mails that are due; how many."""
    return sender.send_due()


@shared_task
def clear_deliveries() -> int:
    """Forget mails of long ago; how many."""
    return sender.clear()


@shared_task
def clear_invitations() -> int:
    """Forget invitations that ended long ago; how many."""
    return ended_invitations.forget_ended()


@shared_task
def expire_messages() -> int:
    """Delete messages that are older than their workspaces keep them; in how many pieces."""
    return expiry.expire_messages()


@shared_task
def trim_logs() -> int:
    """Trim the logs of rooms; by how many seqs."""
    return trimming.trim_logs()
