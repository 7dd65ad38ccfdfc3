"""A room's log, and how far one has read it."""

from rest_framework.request import Request
from rest_framework.response import Response

from rooms.access import access_room
from rooms.actions.positions import read_to
from rooms.api.shapes import EventCut, PositionIn
from rooms.api.views import PersonView, checked, person, shown
from rooms.log import read_after


class Events(PersonView):
    """A room's events, as sockets hear them."""

    def get(self, request: Request, room: int) -> Response:
        """Those after a seq, in order, with the room's head: whoever has not reached it asks on."""
        cut = checked(EventCut, request.query_params)
        access = access_room(person(request), room).joined()
        return shown({"events": read_after(room, cut["after"], cut["limit"]), "head": access.room.head})


class Position(PersonView):
    """How far one has read a room."""

    def get(self, request: Request, room: int) -> Response:
        """The seq of the last event read."""
        membership = access_room(person(request), room).joined().room_membership
        assert membership is not None
        return shown({"position": membership.position})

    def put(self, request: Request, room: int) -> Response:
        """Go forward; an older position changes nothing."""
        position = checked(PositionIn, request.data)["position"]
        read_to(user=person(request), room_id=room, position=position)
        return self.get(request, room)
