"""What children write: whole lines, marked, the quiet ones remembered for when they die."""

import io
import re

import pytest

from collab.embedded.child import ended
from collab.embedded.output import Chunk, Output
from collab.embedded.terminal import Terminal


def chunk(data: bytes) -> Chunk:
    return {"data": data, "pid": 1, "name": "stdout"}


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


def test_lines_are_marked_and_whole(screen: io.StringIO) -> None:
    output = Output("web", Terminal(screen))
    output(chunk("grü".encode()[:3]))
    output(chunk("grü".encode()[3:] + b"n\nhalf"))
    output(chunk(b" a line\n"))
    assert screen.getvalue() == "web      | grün\nweb      | half a line\n"


def test_a_quiet_child_shows_trouble_and_remembers_the_rest(screen: io.StringIO) -> None:
    output = Output("postgres", Terminal(screen), only=re.compile("FATAL"))
    output(chunk(b"LOG: starting\nFATAL: no\n"))
    assert screen.getvalue() == "postgres | FATAL: no\n"
    assert output.kept_back() == ["LOG: starting"]
    assert output.last_words == "FATAL: no"


def test_a_closed_terminal_stops_nothing(screen: io.StringIO) -> None:
    class Closed(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    Terminal(Closed()).say("web", "hello")


def test_no_colour_where_nobody_watches(screen: io.StringIO) -> None:
    Terminal(screen).say("web", "hello")
    assert "\x1b" not in screen.getvalue()


@pytest.mark.parametrize(
    ("code", "words"),
    [(-9, "was killed by SIGKILL"), (3, "ended with code 3"), (0, "ended with code 0"), (None, "ended")],
)
def test_how_a_process_ended_in_words(code: int | None, words: str) -> None:
    assert ended(code) == words
