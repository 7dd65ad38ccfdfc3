"""What rooms are called and what is said of them."""

from rooms.errors import NameInvalid
from rooms.models import Room, Workspace

MAX_NAME = 80
MAX_TOPIC = 250


def clean_name(name: str) -> str:
    """A name as it is stored: one line, 1 to 80 characters.

    Raises:
        NameInvalid: nothing is left, or it is too long.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
        raise NameInvalid
    return name


def clean_topic(topic: str) -> str:
    """A topic as it is stored: one line, at most 250 characters; may be empty.

    Raises:
        NameInvalid: too long, or it contains what cannot be shown.
    """
    topic = " ".join(topic.split())
    if len(topic) > MAX_TOPIC or not topic.isprintable():
        raise NameInvalid(f"A topic has at most {MAX_TOPIC} characters.")
    return topic


def is_taken(workspace: Workspace, name: str, besides: Room | None = None) -> bool:
    """Whether an open room of the workspace, other than `besides`, has the name, in whatever case."""
    rooms = Room.objects.filter(workspace=workspace, name__iexact=name, archived_at=None)
    if besides is not None:
        rooms = rooms.exclude(pk=besides.pk)
    return rooms.exclude(kind=Room.Kind.DIRECT).exists()
