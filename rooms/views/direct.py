"""Direct conversations: choosing people, and opening the room of exactly these."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from rooms.access import access_workspace, people_of
from rooms.actions.rooms import open_direct
from rooms.forms import PeopleForm
from rooms.models import Membership
from rooms.search import LONGEST_QUERY, find_people
from rooms.views.door import PersonRequest, number, signed_in
from rooms.views.shell import render_either, render_part


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def direct_open(request: PersonRequest, slug: str) -> HttpResponse:
    """The choice of people by `q`; posted to with `people`, their conversation."""
    membership = access_workspace(request.user, slug)
    if request.method == "POST":
        return _open(request, membership)
    context = _choice(request, membership)
    if request.htmx.target == "direct-people":
        return render_part(request, "rooms/_direct_people.html", membership, context)
    return render_either(request, "direct", membership, context)


def _open(request: PersonRequest, membership: Membership) -> HttpResponse:
    form = PeopleForm(request.POST, membership=membership)
    room = form.carry_out(lambda data: open_direct(by=membership, people=data["people"]))
    if room is None:
        return render_either(request, "direct", membership, {**_choice(request, membership), "error": form.first_error})
    url = reverse("room", args=[membership.workspace.slug, room.pk])
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _choice(request: PersonRequest, membership: Membership) -> dict[str, object]:
    """The people chosen so far, which a further search must not lose, then those who match."""
    asked = request.POST if request.method == "POST" else request.GET
    query = asked.get("q", "")[:LONGEST_QUERY].strip()
    others = people_of(membership).exclude(pk=request.user.pk)
    chosen = list(others.filter(pk__in=filter(None, map(number, asked.getlist("people")))).order_by("name", "pk"))
    return {"q": query, "people": _once([*chosen, *find_people(others, query)]), "chosen": {each.pk for each in chosen}}


def _once(people: list[User]) -> list[User]:
    return list({person.pk: person for person in people}.values())
