from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.cards import Person
from collab.live.errors import Close
from collab.live.replies import AnyReply
from collab.management.commands import protocol
from collab.protocol import api_examples, examples, meanings, tables
from collab.protocol.addresses import PASSES, addresses
from collab.protocol.document import ERRORS, document
from collab.protocol.refusals import ANY_COMMAND, NO_COMMAND, REFUSALS
from rooms.api.shapes import MessagePage, MessageShape, ReactionShape, RoomShape, WorkspaceShape
from rooms.commands import AnyCommand
from rooms.events import AnyEvent
from rooms.signals import AnySignal, Reader, RoomState

KINDS = [
    (AnyCommand, examples.COMMANDS),
    (AnyEvent, examples.EVENTS),
    (AnySignal, examples.SIGNALS),
    (AnyReply, examples.REPLIES),
    (Person | RoomState | Reader, examples.SHAPES),
    (WorkspaceShape | RoomShape | MessageShape | ReactionShape | MessagePage, api_examples.SHAPES),
]
STRUCTS = [struct for union, _ in KINDS for struct in get_args(union)]


def test_the_document_is_current() -> None:
    call_command("protocol", "--check")


def test_a_stale_document_is_said_to_be_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "PATH", tmp_path / "protocol.md")
    with pytest.raises(CommandError, match="make docs"):
        call_command("protocol", "--check")


@pytest.mark.parametrize(("union", "shown"), KINDS)
def test_everything_that_can_be_said_has_one_example(union: type, shown: Iterable[msgspec.Struct]) -> None:
    kinds = [type(example) for example in shown]
    assert set(kinds) == set(get_args(union))
    assert len(kinds) == len(set(kinds))


@pytest.mark.parametrize(("union", "shown"), KINDS[:4])
def test_every_example_is_read_as_what_it_is_among_all_of_its_kind(
    union: type, shown: Iterable[msgspec.Struct]
) -> None:
    for example in shown:
        assert msgspec.json.decode(msgspec.json.encode(example), type=union) == example


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_every_frame_and_each_of_its_fields_says_what_it_means(struct: type[msgspec.Struct]) -> None:
    assert meanings.paragraph(struct)
    silent = [field.name for field in tables.fields(struct) if not tables.meaning(struct, field)]
    assert silent == []


def test_every_frame_error_and_close_code_is_in_the_document() -> None:
    text = document()
    for struct in STRUCTS:
        assert f"### `{tables.tag(struct)}`" in text or f"### {tables.tag(struct)}" in text
    for error in tables.errors(ERRORS):
        assert f"| `{error.code}` |" in text
    for close in Close:
        assert f"| {close.value} | {close.name.lower()} |" in text
        assert meanings.comment(Close, close.name)


def test_every_address_of_the_api_is_in_the_document_with_what_it_takes_and_gives() -> None:
    text = document()
    asked = {(each.name, each.method) for each in addresses()}
    assert asked == set(PASSES)
    for each in addresses():
        assert f"`{each.method.upper()} {each.path}`" in text
        assert each.meaning


def test_each_command_says_which_of_the_errors_in_the_table_it_may_get() -> None:
    assert set(REFUSALS) == set(get_args(AnyCommand))
    named = {*NO_COMMAND, *ANY_COMMAND, *(error for errors in REFUSALS.values() for error in errors)}
    assert named <= set(tables.errors(ERRORS))


def test_no_two_errors_share_a_code() -> None:
    codes = [error.code for error in tables.errors(ERRORS)]
    assert len(codes) == len(set(codes))


def test_every_link_within_the_document_leads_somewhere() -> None:
    text = document()
    heads = {line.lstrip("# ").replace("`", "").lower().replace(" ", "-") for line in text.split("\n") if "#" in line}
    links = {part.split(")")[0] for part in text.split("](#")[1:]}
    assert links <= {head.replace(",", "") for head in heads}
