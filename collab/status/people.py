"""Who the canary is on the site: two hidden people, and a hidden room in which one talks to the other."""

from django.db import transaction

from accounts.actions.people import make_hidden
from collab.exclusive import take_turns
from collab.status.models import Canary
from rooms.actions.members import add_member
from rooms.actions.workspaces import create_workspace
from rooms.models import Role

NAME = "Status of this site"


def settled() -> Canary:
    """The canary with its people; made where there is none yet."""
    found = _found()
    if found is not None:
        return found
    with transaction.atomic():
        # Two processes may start at once on a new site.
        take_turns("status")
        return _found() or _make()


def _found() -> Canary | None:
    return Canary.objects.select_related("speaker", "listener").first()


def _make() -> Canary:
    speaker, listener = make_hidden(name="Canary"), make_hidden(name="Canary's listener")
    workspace = create_workspace(owner=speaker, name=NAME)
    add_member(workspace=workspace, user=listener, role=Role.MEMBER, by=speaker)
    assert workspace.general is not None
    return Canary.objects.create(room=workspace.general, speaker=speaker, listener=listener)
