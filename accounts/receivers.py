"""What allauth says, and what follows from it."""

from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.actions.addresses import cancel_email_change
from accounts.actions.sessions import close_sockets, end_keys, end_other_sessions
from accounts.models import User


@receiver(user_logged_out)
def end_own(request: HttpRequest, user: User | None, **_: object) -> None:
    """Signing out closes the sockets of this session too."""
    if user and request.session.session_key:
        end_keys(user=user, keys=[request.session.session_key])


@receiver([password_changed, password_set, password_reset])
def end_others(request: HttpRequest, user: User, **_: object) -> None:
    """Whoever knew the old password is out."""
    key = request.session.session_key
    end_other_sessions(user=user, keep=key)
    if key:
        # This session gets another key now: a socket opened with the old one could never be closed by name again.
        close_sockets(user_id=user.pk, key=key)


@receiver([password_changed, password_set, password_reset])
def forget_new_address(user: User, **_: object) -> None:
    """Whoever knew the old password may have asked for another address: its link would give them the account."""
    cancel_email_change(user=user)
