"""The people of a workspace: who is what, who may change that, and whom to invite."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from rooms.access import access_workspace, outranks, people_of
from rooms.actions.members import change_role, remove_member
from rooms.errors import NotAllowed
from rooms.forms import PersonForm, RoleForm, RoomsForm
from rooms.models import Membership, Role
from rooms.search import LONGEST_QUERY, find_people
from rooms.views import invitations
from rooms.views.door import PersonRequest, signed_in
from rooms.views.shell import render_page, render_part

MOST_LISTED = 500


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def people(request: PersonRequest, slug: str) -> HttpResponse:
    """The list by `q`; posted to, it does what `do` says: role, remove, link, mail, revoke."""
    membership = access_workspace(request.user, slug)
    if request.method == "POST":
        return _do(request, membership)
    if "invite" in request.GET:
        return invitations.invite(request, membership)
    return _list(request, membership, request.GET.get("q", ""))


def _do(request: PersonRequest, membership: Membership) -> HttpResponse:
    do = request.POST.get("do", "")
    if do in invitations.DEEDS:
        return invitations.DEEDS[do](request, membership)
    if do not in CHANGES:
        raise NotAllowed
    form = CHANGES[do](request, membership)
    if not form.errors and not request.htmx:
        return redirect("people", membership.workspace.slug)
    again = access_workspace(request.user, membership.workspace.slug)
    return _list(request, again, request.POST.get("q", ""), form.first_error)


def _list(request: PersonRequest, membership: Membership, query: str, error: str = "") -> HttpResponse:
    query = query[:LONGEST_QUERY].strip()
    context = {
        "q": query,
        "error": error,
        "members": members_of(membership, query),
        "roles": roles_to_give(membership),
        "site_url": settings.SITE_URL,
    }
    if request.htmx:
        return render_part(request, "rooms/_people.html", membership, context)
    open_invitations = {"invitations": invitations.open_invitations(membership)}
    return render_page(request, "rooms/people.html", membership, {**context, **open_invitations})


def members_of(membership: Membership, query: str) -> list[Membership]:
    """Memberships of the people whom the person may see, each with what the person may change of it."""
    found = find_people(people_of(membership), query, MOST_LISTED)
    theirs = Membership.objects.filter(workspace=membership.workspace, user__in=found).select_related("user")
    by_user = {each.user_id: each for each in theirs}
    members = [by_user[person.pk] for person in found if person.pk in by_user]
    for member in members:
        may_change = outranks(membership, member) and member.user_id != membership.user_id
        member.may_be_changed = member.may_be_removed = may_change  # type: ignore[attr-defined]
    return members


def roles_to_give(membership: Membership) -> list[tuple[str, str]]:
    """Roles that this person may give to others: only owners make owners."""
    return [(role.value, str(role.label)) for role in Role if role != Role.OWNER or membership.role == Role.OWNER]


def _change_role(request: PersonRequest, membership: Membership) -> RoomsForm:
    form = RoleForm(request.POST, membership=membership)
    form.carry_out(lambda data: change_role(by=membership, user=data["person"], role=data["role"]))
    return form


def _remove(request: PersonRequest, membership: Membership) -> RoomsForm:
    form = PersonForm(request.POST, membership=membership)
    form.carry_out(lambda data: remove_member(by=membership, user=data["person"]))
    return form


CHANGES: dict[str, Callable[[PersonRequest, Membership], RoomsForm]] = {"role": _change_role, "remove": _remove}
