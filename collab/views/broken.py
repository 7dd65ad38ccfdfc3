"""What is answered where something broke, whoever asks: a person, a part of a page, a program."""

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from collab.live.database import DATABASE_AWAY
from collab.live.errors import CodedError, ServerFault, Unavailable
from rooms.middleware import toast


def broken(request: HttpRequest) -> HttpResponse:
    """503 where the database is away, else 500; either says when to try again. It needs no database itself."""
    is_away = isinstance(sys.exc_info()[1], DATABASE_AWAY)
    fault = Unavailable() if is_away else ServerFault()
    response = _answer(request, fault)
    response["Retry-After"] = str(round(fault.retry_after or 1))
    return response


def _answer(request: HttpRequest, fault: CodedError) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"code": fault.code, "message": str(fault)}, status=fault.status)
    if "HX-Request" in request.headers:
        return toast(fault)
    return HttpResponse(render_to_string(f"{fault.status}.html"), status=fault.status)
