"""Making workspaces and naming them."""

import secrets

from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from rooms.access import renewed
from rooms.actions.room_names import clean_name
from rooms.actions.rooms import OpenRoom
from rooms.announce import announce_workspace, ask_for_hello
from rooms.errors import KeepInvalid, NotAllowed, NotConfirmed
from rooms.log import append_one
from rooms.models import KEEP_DAYS, Membership, Role, Room, Workspace


def create_workspace(*, owner: User, name: str) -> Workspace:
    """Make a workspace with its general room, and its owner in both. That of a hidden person is hidden.

    Raises:
        NameInvalid: no name, or too long a one.
    """
    name = clean_name(name)
    with transaction.atomic():
        workspace = Workspace.objects.create(name=name, slug=_free_slug(name), is_hidden=owner.is_hidden)
        Membership.objects.create(workspace=workspace, user=owner, role=Role.OWNER)
        workspace.general = Room.objects.create(
            workspace=workspace, name="general", topic="Everyone is here", created_by=owner
        )
        workspace.save(update_fields=["general"])
        append_one(OpenRoom(room_id=workspace.general.pk, user=owner, people=()))
        # The owner's open pages hear of a workspace's people only from a new hello.
        ask_for_hello(owner)
    return workspace


def rename_workspace(*, by: Membership, name: str) -> None:
    """Give the workspace another name; its address stays.

    Raises:
        NotAllowed: neither owner nor admin.
        NameInvalid: no name, or too long a one.
    """
    name = clean_name(name)
    with transaction.atomic():
        by = renewed(by)
        if not by.may_manage:
            raise NotAllowed
        by.workspace.name = name
        by.workspace.save(update_fields=["name"])
        announce_workspace(by.workspace)


def keep_messages(*, by: Membership, days: int | None, is_confirmed: bool = False) -> None:
    """Have the workspace's messages kept for some days (None: for ever); older ones are deleted soon.

    Raises:
        KeepInvalid: so many days are not to be had.
        NotAllowed: no owner.
        NotConfirmed: it is a shorter time than before, and nobody said that messages may go.
    """
    if days is not None and not KEEP_DAYS[0] <= days <= KEEP_DAYS[1]:
        raise KeepInvalid
    with transaction.atomic():
        by = renewed(by)
        if by.role != Role.OWNER:
            raise NotAllowed("Only owners say how long messages are kept.")
        if _is_shorter(days, by.workspace.keep_days) and not is_confirmed:
            raise NotConfirmed
        _keep(by.workspace, days)


def keep_for_ever_as_staff(*, workspace: Workspace) -> None:
    """Have nothing more of the workspace deleted for its age, whatever its owners said."""
    _keep(workspace, None)


def _is_shorter(days: int | None, before: int | None) -> bool:
    return days is not None and (before is None or days < before)


def _keep(workspace: Workspace, days: int | None) -> None:
    workspace.keep_days = days
    workspace.save(update_fields=["keep_days"])


def _free_slug(name: str) -> str:
    base = slugify(name)[:40].strip("-") or "team"
    if not Workspace.objects.filter(slug=base).exists():
        return base
    return f"{base}-{secrets.token_hex(3)}"
