"""The doors of admin. Django brings some of its own, which know nothing of the site's rules for signing in."""

from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache


@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """On the site's own page, and back. Whoever is in and no staff is refused: to sign in again would lead here again.

    Raises `PermissionDenied`.
    """
    wanted = get_next_redirect_url(request) or reverse("admin:index")
    if admin.site.has_permission(request):
        return redirect(wanted)
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(wanted, settings.LOGIN_URL)
