"""How a request comes in: by somebody signed in, to a workspace or room that they may see."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from rooms.access import RoomAccess, access_room
from rooms.commands import LARGEST
from rooms.errors import RoomNotFound

P = ParamSpec("P")


class PersonRequest(HttpRequest):
    """A request by somebody who is signed in."""

    user: User
    htmx: HtmxDetails


def signed_in(
    view: Callable[Concatenate[PersonRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let only signed-in people in; others go to sign in, the whole page of them where htmx asked for a part."""

    @wraps(view)
    def enter(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(cast("PersonRequest", request), *args, **kwargs)
        away = redirect_to_login(_page_of(request))
        return HttpResponseClientRedirect(away.url) if _is_part(request) else away

    return enter


def enter_room(request: PersonRequest, slug: str, room_id: int) -> RoomAccess:
    """The person's hold on a room, under its own workspace's address only.

    Raises:
        RoomNotFound: no such room, or none they may see.
    """
    access = access_room(request.user, room_id)
    if access.workspace.slug != slug:
        raise RoomNotFound
    return access


def number(value: str | None) -> int | None:
    """A seq or id out of an address; None for whatever is none."""
    if value is None or not value.isdecimal() or not value.isascii() or len(value) > 16:
        return None
    return min(int(value), LARGEST)


def _is_part(request: HttpRequest) -> bool:
    return bool(cast("PersonRequest", request).htmx)


def _page_of(request: HttpRequest) -> str:
    """Where to come back to: the page, not a part of it nor what was posted to it."""
    if _is_part(request):
        return cast("PersonRequest", request).htmx.current_url_abs_path or reverse("home")
    return request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("home")
