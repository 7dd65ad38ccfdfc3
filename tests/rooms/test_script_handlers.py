"""The pages' scripts know every event, signal and reply that a socket may carry."""

import re
import typing
from pathlib import Path

import msgspec
import pytest

from collab.live import replies
from rooms import commands, events, signals

SCRIPTS = Path("static/js")


def tags(union: object) -> set[str]:
    """The type tags of a union of structs."""
    return {str(struct.__struct_config__.tag) for struct in typing.get_args(union)}


SAID = tags(events.AnyEvent) | tags(signals.AnySignal) | tags(replies.AnyReply)


def keys(table: str, script: str) -> set[str]:
    """The keys of an object literal, written one a line."""
    literal = re.search(rf"export const {table} = {{(.*?)\n}};", (SCRIPTS / script).read_text(), re.DOTALL)
    assert literal is not None
    return set(re.findall(r"^  (\w+)[,:]", literal[1], re.MULTILINE))


def test_each_thing_the_server_says_has_its_handler() -> None:
    assert keys("HANDLERS", "models/handlers.js") == SAID


def test_each_event_of_a_room_changes_its_rows() -> None:
    assert keys("ROWS", "controllers/timeline/apply.js") == tags(events.AnyEvent)


@pytest.mark.parametrize("tag", sorted(SAID | tags(commands.AnyCommand)))
def test_the_types_of_the_scripts_have_it(tag: str) -> None:
    assert f'"{tag}"' in (SCRIPTS / "live/protocol.d.ts").read_text()


@pytest.mark.parametrize("struct", [signals.RoomState, *typing.get_args(signals.AnySignal)])
def test_the_types_of_the_scripts_have_each_field(struct: type[msgspec.Struct]) -> None:
    text = (SCRIPTS / "live/protocol.d.ts").read_text()
    interface = re.search(rf"export interface {struct.__name__} {{(.*?)\n}}", text, re.DOTALL)
    assert interface is not None
    written = set(re.findall(r"^  (\w+)\??:", interface[1], re.MULTILINE)) - {"type"}
    assert written == set(struct.__struct_fields__)
