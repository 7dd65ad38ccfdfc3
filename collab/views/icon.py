"""The icon, where browsers look for it without being told: beside the API's answers, in the admin, at a bookmark."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(public=True, max_age=3600)
def icon(request: HttpRequest) -> HttpResponse:
    """To the icon that the pages name."""
    return redirect(static("img/icon.svg"))
