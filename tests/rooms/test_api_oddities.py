"""Whatever a program sends to the API, it is told what is wrong with it; nothing of it breaks the site."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from rooms.actions.messages import post_message
from rooms.models import Room

Visit = Callable[[User], Client]

#: JSON as it travels, since some of it cannot be made from Python's values.
ODD = [
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1.5",
    "1e999",
    "9" * 40,
    "9" * 5_000,
    "NaN",
    "-Infinity",
    '"words"',
    '"7"',
    '""',
    '"a\\u0000b"',
    '"\\ud800"',
    '"' + "x" * 20_000 + '"',
    "[]",
    '[null, true, 1.5, "x", {}, [], "\\u0000", "\\udfff"]',
    "[" + ",".join(map(str, range(1, 70_001))) + "]",
    "{}",
    '{"\\u0000\\ud800": 1}',
    "[" * 100_000,
    "[" * 900 + "]" * 900,
    '{"a":' * 900 + "1" + "}" * 900,
]
FIELDS = {
    ("POST", "/workspaces/{slug}/rooms/"): {"name": '"cogs"', "topic": '""', "kind": '"public"', "people": "[]"},
    ("POST", "/rooms/{room}/messages/"): {"client_id": f'"{uuid4()}"', "text": '"x"'},
    ("PATCH", "/rooms/{room}/messages/{seq}/"): {"text": '"x"'},
    ("PUT", "/rooms/{room}/position/"): {"position": "1"},
}
BODIES = [(*where, field) for where, fields in FIELDS.items() for field in fields] + [(*at, "") for at in FIELDS]
QUERIES = [
    ("/workspaces/{slug}/rooms/", ("after", "limit")),
    ("/rooms/{room}/messages/", ("before", "after", "limit")),
    ("/rooms/{room}/events/", ("after", "limit")),
]
ADDRESSES = [
    ("GET", "/workspaces/{odd}/rooms/"),
    ("GET", "/rooms/{odd}/"),
    ("GET", "/rooms/{odd}/messages/"),
    ("GET", "/rooms/{odd}/events/"),
    ("GET", "/rooms/{odd}/pins/"),
    ("GET", "/rooms/{odd}/position/"),
    ("GET", "/rooms/{room}/messages/{odd}/"),
    ("DELETE", "/rooms/{room}/messages/{odd}/"),
    ("PUT", "/rooms/{room}/messages/{odd}/pin/"),
    ("DELETE", "/rooms/{room}/messages/{odd}/pin/"),
    ("PUT", "/rooms/{room}/messages/{seq}/reactions/{odd}/"),
    ("DELETE", "/rooms/{room}/messages/{seq}/reactions/{odd}/"),
    ("GET", "/{odd}"),
]
ODD_WORDS = ["\0", "a\0b", "9" * 19, "9" * 40, "9" * 5_000, "-1", "1.5", "NaN", "٣", "x" * 2_000, "\N{SNOWMAN}", "%"]

Send = Callable[..., Any]


@pytest.fixture
def send(ada: User, room: Room, as_: Visit) -> Send:
    """Sends to the API as Ada, who wrote a message; where it ends in an answer below 500, a coded one."""
    client = as_(ada)
    client.raise_request_exception = False
    seq = post_message(user=ada, room_id=room.pk, client_id=uuid4(), text="words").seq

    def send(method: str, path: str, body: str = "", kind: str = "application/json", odd: str = "") -> Any:
        address = path.format(slug=room.workspace.slug, room=room.pk, seq=seq, odd=odd)
        answer = client.generic(method, f"/api/v1{address}", body, content_type=kind)
        assert answer.status_code < 500, (address, body[:100])
        if answer.status_code >= 400:
            assert set(answer.json()) in ({"code", "message"}, {"code", "message", "fields"})
            assert isinstance(answer.json().get("fields", {}), dict)
        return answer

    return send


def test_every_field_is_among_those_tried() -> None:
    from rooms.api import shapes

    taken = {frozenset(made().fields) for made in (shapes.RoomIn, shapes.PostIn, shapes.TextIn, shapes.PositionIn)}
    assert taken == {frozenset(fields) for fields in FIELDS.values()}


@pytest.mark.parametrize(("method", "path", "field"), BODIES)
def test_an_odd_value_in_a_body(send: Send, method: str, path: str, field: str) -> None:
    for odd in ODD:
        fields = FIELDS[method, path] | {field: odd}
        body = "{" + ",".join(f'"{name}":{value}' for name, value in fields.items()) + "}"
        send(method, path, body if field else odd)


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, names in QUERIES for name in names])
def test_an_odd_word_in_a_query(send: Send, path: str, name: str) -> None:
    for odd in ("", *ODD_WORDS, *map(json.dumps, ODD_WORDS)):
        send("GET", f"{path}?{name}={quote(odd)}")
        send("GET", f"{path}?{name}=1&{quote(odd)}=1&{name}=%ff%ed%a0%80")


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_an_odd_word_in_an_address(send: Send, method: str, path: str) -> None:
    for odd in ODD_WORDS:
        send(method, path, odd=quote(odd))


@pytest.mark.parametrize("charset", ["zlib", "hex", "rot13", "idna", "utf-7", "utf-16", "undefined", "nonsense"])
@pytest.mark.parametrize(("method", "path"), FIELDS)
def test_an_odd_charset(send: Send, method: str, path: str, charset: str) -> None:
    send(method, path, "{}", f"application/json; charset={charset}")
    send("GET", "/rooms/{room}/messages/?limit=%c3%a4", "", f"text/plain; charset={charset}")


@pytest.mark.parametrize("body", ["[" * 100_000, "[" * 900 + "]" * 900, "nonsense", "\ufeff{}", "NaN"])
def test_what_is_no_json_is_malformed_as_on_the_socket(send: Send, body: str) -> None:
    answer = send("POST", "/rooms/{room}/messages/", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize("client_id", ["true", "1", "340282366920938463463374607431768211455"])
def test_a_client_id_is_a_string(send: Send, client_id: str) -> None:
    answer = send("POST", "/rooms/{room}/messages/", f'{{"client_id": {client_id}, "text": "x"}}')
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["client_id"])


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
def test_what_is_not_said_to_be_json_is_not_read(send: Send, kind: str) -> None:
    assert send("PUT", "/rooms/{room}/position/", "position=1", kind).json()["code"] == "unsupported_media_type"
