"""Where what the rules of rooms refuse becomes an answer: pages catch it here, once."""

from collections.abc import Callable
from typing import cast

from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django_htmx.http import reswap, trigger_client_event

from collab.live.errors import CodedError
from rooms.views.door import PersonRequest

#: What the page's scripts listen to, to say something at the page's edge.
TOAST = "toast"


class PlainQueryMiddleware:
    """Admin hands its filters to PostgreSQL, which takes no NUL: such an address is none. A search may have one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, if it can be answered."""
        if request.META["QUERY_STRING"] and request.path.startswith(reverse("admin:index")) and _has_nul(request.GET):
            raise BadRequest
        return self.get_response(request)


def _has_nul(query: QueryDict) -> bool:
    return any("\0" in word for name, values in query.lists() if name != SEARCH_VAR for word in (name, *values))


class CodedErrorMiddleware:
    """Turns a `CodedError` into a page with its status, or for htmx into a toast that leaves the page as it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the view does."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, refused: Exception) -> HttpResponse | None:
        """The answer to what was refused; anything else is no business of this place."""
        if not isinstance(refused, CodedError):
            return None
        response = toast(refused) if cast("PersonRequest", request).htmx else _page(request, refused)
        if refused.retry_after is not None:
            response["Retry-After"] = str(round(refused.retry_after))
        return response


def toast(refused: CodedError) -> HttpResponse:
    """For htmx: words at the page's edge; what was asked for stays as it is."""
    response = HttpResponse(str(refused), status=refused.status, content_type="text/plain; charset=utf-8")
    return trigger_client_event(reswap(response, "none"), TOAST, {"text": str(refused), "code": refused.code})


def _page(request: HttpRequest, refused: CodedError) -> HttpResponse:
    """What is missing and what is hidden from this person look the same, down to the words."""
    if refused.status == 404:
        return render(request, "404.html", status=404)
    return render(request, "refused.html", {"refused": refused}, status=refused.status)
