"""What allauth says, and what follows from it."""

import structlog
from allauth.account.signals import password_changed, password_reset, password_set, user_signed_up
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.actions.addresses import cancel_email_change
from accounts.actions.sessions import close_sockets, end_keys, end_other_sessions
from accounts.models import User

logger = structlog.get_logger(__name__)


@receiver(user_signed_up)
def tell_sign_up(user: User, **_: object) -> None:
    """There is somebody new."""
    logger.info("signed_up", person=user.pk)


@receiver(user_logged_in)
def tell_sign_in(user: User, **_: object) -> None:
    """Somebody has come in."""
    logger.info("signed_in", person=user.pk)


@receiver(user_login_failed)
def tell_failure(**_: object) -> None:
    """Somebody has not. Nothing of what they typed is kept: people type passwords where their address belongs."""
    logger.warning("sign_in_failed")


@receiver(user_logged_out)
def end_own(request: HttpRequest, user: User | None, **_: object) -> None:
    """Signing out closes the sockets of this session too."""
    if user:
        logger.info("signed_out", person=user.pk)
    if user and request.session.session_key:
        end_keys(user=user, keys=[request.session.session_key])


@receiver([password_changed, password_set, password_reset])
def end_others(request: HttpRequest, user: User, **_: object) -> None:
    """Whoever knew the old password is out."""
    logger.info("password_changed", person=user.pk)
    key = request.session.session_key
    end_other_sessions(user=user, keep=key)
    if key:
        # This session gets another key now: a socket opened with the old one could never be closed by name again.
        close_sockets(user_id=user.pk, key=key)


@receiver([password_changed, password_set, password_reset])
def forget_new_address(user: User, **_: object) -> None:
    """Whoever knew the old password may have asked for another address: its link would give them the account."""
    cancel_email_change(user=user)
