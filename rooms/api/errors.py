"""Every refusal of the API as `{"code", "message"}` with its status."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from collab.live.database import DATABASE_AWAY
from collab.live.errors import CodedError, TooFast, Unavailable

INVALID = "Something in that is not right."

#: By the exception: code, words, status. The first that fits counts.
PLAIN: tuple[tuple[type[Exception], str, str, int], ...] = (
    (exceptions.NotAuthenticated, "not_signed_in", "Sign in first.", 401),
    (exceptions.AuthenticationFailed, "not_signed_in", "Sign in first.", 401),
    (exceptions.ParseError, "malformed", "That is not JSON.", 400),
    (exceptions.UnsupportedMediaType, "unsupported_media_type", "Send JSON.", 415),
    (exceptions.NotAcceptable, "not_acceptable", "This API answers in JSON.", 406),
    (exceptions.MethodNotAllowed, "method_not_allowed", "That cannot be done to this.", 405),
    (exceptions.NotFound, "not_found", "There is nothing here.", 404),
    (Http404, "not_found", "There is nothing here.", 404),
    (exceptions.PermissionDenied, "not_allowed", "You may not do that here.", 403),
    (PermissionDenied, "not_allowed", "You may not do that here.", 403),
)


def coded(error: Exception, _context: Mapping[str, Any]) -> Response | None:
    """The answer to an exception in a view of the API; None for what nobody foresaw."""
    if isinstance(error, DATABASE_AWAY):
        return _answer(Unavailable())
    if isinstance(error, CodedError):
        return _answer(error)
    if isinstance(error, exceptions.Throttled):
        return _answer(TooFast(), getattr(error, "wait", None))
    if isinstance(error, exceptions.ValidationError):
        return Response({"code": "invalid", "message": INVALID, "fields": error.detail}, status=400)
    return _plain(error)


def _answer(refused: CodedError, wait: float | None = None) -> Response:
    response = Response({"code": refused.code, "message": str(refused)}, status=refused.status)
    seconds = wait if wait is not None else refused.retry_after
    if seconds is not None:
        response["Retry-After"] = str(max(1, round(seconds)))
    return response


def _plain(error: Exception) -> Response | None:
    for kind, code, message, status in PLAIN:
        if isinstance(error, kind):
            csrf = isinstance(error, exceptions.PermissionDenied) and str(error).startswith("CSRF")
            body = {"code": "csrf_failed", "message": str(error)} if csrf else {"code": code, "message": message}
            return Response(body, status=status)
    return None
