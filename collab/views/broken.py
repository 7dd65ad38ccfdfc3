"""What is answered where something is broken, here or in what was sent, whoever asks: a person, a part, a program."""

import sys

import structlog
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from collab.live.database import DATABASE_AWAY
from collab.live.errors import BadRequest, CodedError, ServerFault, Unavailable, WrongHost
from collab.logs.requests import NAME, route_of
from rooms.middleware import toast

logger = structlog.get_logger(__name__)

#: Characters of a host that a line of the log may have.
SHOWN = 100


def broken(request: HttpRequest) -> HttpResponse:
    """503 where the database is away, else 500; either says when to try again. It needs no database itself."""
    error = sys.exc_info()[1]
    is_away = isinstance(error, DATABASE_AWAY)
    if is_away:
        logger.warning("page_without_database", route=route_of(request), error=error)
    else:
        logger.error("request_failed", method=request.method, route=route_of(request), exc_info=error)
    fault = Unavailable() if is_away else ServerFault()
    response = _answer(request, fault)
    response["Retry-After"] = str(round(fault.retry_after or 1))
    return response


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request is at fault, or the host it asks for."""
    if not isinstance(exception, DisallowedHost):
        return _answer(request, BadRequest())
    host = request.META.get("HTTP_HOST", "")[:SHOWN]
    logger.warning("host_unknown", host=host, remedy="If it is this site's, set SITE_URL or EXTRA_ORIGINS.")
    return _answer(request, WrongHost())


def _answer(request: HttpRequest, fault: CodedError) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"code": fault.code, "message": str(fault)}, status=fault.status)
    if "HX-Request" in request.headers:
        return toast(fault)
    return HttpResponse(
        render_to_string(f"{fault.status}.html", {"fault": fault, "request_name": request.META.get(NAME)}),
        status=fault.status,
    )
