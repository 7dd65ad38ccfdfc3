"""What people and staff decide about mail."""

import datetime

from django.utils import timezone

from accounts.models import User
from rooms.access import RoomAccess
from rooms.errors import NotAllowed
from rooms.models import Delivery, MailSettings, RoomMembership


def send_again(*, delivery: Delivery) -> None:
    """Try once more what was given up, at once and then for another day.

    Raises:
        NotAllowed: it was not given up.
    """
    again = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.DEAD).update(
        state=Delivery.State.RETRYING, due_at=timezone.now(), attempts=0, first_tried_at=None
    )
    if not again:
        raise NotAllowed("Only what was given up can be sent again.")


def choose_mail(
    *, user: User, is_on: bool, quiet_from: datetime.time | None, quiet_until: datetime.time | None
) -> None:
    """Have mail or none, and none during the quiet hours (in the person's time zone; None: there are none)."""
    wish = {"is_on": is_on, "quiet_from": quiet_from, "quiet_until": quiet_until}
    MailSettings.objects.update_or_create(user=user, defaults=wish)
    if not is_on:
        _drop_owed(user)


def stop_mail(*, user: User) -> None:
    """Have no mail of messages any more; the quiet hours stay as they are, for when it is wanted again."""
    MailSettings.objects.update_or_create(user=user, defaults={"is_on": False})
    _drop_owed(user)


def choose_room_mail(*, access: RoomAccess, notify: str) -> None:
    """Say of what one is told by mail in a room.

    Raises:
        RoomNotFound: the person is not in it.
        NotAllowed: there is no such choice.
    """
    if notify not in RoomMembership.Notify.values:
        raise NotAllowed("Choose one of the three.")
    RoomMembership.objects.filter(room=access.joined().room, user=access.user).update(notify=notify)


def _drop_owed(user: User) -> None:
    state = Delivery.State
    # Also what was given up: a later mail would make up for it, with all that is said while none is wanted.
    owed = [state.WAITING, state.RETRYING, state.DEAD]
    mails = Delivery.objects.filter(user=user, kind=Delivery.Kind.MESSAGES, state__in=owed)
    mails.update(state=state.NOT_NEEDED)
