"""The address a person signs in with, and another on its way to take its place."""

from allauth.account.models import EmailAddress

from accounts.models import User


def cancel_email_change(*, user: User) -> None:
    """Forget an address that was to take the place of the present one: the link mailed to it leads nowhere then.

    The present one stays, also where it was never confirmed.
    """
    waiting = EmailAddress.objects.filter(user=user, verified=False)
    waiting.exclude(email__iexact=user.email).delete()
