"""Sign-up, sign-in and passwords: allauth's forms in the site's words."""

from typing import Any

from allauth.account import forms as allauth
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts import names, zones
from accounts.actions.addresses import cancel_email_change
from accounts.errors import EmailTaken
from accounts.forms.plain import PlainForm
from accounts.models import User


class SignupForm(PlainForm, allauth.SignupForm):
    """Name, e-mail, password once; the browser adds its time zone."""

    name = forms.CharField(max_length=names.NAME_LENGTH, widget=forms.TextInput({"autocomplete": "name"}))
    time_zone = forms.CharField(required=False, widget=forms.HiddenInput({"data-time-zone-target": "zone"}))
    field_order = ["name", "email", "password1", "time_zone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autofocus"] = True
        self.fields["password1"].label = "Password"

    def clean_name(self) -> str:
        """A name others can read."""
        return names.clean_name(self.cleaned_data["name"])

    def clean_time_zone(self) -> str:
        """What the browser says if it makes sense: nobody should fail to sign up for it."""
        name = self.cleaned_data["time_zone"]
        return name if name in zones.known() else zones.DEFAULT

    def clean(self) -> dict[str, Any]:
        """Refuse a password that is the name: allauth compares only with the e-mail address."""
        super().clean()
        data = self.cleaned_data
        if "password1" in data and "password1" not in self.errors:
            try:
                validate_password(data["password1"], User(name=data.get("name", ""), email=data.get("email", "")))
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return data

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Make the account, all of it or nothing; sent twice at once, the second is told that there is one."""
        try:
            with transaction.atomic():
                saved: tuple[User | None, HttpResponse | None] = super().try_save(request)
                return saved
        except EmailTaken as error:
            messages.error(request, str(error))
            return None, redirect("account_login")


class LoginForm(PlainForm, allauth.LoginForm):
    """E-mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        """Say at the password what does not fit together, so that it is read out with it."""
        try:
            super().clean()
        except forms.ValidationError as error:
            self.add_error("password", error)
        return self.cleaned_data


class ChangePasswordForm(PlainForm, allauth.ChangePasswordForm):
    """The present password, and the new one once."""

    password2 = None


class SetPasswordForm(PlainForm, allauth.SetPasswordForm):
    """A first password, once."""

    password2 = None


class ResetPasswordForm(PlainForm, allauth.ResetPasswordForm):
    """Where to send the link."""

    def clean_email(self) -> str:
        """Those of them who sign in at all; for the others nothing is sent, and the answer is the same."""
        email: str = super().clean_email()
        self.users: list[User] = [user for user in self.users if not user.is_hidden]
        return email


class ResetPasswordKeyForm(PlainForm, allauth.ResetPasswordKeyForm):
    """A new password, once."""

    password2 = None


class ReauthenticateForm(PlainForm, allauth.ReauthenticateForm):
    """The password once more, before something that matters."""


class ChangeEmailForm(PlainForm, allauth.AddEmailForm):
    """The address to change to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "New e-mail address"

    def save(self, request: HttpRequest) -> EmailAddress:
        """Mail the link. Allauth would drop the present address first where it was never confirmed."""
        cancel_email_change(user=self.user)
        address: EmailAddress = EmailAddress.objects.add_email(
            request, self.user, self.cleaned_data["email"], confirm=True
        )
        return address
