"""A person's own page: name, handle, picture, time zone, status."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actions.profile import change_picture, change_profile, clear_picture
from accounts.forms.profile import DetailsForm, PictureForm, StatusForm
from accounts.models import User
from accounts.names import clean_handle
from accounts.requests import person

# What people are doing most often, ready to take.
PRESETS = (
    ("🎧", "Head down, back later"),
    ("📅", "In a meeting"),
    ("🍜", "Out for lunch"),
    ("🏡", "Working from home"),
    ("🤒", "Out sick"),
    ("🌴", "On holiday"),
)


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """The page; posted to, it stores name, handle and time zone."""
    user = person(request)
    if request.method != "POST":
        return _page(request)
    form = DetailsForm(request.POST, user=user)
    if _stored(form, user):
        return _done(request, "Your profile is saved.")
    return _page(request, details=form)


@login_required
@require_POST
def status(request: HttpRequest) -> HttpResponse:
    """Store what the person is doing; empty fields clear it."""
    user = person(request)
    form = StatusForm({} if "clear" in request.POST else request.POST, user=user)
    if _stored(form, user):
        return _done(request, "Your status is saved." if user.status_text or user.status_emoji else "Cleared.")
    return _page(request, status_form=form)


@login_required
@require_POST
def picture(request: HttpRequest) -> HttpResponse:
    """Take a new picture, or show the initials again."""
    user = person(request)
    if "clear" in request.POST:
        clear_picture(user=user)
        return redirect("profile")
    form = PictureForm(request.POST, request.FILES)
    if form.is_valid():
        chosen = form.cleaned_data["picture"]
        try:
            change_picture(user=user, picture=chosen, size=chosen.size)
        except ValidationError as error:
            form.add_error("picture", error)
    if not form.errors:
        return _done(request, "Your picture is saved.")
    return _page(request, picture_form=form)


@login_required
@require_GET
def handle(request: HttpRequest) -> HttpResponse:
    """A line that tells whether the person may take a handle, while they type it."""
    try:
        free, words = clean_handle(request.GET.get("handle", ""), user=person(request)), ""
    except ValidationError as error:
        free, words = "", " ".join(error.messages)
    return render(request, "accounts/_handle.html", {"free": free, "words": words})


def _stored(form: DetailsForm | StatusForm, user: User) -> bool:
    if form.is_valid():
        try:
            change_profile(user=user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
    return not form.errors


def _done(request: HttpRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("profile")


def _page(request: HttpRequest, **bound: forms.Form) -> HttpResponse:
    user = person(request)
    fresh = {
        "details": DetailsForm(user=user),
        "status_form": StatusForm(user=user),
        "picture_form": PictureForm(),
    }
    context = {**fresh, **bound, "presets": PRESETS}
    return render(request, "accounts/profile.html", context)
