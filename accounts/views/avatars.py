"""Pictures of people: sent by the web server before the site where it can, else by the site itself."""

import re

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.middleware import alike_for_everyone

# Exactly what accounts.actions.profile writes; nothing else under the media folder can be asked for.
NAME = re.compile(r"[A-Za-z0-9_-]{22}\.webp")
#: Where NGINX keeps the media folder, for itself alone (deploy/nginx).
PROTECTED = "/protected/"


@alike_for_everyone
@require_safe
def avatar(request: HttpRequest, name: str) -> HttpResponse:
    """A picture. Its name is its secret and never means another picture, so browsers keep it."""
    if not NAME.fullmatch(name):
        raise Http404
    response = HttpResponse(content_type="image/webp")
    if settings.ACCEL_REDIRECT:
        # NGINX sends the file instead of this answer, or a 404 where there is none.
        response["X-Accel-Redirect"] = f"{PROTECTED}avatars/{name}"
    else:
        response.content = _read(name)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response


def _read(name: str) -> bytes:
    try:
        with default_storage.open(f"avatars/{name}") as file:
            return bytes(file.read())
    except FileNotFoundError as error:
        raise Http404 from error
