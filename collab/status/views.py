"""The page for everyone, and the same for programs. Neither knows who asks."""

from functools import lru_cache

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from accounts.middleware import alike_for_everyone
from collab.status import drawing, rules
from collab.status.answers import as_json
from collab.status.latest import FRESH, latest
from collab.status.report import Report


@require_safe
@alike_for_everyone
def page(request: HttpRequest) -> HttpResponse:
    """How the site is and was; for htmx, the parts of it that change."""
    is_part = "HX-Request" in request.headers
    content = _drawn(latest.report(), is_part=is_part)
    response = HttpResponse(content if is_part else _around(request, content))
    patch_vary_headers(response, ["HX-Request", "Cookie"])
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
@alike_for_everyone
def as_data(request: HttpRequest) -> HttpResponse:
    """All of it as JSON, for programs on any site."""
    response = JsonResponse(as_json(latest.report()))
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={FRESH:.0f}"
    return response


@lru_cache(maxsize=2)
def _drawn(said: Report, *, is_part: bool) -> SafeString:
    """The same for all who look while it is the newest: drawing it takes longer than all else."""
    context = {
        "report": said,
        "is_part": is_part,
        "day": (day := drawing.day(said)),
        "backs": drawing.backs(day),
        "lines": drawing.lines(),
        "hours": drawing.hours(said),
        "days": (days := drawing.days(said)),
        "past_days": days[::-1],
        "figures": drawing.figures(said),
        "measured": drawing.percent(said.month.measured),
        "listed": said.incidents[: rules.MOST_LISTED],
        "unlisted": max(0, len(said.incidents) - rules.MOST_LISTED),
        "rules": rules,
    }
    return render_to_string("status/_refreshed.html" if is_part else "status/_content.html", context)


def _around(request: HttpRequest, content: SafeString) -> str:
    """Without what a request usually brings along: a look for its session, in a database that may be away."""
    nonce = getattr(request, "csp_nonce", "")
    return render_to_string("status/status.html", {"request": request, "CSP_NONCE": nonce, "content": content})
