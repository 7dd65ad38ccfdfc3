"""What allauth says, and what follows from it."""

from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.actions.sessions import end_keys, end_other_sessions
from accounts.models import User


@receiver(user_logged_out)
def end_own(request: HttpRequest, user: User | None, **_: object) -> None:
    """Signing out closes the sockets of this session too."""
    if user and request.session.session_key:
        end_keys(user=user, keys=[request.session.session_key])


@receiver([password_changed, password_set, password_reset])
def end_others(request: HttpRequest, user: User, **_: object) -> None:
    """Whoever knew the old password is out."""
    end_other_sessions(user=user, keep=request.session.session_key)
