"""Every event that the code writes down stands in the table for hosts, with its level and fields, and the other way."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parents[2]
LEVELS = {"exception": "error"}
ROW = re.compile(r"^\| `(\w+)` \| (debug|info|warning|error|critical) \|(.*?)\|(.*?)\|$", re.MULTILINE)


class Written(NamedTuple):
    level: str
    fields: frozenset[str]
    #: All of them stand in the call.
    is_whole: bool
    place: str


def written() -> Iterator[tuple[str, Written]]:
    for folder in ("accounts", "collab", "rooms"):
        for file in (PROJECT / folder).rglob("*.py"):
            text = file.read_text()
            tally = "Tally" if "from collab.live.tally import Tally" in text else ""
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call):
                    yield from _of_call(node, f"{file.relative_to(PROJECT)}:{node.lineno}", tally)


def _of_call(call: ast.Call, place: str, tally: str) -> Iterator[tuple[str, Written]]:
    function = call.func
    if isinstance(function, ast.Name) and function.id == tally:
        assert isinstance(call.args[0], ast.Constant), place
        yield str(call.args[0].value), Written("info", frozenset(), False, place)
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return
    if function.value.id != "logger" or place.startswith("collab/live/tally.py"):
        return
    assert len(call.args) == 1, f"{place}: an event has a name, and fields by their names"
    assert isinstance(call.args[0], ast.Constant), place
    names = {keyword.arg for keyword in call.keywords}
    fields = {"exception" if name == "exc_info" else name for name in names if name}
    if function.attr == "exception":
        fields.add("exception")
    level = LEVELS.get(function.attr, function.attr)
    yield str(call.args[0].value), Written(level, frozenset(fields), None not in names, place)


def table() -> dict[str, tuple[str, frozenset[str]]]:
    rows = ROW.findall((PROJECT / "docs" / "self-hosting.md").read_text())
    return {event: (level, frozenset(re.findall(r"`(\w+)`", fields))) for event, level, fields, _ in rows}


def test_each_event_of_the_code_stands_in_the_table_as_it_is() -> None:
    told = table()
    for event, found in written():
        assert event in told, f"{found.place}: {event} is missing in docs/self-hosting.md, section Logs"
        level, fields = told[event]
        assert level == found.level, f"{found.place}: {event}"
        assert found.fields <= fields, f"{found.place}: {event}"
        assert found.fields == fields or not found.is_whole, f"{found.place}: {event}"


def test_each_event_of_the_table_is_written_somewhere() -> None:
    assert table().keys() == {event for event, _ in written()}


def test_nothing_else_is_used_to_write_down() -> None:
    """Lines of `logging` would come without their ids, and lose what is put into them."""
    for folder in ("accounts", "collab", "rooms"):
        for file in (PROJECT / folder).rglob("*.py"):
            assert "logging.getLogger(__name__)" not in file.read_text(), file
