"""What is answered where something is broken, here or in what was sent, whoever asks: a person, a part, a program."""

import logging
import sys

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from collab.live.database import DATABASE_AWAY
from collab.live.errors import BadRequest, CodedError, ServerFault, Unavailable, WrongHost
from rooms.middleware import toast

logger = logging.getLogger(__name__)

#: Characters of a host that a line of the log may have.
SHOWN = 100


def broken(request: HttpRequest) -> HttpResponse:
    """503 where the database is away, else 500; either says when to try again. It needs no database itself."""
    is_away = isinstance(sys.exc_info()[1], DATABASE_AWAY)
    fault = Unavailable() if is_away else ServerFault()
    response = _answer(request, fault)
    response["Retry-After"] = str(round(fault.retry_after or 1))
    return response


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request is at fault, or the host it asks for."""
    if not isinstance(exception, DisallowedHost):
        return _answer(request, BadRequest())
    host = request.META.get("HTTP_HOST", "")[:SHOWN]
    logger.warning("Asked for the host %r, which is not this site's. If it is, set SITE_URL or EXTRA_ORIGINS.", host)
    return _answer(request, WrongHost())


def _answer(request: HttpRequest, fault: CodedError) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"code": fault.code, "message": str(fault)}, status=fault.status)
    if "HX-Request" in request.headers:
        return toast(fault)
    return HttpResponse(render_to_string(f"{fault.status}.html", {"fault": fault}), status=fault.status)
