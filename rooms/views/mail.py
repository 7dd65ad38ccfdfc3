"""Whether and when one has mail, and the link in a mail that ends it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from rooms.actions.deliveries import choose_mail, stop_mail
from rooms.deliveries.mails import read_stop
from rooms.models import MailSettings
from rooms.views.door import PersonRequest, signed_in

CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
NO_TIME = {"invalid": "Give a time, such as 22:00."}


class MailForm(forms.Form):
    """The person's wish."""

    is_on = forms.BooleanField(required=False, label="Mail me what I miss")
    quiet_from = forms.TimeField(required=False, label="Quiet from", widget=CLOCK, error_messages=NO_TIME)
    quiet_until = forms.TimeField(required=False, label="Quiet until", widget=CLOCK, error_messages=NO_TIME)

    def clean(self) -> dict[str, Any]:
        """Quiet hours have two ends, or none."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and (cleaned["quiet_from"] is None) != (cleaned["quiet_until"] is None):
            raise forms.ValidationError("Give both times, or none.")
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def mail_settings(request: PersonRequest) -> HttpResponse:
    """The page; posted to, it stores the wish."""
    wish = MailSettings.objects.filter(user=request.user).first() or MailSettings(user=request.user)
    if request.method != "POST":
        now = {"is_on": wish.is_on, "quiet_from": wish.quiet_from, "quiet_until": wish.quiet_until}
        return render(request, "rooms/mail_settings.html", {"form": MailForm(initial=now)})
    form = MailForm(request.POST)
    if not form.is_valid():
        return render(request, "rooms/mail_settings.html", {"form": form}, status=400)
    choose_mail(user=request.user, **form.cleaned_data)
    messages.success(request, "Saved.")
    return redirect("mail_settings")


# RFC 8058: a mail program posts here by itself, without cookies. The token is what authorises it.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def mail_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether mail is to end; posted to, end it. Looking at the page changes nothing: link checkers look too."""
    user = User.objects.filter(pk=read_stop(token) or 0).first()
    if user is None:
        return render(request, "rooms/mail_stop.html", {"person": None}, status=404)
    if request.method == "POST":
        stop_mail(user=user)
    return render(request, "rooms/mail_stop.html", {"person": user, "is_done": request.method == "POST"})
