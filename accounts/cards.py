"""How a person is shown to others."""

import msgspec

from accounts.models import User


class Person(msgspec.Struct, frozen=True):
    """What travels of a person: enough to draw their name, avatar and status anywhere."""

    id: int
    name: str
    handle: str
    initials: str
    #: Which of twelve colours stands behind the initials, 0–11.
    tint: int
    #: Address of the picture; empty: draw the initials.
    avatar: str = ""
    status_emoji: str = ""
    status_text: str = ""


def card(user: User) -> Person:
    """The person as others see them."""
    return Person(
        id=user.pk,
        name=user.name,
        handle=user.handle,
        initials=user.initials,
        tint=user.tint,
        avatar=user.avatar.url if user.avatar else "",
        status_emoji=user.status_emoji,
        status_text=user.status_text,
    )
