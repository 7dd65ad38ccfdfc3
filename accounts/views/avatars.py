"""Pictures of people, served by the application itself where no web server stands before it."""

import re

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.middleware import alike_for_everyone

# Exactly what accounts.actions.profile writes; nothing else under the media folder can be asked for.
NAME = re.compile(r"[A-Za-z0-9_-]{22}\.webp")


@alike_for_everyone
@require_safe
def avatar(request: HttpRequest, name: str) -> HttpResponse:
    """A picture. Its name is its secret and never means another picture, so browsers keep it."""
    if not NAME.fullmatch(name):
        raise Http404
    try:
        with default_storage.open(f"avatars/{name}") as file:
            response = HttpResponse(file.read(), content_type="image/webp")
    except FileNotFoundError as error:
        raise Http404 from error
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response
