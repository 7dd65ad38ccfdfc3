"""The nouns of the house, one a file."""

from .delivery import Delivery, MailSettings
from .epoch import Epoch
from .event import NOTICES, Event
from .invitation import Invitation
from .message import Mention, Message, Pin, Reaction, Wording
from .room import Room, RoomMembership
from .workspace import KEEP_DAYS, Membership, Role, Workspace

__all__ = [
    "KEEP_DAYS",
    "NOTICES",
    "Delivery",
    "Epoch",
    "Event",
    "Invitation",
    "MailSettings",
    "Membership",
    "Mention",
    "Message",
    "Pin",
    "Reaction",
    "Role",
    "Room",
    "RoomMembership",
    "Wording",
    "Workspace",
]
