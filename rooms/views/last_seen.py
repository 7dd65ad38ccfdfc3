"""Where a person was last, so that they come back to it: kept in their session."""

from django.http import HttpRequest

from rooms.access import RoomAccess

WORKSPACE = "last_workspace"
ROOMS = "last_rooms"


def remember(request: HttpRequest, access: RoomAccess) -> None:
    """Keep the workspace and the room; written only when it is another than before."""
    slug, rooms = access.workspace.slug, request.session.get(ROOMS, {})
    if request.session.get(WORKSPACE) != slug:
        request.session[WORKSPACE] = slug
    if rooms.get(slug) != access.room.pk:
        request.session[ROOMS] = {**rooms, slug: access.room.pk}


def workspace_of(request: HttpRequest) -> str | None:
    """Slug of the workspace where the person was last."""
    slug: str | None = request.session.get(WORKSPACE)
    return slug


def room_of(request: HttpRequest, slug: str) -> int | None:
    """Id of the room of that workspace where the person was last."""
    room: int | None = request.session.get(ROOMS, {}).get(slug)
    return room
