"""Where the site differs from what allauth does by itself."""

from smtplib import SMTPException
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress, EmailConfirmation
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest

from accounts.actions.people import sign_up
from accounts.models import User
from collab.live import metrics

#: Whoever invites leaves the invitation under this key of a session, and takes it out when it is no longer open.
INVITATION = "invitation"

logger = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Allauth's door to the site's own rules."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "This account is closed. Ask whoever runs this site.",
        "duplicate_email": "That is your address already.",
        "email_password_mismatch": "This e-mail address and this password do not belong together.",
        "email_taken": "There is an account with this address already. Sign in with it, or reset its password.",
        "enter_current_password": "That is not your present password.",
        "incorrect_password": "That is not your password.",
        "max_email_addresses": "One change at a time: confirm or cancel the one that is under way.",
        "rate_limited": "That was a lot at once. Wait a minute and try again.",
        "too_many_login_attempts": "That went wrong too often. Wait five minutes, or reset your password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Anyone may sign up where the host says so; elsewhere those who were invited."""
        return bool(settings.SIGNUP_OPEN or INVITATION in request.session)

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        """Make the account from what the form holds. Raises `EmailTaken`."""
        data = form.cleaned_data
        return sign_up(email=data["email"], name=data["name"], password=data["password1"], time_zone=data["time_zone"])

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Refuse an address that somebody else signs in with, though they never confirmed it."""
        others = User.objects.exclude(pk=email_address.user_id).filter(email__iexact=email_address.email)
        if others.exists():
            text = f"Somebody else signs in with {email_address.email}."
            self.add_message(request, messages.ERROR, message=text)
            return False
        return bool(super().confirm_email(request, email_address))

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """The address a person signs in with stays until another takes its place."""
        return bool(email_address.email != email_address.user.email)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """On the address people type, whatever host the request named."""
        return _on_site(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: EmailConfirmation) -> str:
        """On the address people type, whatever host the request named."""
        return _on_site(super().get_email_confirmation_url(request, emailconfirmation))

    def pre_authenticate(self, request: HttpRequest, **credentials: object) -> None:
        """Refuse whoever has failed too often, and write it down."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            metrics.LIMITED.labels("sign_in").inc()
            logger.warning("sign_in_limited")
            raise

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """Send; where the mail server fails, say so instead of failing what the mail was only about."""
        try:
            super().send_mail(template_prefix, email, {**context, "site_url": settings.SITE_URL})
        except (OSError, SMTPException):
            logger.exception("mail_failed", template=template_prefix)
            text = "We could not send you a mail just now. Try again later."
            self.add_message(self.request, messages.ERROR, message=text)


def _on_site(url: str) -> str:
    return settings.SITE_URL + urlsplit(url).path
