"""People come, and are kept out."""

import secrets

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from accounts.actions.addresses import cancel_email_change
from accounts.actions.sessions import end_all_sessions
from accounts.errors import EmailTaken
from accounts.models import User


def sign_up(*, email: str, name: str, password: str | None, time_zone: str) -> User:
    """Make an account. Its handle is made from the name. Raises `EmailTaken`.

    The caller has validated all four.
    """
    while True:
        try:
            with transaction.atomic():
                return User.objects.create_user(email, password, name=name, time_zone=time_zone)
        except IntegrityError:
            # Another took the e-mail address; or only the handle, and then the next free one will do.
            if User.objects.filter(email__iexact=email).exists():
                raise EmailTaken from None


def make_hidden(*, name: str) -> User:
    """Make one of the site's own people: without a password, at an address where no mail arrives (RFC 2606)."""
    return User.objects.create_user(f"{secrets.token_hex(8)}@site.invalid", name=name, is_hidden=True)


def deactivate(*, user: User) -> None:
    """Keep a person out: no sign-in, no session, no socket, no change of address. What they wrote stays."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=False)
        end_all_sessions(user=user)
        cancel_email_change(user=user)
    user.is_active = False


def reactivate(*, user: User) -> None:
    """Let a person in again."""
    User.objects.filter(pk=user.pk).update(is_active=True)
    user.is_active = True


def make_staff(*, user: User) -> None:
    """Let a person do everything in admin."""
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    user.is_staff = user.is_superuser = True


def unmake_staff(*, user: User) -> None:
    """Take admin away from a person."""
    User.objects.filter(pk=user.pk).update(is_staff=False, is_superuser=False)
    user.is_staff = user.is_superuser = False


def vouch_for_email(*, user: User) -> None:
    """Take a person's address for theirs, without a mail that asks."""
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
