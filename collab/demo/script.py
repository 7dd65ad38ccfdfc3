"""Conversations as they stand in the text files.

    room: product
    when: 12 09:10          (weekdays back from today, UTC; or: now)
    mira: What she says, in Markdown,
        with further lines indented by four.
      + 🎉 jonas lena       (a reaction of these people to the line above)
      * pin
    ... 55m                 (a pause)

In an exchange the first line is `@ room A=sam B=noor,diego`; A and B speak, and `{city}` is filled in.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
SPOKEN = re.compile(r"(\w+): ?(.*)")
HEAD = re.compile(r"@ (\S+) A=(\S+) B=(\S+)")
PAUSE = re.compile(r"\.\.\. (\d+)([mh])")


class Reaction(NamedTuple):
    """An emoji and who puts it there."""

    emoji: str
    people: tuple[str, ...]


@dataclass
class Line:
    """Something said."""

    speaker: str
    text: str
    #: Minutes of silence before it.
    pause: int = 0
    reactions: list[Reaction] = field(default_factory=list)
    is_pinned: bool = False


class Talk(NamedTuple):
    """A conversation that happens once."""

    room: str
    #: "12 09:10" or "now".
    when: str
    lines: list[Line]


class Exchange(NamedTuple):
    """A short conversation that comes again with other people."""

    room: str
    #: Who may speak as A and as B.
    speakers: dict[str, tuple[str, ...]]
    lines: list[Line]


@cache
def talks() -> tuple[Talk, ...]:
    """Every conversation that is told once."""
    return tuple(map(_talk, sorted((FOLDER / "talk").glob("*.txt"))))


@cache
def exchanges() -> tuple[Exchange, ...]:
    """Every exchange that comes again."""
    files = [FOLDER / "small" / f"{name}.txt" for name in ("engineering", "support", "rest", "direct")]
    blocks = [block for file in files for block in re.split(r"\n(?=@ )", file.read_text().strip())]
    return tuple(map(_exchange, blocks))


def listed(name: str, separator: str) -> dict[str, tuple[str, ...]]:
    """A file of `key: one, two, three` lines."""
    lines = (FOLDER / "small" / f"{name}.txt").read_text().splitlines()
    pairs = (line.split(": ", 1) for line in lines)
    return {key: tuple(value.strip() for value in values.split(separator)) for key, values in pairs}


def _talk(file: Path) -> Talk:
    room, when, *body = file.read_text().splitlines()
    return Talk(room.removeprefix("room: "), when.removeprefix("when: "), list(_lines(body)))


def _exchange(block: str) -> Exchange:
    head, *body = block.splitlines()
    room, a, b = _groups(HEAD, head)
    return Exchange(room, {"A": tuple(a.split(",")), "B": tuple(b.split(","))}, list(_lines(body)))


def _lines(body: list[str]) -> Iterator[Line]:
    pause = 0
    line: Line | None = None
    for raw in body:
        if line is not None and (raw.startswith("    ") or not raw.strip()):
            line.text += "\n" + raw[4:]
        elif line is not None and raw.startswith("  "):
            _mark(line, raw.split())
        elif raw.startswith("..."):
            pause = _minutes(raw)
        else:
            if line is not None:
                yield line
            line, pause = _spoken(raw, pause), 0
    if line is not None:
        yield line


def _spoken(raw: str, pause: int) -> Line:
    speaker, text = _groups(SPOKEN, raw)
    return Line(speaker, text, pause)


def _mark(line: Line, words: list[str]) -> None:
    if words == ["*", "pin"]:
        line.is_pinned = True
    else:
        _, emoji, *people = words
        line.reactions.append(Reaction(emoji, tuple(people)))


def _minutes(raw: str) -> int:
    number, unit = _groups(PAUSE, raw)
    return int(number) * (60 if unit == "h" else 1)


def _groups(pattern: re.Pattern[str], raw: str) -> tuple[str, ...]:
    match = pattern.fullmatch(raw)
    if match is None:
        raise ValueError(f"not a line of a script: {raw!r}")
    return match.groups()
