"""The panel beside a room: what it is, who is in it, and what one may do about that."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from rooms.access import RoomAccess, people_of
from rooms.actions import room_people, room_settings
from rooms.actions.deliveries import choose_room_mail
from rooms.errors import NotAllowed
from rooms.forms import NotifyForm, PersonForm, RenameForm, RoomsForm, TopicForm
from rooms.models import RoomMembership
from rooms.views.door import PersonRequest, enter_room, signed_in
from rooms.views.rooms import room_context
from rooms.views.shell import render_either

#: People listed, and offered to be added; whoever is looked for among more is found by search.
MOST_LISTED = 500


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def room_details(request: PersonRequest, slug: str, room_id: int) -> HttpResponse:
    """The panel; posted to, it does what `do` says: join, leave, archive, rename, topic, add, remove, notify."""
    access = enter_room(request, slug, room_id)
    if request.method != "POST":
        return _panel(request, access)
    do = request.POST.get("do", "")
    if do in MOVES:
        MOVES[do](access)
        return _go(request, _after(do, access))
    return _fill_in(request, access, do)


def _fill_in(request: PersonRequest, access: RoomAccess, do: str) -> HttpResponse:
    if do not in CHANGES:
        raise NotAllowed
    form = CHANGES[do](request, access)
    if form.errors and not request.htmx:
        return _panel(request, access, form)
    if not request.htmx:
        return redirect("room_details", access.workspace.slug, access.room.pk)
    return _panel(request, enter_room(request, access.workspace.slug, access.room.pk), form)


def _panel(request: PersonRequest, access: RoomAccess, form: RoomsForm | None = None) -> HttpResponse:
    room, is_guest = access.room, access.membership.is_guest
    people = list(room.people.filter(is_active=True).order_by("name", "pk")[:MOST_LISTED])
    may_add = access.is_member and not is_guest and not room.is_direct and room.archived_at is None
    others = people_of(access.membership).exclude(rooms=room).order_by("name", "pk")
    addable = list(others[:MOST_LISTED]) if may_add else []
    is_general = room.pk == access.workspace.general_id
    context = {
        **room_context(access),
        "people": people,
        "addable": addable,
        "may_add": may_add and bool(addable),
        "is_everyone": may_add and not addable,
        "may_rename": access.may_manage,
        "may_remove": access.may_manage and not is_general,
        "is_general": is_general,
        "notify_choices": RoomMembership.Notify.choices,
        **_errors(form),
    }
    return render_either(request, "details", access.membership, context, room)


def _errors(form: RoomsForm | None) -> dict[str, object]:
    """What to say beside the fields of name and topic, and what about the whole."""
    said = {field: " ".join(map(str, errors)) for field, errors in form.errors.items()} if form else {}
    beside = {field: said.pop(field) for field in ("name", "topic") if field in said}
    return {"errors": beside, "error": " ".join(said.values())}


def _rename(request: PersonRequest, access: RoomAccess) -> RoomsForm:
    form = RenameForm(request.POST)
    form.carry_out(lambda data: room_settings.rename_room(access=access, name=data["name"]))
    return form


def _change_topic(request: PersonRequest, access: RoomAccess) -> RoomsForm:
    form = TopicForm(request.POST)
    form.carry_out(lambda data: room_settings.change_topic(access=access, topic=data["topic"]))
    return form


def _add(request: PersonRequest, access: RoomAccess) -> RoomsForm:
    form = PersonForm(request.POST, membership=access.membership)
    form.carry_out(lambda data: room_people.add_people(access=access, people=[data["person"]]))
    return form


def _remove(request: PersonRequest, access: RoomAccess) -> RoomsForm:
    form = PersonForm(request.POST, membership=access.membership)
    form.carry_out(lambda data: room_people.remove_person(access=access, user=data["person"]))
    return form


def _choose_mail(request: PersonRequest, access: RoomAccess) -> RoomsForm:
    form = NotifyForm(request.POST)
    form.carry_out(lambda data: choose_room_mail(access=access, notify=data["notify"]))
    return form


def _after(do: str, access: RoomAccess) -> str:
    if do == "leave":
        return reverse("workspace", args=[access.workspace.slug])
    return reverse("room", args=[access.workspace.slug, access.room.pk])


def _go(request: PersonRequest, url: str) -> HttpResponse:
    """The room's page is another one now: a composer came or went."""
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


#: What changes how the room stands to everyone or to oneself.
MOVES: dict[str, Callable[[RoomAccess], object]] = {
    "join": lambda access: room_people.join_room(access=access),
    "leave": lambda access: room_people.leave_room(access=access),
    "archive": lambda access: room_settings.archive_room(access=access),
    "unarchive": lambda access: room_settings.unarchive_room(access=access),
}

#: What is filled in and may have to be filled in again.
CHANGES: dict[str, Callable[[PersonRequest, RoomAccess], RoomsForm]] = {
    "rename": _rename,
    "topic": _change_topic,
    "add": _add,
    "remove": _remove,
    "notify": _choose_mail,
}
