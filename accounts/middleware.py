"""What every request of a signed-in person brings along."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from allauth.account.adapter import get_adapter
from allauth.core.internal.httpkit import HTTP_USER_AGENT_MAX_LENGTH
from allauth.usersessions.models import UserSession
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from structlog.contextvars import bind_contextvars

from accounts.models import User
from accounts.zones import known

Respond = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponse]

#: How exact "last seen" is; within it a request costs a look, not a write.
SEEN_EVERY = timedelta(minutes=1)


def alike_for_everyone(view: View) -> View:
    """Mark a view that answers everyone alike: nobody is looked up for it, and anyone may keep the answer."""
    view.alike_for_everyone = True  # type: ignore[attr-defined]
    return view


class TimeZoneMiddleware:
    """Times are shown as the clock on the person's wall has them."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and leave no zone behind for the next request."""
        with timezone.override(None):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, *_: object) -> None:
        """Use the person's time zone; the site's where there is nobody, or the zone is gone."""
        user = _asker(request, view)
        if user and user.time_zone in known():
            timezone.activate(ZoneInfo(user.time_zone))


class LastSeenMiddleware:
    """Keeps the list of a person's sessions true. Allauth's own writes on every request."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, *_: object) -> None:
        """Note where and when a session was seen, unless it just was."""
        asker = _asker(request, view)
        if asker:
            bind_contextvars(person=asker.pk)
        if asker and request.session.session_key and not _just_seen(request):
            UserSession.objects.create_from_request(request)


def _asker(request: HttpRequest, view: View) -> User | None:
    if getattr(view, "alike_for_everyone", False):
        return None
    return request.user if request.user.is_authenticated else None


def _just_seen(request: HttpRequest) -> bool:
    agent = request.headers.get("User-Agent", "")
    seen: QuerySet[Model] = UserSession.objects.filter(
        session_key=request.session.session_key,
        user_id=request.user.pk,
        user_agent=agent[:HTTP_USER_AGENT_MAX_LENGTH],
        ip=get_adapter().get_client_ip(request),
        last_seen_at__gt=timezone.now() - SEEN_EVERY,
    )
    return seen.exists()
