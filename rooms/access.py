"""Who may see what: the only way to get hold of a workspace or a room.

What a person may not see looks the same as what does not exist.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from rooms.errors import NotAllowed, PersonNotFound, RoomArchived, RoomNotFound, WorkspaceNotFound
from rooms.models import Membership, Role, Room, RoomMembership, Workspace


@dataclass(frozen=True, slots=True)
class RoomAccess:
    """A person's hold on a room that they may see."""

    room: Room
    membership: Membership
    room_membership: RoomMembership | None

    @property
    def user(self) -> User:
        """Whose access it is."""
        return self.membership.user

    @property
    def workspace(self) -> Workspace:
        """Where the room stands."""
        return self.membership.workspace

    @property
    def is_member(self) -> bool:
        """The person is in the room, not only looking in."""
        return self.room_membership is not None

    @property
    def may_manage(self) -> bool:
        """Owners, admins and whoever made the room look after it; in a direct conversation nobody does."""
        is_maker = self.room.created_by_id == self.user.pk and not self.membership.is_guest
        return self.is_member and not self.room.is_direct and (self.membership.may_manage or is_maker)

    def joined(self) -> Self:
        """Itself, for people in the room.

        Raises:
            RoomNotFound: the person only looks in.
        """
        if not self.is_member:
            raise RoomNotFound
        return self

    def writable(self) -> Self:
        """Itself, for people who may add to the room now.

        Raises:
            RoomNotFound: the person is not in it.
            RoomArchived: nobody may.
        """
        if self.joined().room.archived_at is not None:
            raise RoomArchived
        return self

    def managed(self) -> Self:
        """Itself, for people who look after the room.

        Raises:
            RoomNotFound: the person is not in it.
            NotAllowed: they are, as one of many.
        """
        if not self.joined().may_manage:
            raise NotAllowed
        return self


def access_workspace(user: User, slug: str) -> Membership:
    """The person's membership of a workspace, with the workspace.

    Raises:
        WorkspaceNotFound: no such workspace, or they are not in it.
    """
    memberships = Membership.objects.select_related("workspace__general", "user")
    membership = memberships.filter(workspace__slug=slug, user=user, user__is_active=True).first()
    if membership is None:
        raise WorkspaceNotFound
    return membership


def renewed(by: Membership) -> Membership:
    """The membership as it is now, in a transaction that holds the workspace until it ends.

    What lets somebody in, puts somebody out or opens a way in begins with this: the person who asks may have been put
    out, or have lost their role, since the caller read it. The workspace is held before any of its rooms.

    Raises:
        WorkspaceNotFound: they are not in it any more.
    """
    hold_workspace(by.workspace_id)
    return access_workspace(by.user, by.workspace.slug)


def hold_workspace(workspace_id: int) -> None:
    """Have everyone else who lets people into the workspace, or puts them out of it, wait for this transaction."""
    # Not the key: rows that refer to the workspace, such as new rooms, may be inserted meanwhile.
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace_id)


def access_room(user: User, room_id: int) -> RoomAccess:
    """The person's hold on a room they are in, or on a public room that they may look into.

    Raises:
        RoomNotFound: no such room, or none they may see.
    """
    room = Room.objects.select_related("workspace").filter(pk=room_id).first()
    if room is None:
        raise RoomNotFound
    membership = (
        Membership.objects.select_related("workspace", "user")
        .filter(workspace=room.workspace_id, user=user, user__is_active=True)
        .first()
    )
    return grant(room, membership, RoomMembership.objects.filter(room=room, user=user).first())


def grant(room: Room, membership: Membership | None, room_membership: RoomMembership | None) -> RoomAccess:
    """Decide on what was read before: the rule itself, without a query.

    Raises:
        RoomNotFound: these memberships do not let anyone see the room.
    """
    if membership is None:
        raise RoomNotFound
    if room_membership is None and (membership.is_guest or not room.is_public):
        raise RoomNotFound
    return RoomAccess(room, membership, room_membership)


def joined_rooms(membership: Membership) -> QuerySet[Room]:
    """The rooms of the workspace that the person is in."""
    return Room.objects.filter(workspace=membership.workspace_id, memberships__user=membership.user_id)


def visible_rooms(membership: Membership) -> QuerySet[Room]:
    """The rooms of the workspace that the person may read: theirs and, for all but guests, the public ones."""
    mine = Exists(RoomMembership.objects.filter(room=OuterRef("pk"), user=membership.user_id))
    visible = Q(mine) if membership.is_guest else Q(mine) | Q(kind=Room.Kind.PUBLIC)
    return Room.objects.filter(visible, workspace=membership.workspace_id)


def people_of(membership: Membership) -> QuerySet[User]:
    """The people of the workspace whom this person may see: a guest sees those they share a room with."""
    people = User.objects.filter(is_active=True, memberships__workspace=membership.workspace_id)
    if not membership.is_guest:
        return people
    rooms = joined_rooms(membership).values("pk")
    return people.filter(Exists(RoomMembership.objects.filter(user=OuterRef("pk"), room__in=rooms)))


def seen_people(membership: Membership, ids: Iterable[int]) -> list[User]:
    """Those people by id, in order of name.

    Raises:
        PersonNotFound: one of them is not someone this person sees here.
    """
    wanted = set(ids)
    people = list(people_of(membership).filter(pk__in=wanted).order_by("name", "pk"))
    if len(people) != len(wanted):
        raise PersonNotFound
    return people


def roles_to_invite(role: str) -> list[Role]:
    """As what people of a role may invite others: nobody as owner, guests nobody at all."""
    by_role: dict[str, list[Role]] = {Role.MEMBER: [Role.MEMBER], Role.GUEST: []}
    return by_role.get(role, [Role.MEMBER, Role.GUEST, Role.ADMIN])


def outranks(by: Membership, other: Membership) -> bool:
    """Whether `by` may change or remove `other`: owners anyone, admins members and guests."""
    if by.role == Role.OWNER:
        return True
    return by.role == Role.ADMIN and other.role in {Role.MEMBER, Role.GUEST}
