"""The addresses under /api/v1/: which there are and what they do is read from the views, what they take stands here."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from django.urls import URLPattern
from rest_framework.views import APIView

from collab.protocol import tables
from rooms.api.urls import urlpatterns

ROOT = "/api/v1/"
METHODS = ("get", "post", "put", "patch", "delete")
#: The one that answers where there is nothing.
NOWHERE = "api_missing"

WORKSPACE = "[Workspace](#workspace)"
ROOM = "[Room](#room)"
MESSAGE = "[Message](#message)"
SEQ = "`{seq}` of the event; null: nothing to change"

#: By name and method: what it takes, what it gives.
PASSES = {
    ("api_workspaces", "get"): ("", f"array of {WORKSPACE}"),
    ("api_workspace_rooms", "get"): ("`?after=` a room's id, `&limit=` up to 500 (else 200)", f"array of {ROOM}"),
    ("api_workspace_rooms", "post"): ("`{name, topic, kind, people}`; kind public or private", f"201 {ROOM}"),
    ("api_room", "get"): ("", ROOM),
    ("api_messages", "get"): ("`?before=` or `?after=` a seq, `&limit=` up to 100", "[MessagePage](#messagepage)"),
    ("api_messages", "post"): ("`{client_id, text}`", f"201 {MESSAGE}; 200 where it was said already"),
    ("api_message", "get"): ("", MESSAGE),
    ("api_message", "patch"): ("`{text}`", MESSAGE),
    ("api_message", "delete"): ("", "`{seq}` of the event; a second time 404 `message_not_found`"),
    ("api_reaction", "put"): ("", SEQ),
    ("api_reaction", "delete"): ("", SEQ),
    ("api_pin", "put"): ("", SEQ),
    ("api_pin", "delete"): ("", SEQ),
    ("api_pins", "get"): ("", f"array of {MESSAGE}"),
    ("api_events", "get"): (
        "`?after=` a seq, `&limit=` up to 500",
        "`{events, head}`: [events](#events) as above; 410 `trimmed`: not kept any more",
    ),
    ("api_position", "get"): ("", "`{position}`"),
    ("api_position", "put"): ("`{position}`", "`{position}`"),
}


class Address(NamedTuple):
    """One thing that can be asked for."""

    name: str
    method: str
    path: str
    meaning: str


def addresses() -> Iterator[Address]:
    """Everything that the API can be asked for."""
    for pattern in urlpatterns:
        if pattern.name and pattern.name != NOWHERE:
            yield from _of(pattern, pattern.name)


def _of(pattern: URLPattern, name: str) -> Iterator[Address]:
    view: type[APIView] = pattern.callback.view_class  # type: ignore[attr-defined]
    path = ROOT + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern))
    for method in METHODS:
        if handler := vars(view).get(method):
            yield Address(name, method, path, " ".join((handler.__doc__ or "").split()))


def address_table() -> str:
    """All of them, with what they take and give."""
    rows = [
        (f"`{each.method.upper()} {each.path}`", each.meaning, *PASSES[each.name, each.method]) for each in addresses()
    ]
    return tables.table(("address", "meaning", "takes", "gives"), rows)
