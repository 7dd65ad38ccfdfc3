"""Workspaces and their rooms."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from rooms.access import access_room, access_workspace, joined_rooms, seen_people, visible_rooms
from rooms.actions.rooms import create_room
from rooms.api.shapes import RoomCut, RoomIn, RoomShape, room_shape, workspace_shape
from rooms.api.views import PersonView, checked, person, shown
from rooms.models import Membership
from rooms.naming import names_for


class Workspaces(PersonView):
    """One's workspaces."""

    def get(self, request: Request) -> Response:
        """All of them, in the order in which one came into them."""
        memberships = Membership.objects.filter(user=person(request)).select_related("workspace")
        return shown([workspace_shape(each) for each in memberships.order_by("joined_at", "pk")])


class WorkspaceRooms(PersonView):
    """Rooms of a workspace."""

    def get(self, request: Request, slug: str) -> Response:
        """Those one may see whose id is over `after`, by id. Fewer than `limit`: there are no more."""
        cut = checked(RoomCut, request.query_params)
        membership = access_workspace(person(request), slug)
        rooms = list(visible_rooms(membership).filter(pk__gt=cut["after"]).order_by("pk")[: cut["limit"]])
        mine = set(joined_rooms(membership).values_list("pk", flat=True))
        names = names_for(membership.user, rooms)
        return shown([room_shape(room, names[room.pk], is_member=room.pk in mine) for room in rooms])

    def post(self, request: Request, slug: str) -> Response:
        """Make one."""
        membership = access_workspace(person(request), slug)
        wanted: dict[str, Any] = dict(checked(RoomIn, request.data))
        people = seen_people(membership, wanted.pop("people"))
        room = create_room(by=membership, people=people, **wanted)
        return shown(room_shape(room, room.name, is_member=True), 201)


class OneRoom(PersonView):
    """A room."""

    def get(self, request: Request, room: int) -> Response:
        """What it is, and how far it has come."""
        return shown(_shape(request, room))


def _shape(request: Request, room_id: int) -> RoomShape:
    access = access_room(person(request), room_id)
    name = names_for(access.user, [access.room])[access.room.pk]
    return room_shape(access.room, name, is_member=access.is_member)
