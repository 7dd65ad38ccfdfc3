from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from accounts.middleware import TimeZoneMiddleware
from accounts.models import User


def shown_in(user: User | AnonymousUser) -> str:
    def view() -> HttpResponse:
        return HttpResponse(timezone.get_current_timezone_name())

    def respond(request: HttpRequest) -> HttpResponse:
        middleware.process_view(request, view)
        return view()

    middleware = TimeZoneMiddleware(respond)
    request = RequestFactory().get("/")
    request.user = user
    shown = middleware(request).content.decode()
    assert timezone.get_current_timezone_name() == "UTC"
    return shown


def test_times_are_shown_in_the_persons_own_zone() -> None:
    assert shown_in(User(time_zone="Asia/Tokyo")) == "Asia/Tokyo"


def test_a_zone_that_is_gone_and_a_stranger_get_the_sites() -> None:
    assert shown_in(User(time_zone="Mars/Olympus")) == "UTC"
    assert shown_in(AnonymousUser()) == "UTC"
