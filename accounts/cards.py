"""How a person is shown to others."""

import msgspec

from accounts.models import User


class Person(msgspec.Struct, frozen=True):
    """What travels of a person: enough to draw their name, avatar and status anywhere."""

    #: The person's id.
    id: int
    #: What others call them.
    name: str
    #: What they are mentioned by, without the @.
    handle: str
    #: One or two letters for where there is no picture.
    initials: str
    #: Which of twelve colours stands behind the initials, 0–11.
    tint: int
    #: Address of the picture; empty: draw the initials.
    avatar: str = ""
    #: What they are doing, as an emoji; empty: none.
    status_emoji: str = ""
    #: What they are doing, in words; may be empty.
    status_text: str = ""


def card(user: User) -> Person:
    """The person as others see them."""
    return Person(
        id=user.pk,
        name=user.name,
        handle=user.handle,
        initials=user.initials,
        tint=user.tint,
        avatar=user.avatar_url,
        status_emoji=user.status_emoji,
        status_text=user.status_text,
    )
