"""Going to a room or person by a few letters of its name."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from rooms.access import access_workspace, people_of
from rooms.search import LONGEST_QUERY, NO_MATCH, find_people, rank
from rooms.sidebar import Entry, entries_of
from rooms.views.door import PersonRequest, signed_in
from rooms.views.shell import render_part

MOST_ROOMS = 12
MOST_PEOPLE = 8


@require_safe
@signed_in
def switcher(request: PersonRequest, slug: str) -> HttpResponse:
    """One's rooms, then people, the best match first; without a query what is unread, then what is liveliest."""
    membership = access_workspace(request.user, slug)
    query = request.GET.get("q", "")[:LONGEST_QUERY].strip()
    people = find_people(people_of(membership).exclude(pk=request.user.pk), query, MOST_PEOPLE) if query else []
    context = {"q": query, "rooms": _ranked(entries_of(membership), query)[:MOST_ROOMS], "people": people}
    return render_part(request, "rooms/_switcher.html", membership, context)


def _ranked(entries: list[Entry], query: str) -> list[Entry]:
    if not query:
        open_ones = (each for each in entries if each.room.archived_at is None)
        return sorted(open_ones, key=lambda each: (-bool(each.mentions), -bool(each.unread), -_head_at(each)))
    ranked = ((_rank(each, query.removeprefix("#")), each) for each in entries)
    matching = [(place, each) for place, each in ranked if place < NO_MATCH]
    return [each for _, each in sorted(matching, key=lambda pair: (pair[0], pair[1].name.casefold()))]


def _rank(entry: Entry, query: str) -> int:
    handles = (person.handle for person in entry.people)
    return min(rank(name, query) for name in (entry.name, *handles))


def _head_at(entry: Entry) -> float:
    return entry.room.head_at.timestamp() if entry.room.head_at else 0.0
