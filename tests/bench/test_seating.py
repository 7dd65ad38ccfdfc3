"""People made in bulk are what the site's own actions would have made of them."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import User
from bench import seating
from bench.plan import Seat, Seating
from rooms.actions.members import add_member
from rooms.actions.rooms import create_room
from rooms.actions.workspaces import create_workspace
from rooms.models import Event, Membership, Role, Room, RoomMembership, Workspace

pytestmark = pytest.mark.django_db

#: What differs from one row to the next without meaning anything.
OF_ITSELF = {"id", "password", "room_id", "workspace_id", "user_id", "actor_id", "created_by_id", "general_id"}
PLAIN = (str, int, bool, type(None))


def plain(row: Any) -> dict[str, object]:
    """Columns of a row that may be compared: no ids, no times, but whether there are any."""
    columns = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {
        name: value if isinstance(value, PLAIN) else type(value)
        for name, value in columns.items()
        if name not in OF_ITSELF
    }


def seat_by_actions() -> Workspace:
    """Four people in a workspace, two and two in private rooms."""
    people = [
        User.objects.create_user(f"{name}@bench.invalid", None, name=f"Person {number}", handle=name)
        for number, name in enumerate(["ann", "bob", "cat", "dan"])
    ]
    workspace = create_workspace(owner=people[0], name="by actions")
    for each in people[1:]:
        add_member(workspace=workspace, user=each, role=Role.MEMBER, by=people[0])
    for number in (0, 1):
        maker, other = people[2 * number : 2 * number + 2]
        by = workspace.memberships.select_related("user", "workspace").get(user=maker)
        create_room(by=by, name=f"room {number}", kind=Room.Kind.PRIVATE, people=[other])
    return workspace


def seat_in_bulk(seats: list[Seat]) -> Workspace:
    return Workspace.objects.get(people=seats[0].person)


def rooms_of(workspace: Workspace) -> list[Room]:
    return list(workspace.rooms.order_by("pk"))


def names(workspace: Workspace) -> dict[int, str]:
    return dict(workspace.people.values_list("pk", "name"))


def memberships(workspace: Workspace) -> Iterator[object]:
    for each in Membership.objects.filter(workspace=workspace).order_by("pk"):
        yield names(workspace)[each.user_id], plain(each)


def room_memberships(workspace: Workspace) -> Iterator[object]:
    for each in RoomMembership.objects.filter(room__workspace=workspace).select_related("room").order_by("pk"):
        yield each.room.name, names(workspace)[each.user_id], plain(each)


def log(workspace: Workspace) -> Iterator[object]:
    who = names(workspace)
    for each in Event.objects.filter(room__workspace=workspace).select_related("room").order_by("pk"):
        assert each.actor_id is not None
        person = each.data.pop("person", None)
        yield each.room.name, who[each.actor_id], who.get(person), plain(each), each.data


def test_bulk_seating_leaves_what_the_actions_leave() -> None:
    by_actions = seat_by_actions()
    in_bulk = seat_in_bulk(seating.seat_people(Seating(4, 2)))

    by_name = {"name", "slug", "email", "handle"}
    for kind in (memberships, room_memberships, log):
        assert sorted(kind(in_bulk), key=str) == sorted(kind(by_actions), key=str), kind.__name__
    for made, acted in zip(rooms_of(in_bulk), rooms_of(by_actions), strict=True):
        assert plain(made) == plain(acted)
        assert made.created_by_id is not None
        assert names(in_bulk)[made.created_by_id] == names(by_actions)[acted.created_by_id or 0]
    assert in_bulk.general is not None
    assert in_bulk.general.name == "general"
    assert plain(in_bulk).keys() == plain(by_actions).keys()
    people = zip(in_bulk.people.order_by("pk"), by_actions.people.order_by("pk"), strict=True)
    for made_person, acted_person in people:
        assert not made_person.has_usable_password()
        made_columns, acted_columns = plain(made_person), plain(acted_person)
        assert {key: made_columns[key] for key in made_columns.keys() - by_name} == {
            key: acted_columns[key] for key in acted_columns.keys() - by_name
        }


def test_everybody_has_a_session_of_their_own(client: Any) -> None:
    seats = seating.seat_people(Seating(2, 2))

    for seat in seats:
        client.cookies["sessionid"] = seat.session
        assert client.get("/api/v1/workspaces/").status_code == 200
        assert int(client.session["_auth_user_id"]) == seat.person


def test_people_are_in_so_many_rooms_of_their_workspace() -> None:
    seats = seating.seat_people(Seating(12, 2, rooms_each=3, workspace_of=6))

    assert Workspace.objects.count() == 2
    for seat in seats:
        workspace = Workspace.objects.get(people=seat.person)
        inside = set(RoomMembership.objects.filter(user=seat.person).values_list("room", flat=True))
        assert inside == {workspace.general_id, *seat.rooms}
        assert len(set(seat.rooms)) == 3
    assert set(Room.objects.exclude(name="general").values_list("head", flat=True)) == {3}


def test_neighbours_sit_in_the_first_room_together() -> None:
    seats = seating.seat_people(Seating(6, 2, rooms_each=2))

    assert [seats[number].room == seats[number + 1].room for number in range(0, 6, 2)] == [True] * 3


def test_people_have_other_neighbours_in_each_of_their_rooms() -> None:
    seats = seating.seat_people(Seating(40, 2, rooms_each=2))

    pairs = [
        {tuple(seat.person for seat in seats if room in seat.rooms) for room in rooms}
        for rooms in ({seat.rooms[0] for seat in seats}, {seat.rooms[1] for seat in seats})
    ]
    assert len(pairs[0] & pairs[1]) < 5
