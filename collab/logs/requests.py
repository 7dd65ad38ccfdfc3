"""A request's name in whatever is written while it is answered, and how it went."""

import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, clear_contextvars

from collab.live import metrics, spans
from collab.live.request_id import HEADER, request_id

logger = structlog.get_logger(__name__)

#: Seconds above which a page was slow.
SLOW = 1.0
#: Where a request keeps its name.
NAME = "REQUEST_NAME"


class RequestMiddleware:
    """Stands around all others: what they write down belongs to the request, too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, under a name that the answer bears."""
        name = request_id(request.headers.get(HEADER, ""))
        request.META[NAME] = name
        clear_contextvars()
        bind_contextvars(request=name)
        began = time.perf_counter()
        try:
            with spans.span("request", request=name, method=request.method) as span:
                response = self.get_response(request)
                spans.describe(span, route=route_of(request), status=response.status_code)
            response[HEADER] = name
            _tell(request, response.status_code, time.perf_counter() - began)
            return response
        finally:
            clear_contextvars()


def route_of(request: HttpRequest) -> str:
    """The pattern of its path, without what stood in its places; empty where there is none, such as for a file."""
    match = request.resolver_match
    return (match.route or "/") if match is not None else ""


def _tell(request: HttpRequest, status: int, seconds: float) -> None:
    told = {"method": request.method, "route": route_of(request), "status": status, "ms": round(seconds * 1000)}
    if status == 429:
        metrics.LIMITED.labels("page").inc()
        logger.warning("rate_limited", **told)
    elif seconds > SLOW:
        logger.warning("request_slow", **told)
    else:
        logger.debug("request_answered", **told)
