"""What a child writes: cut into lines, shown or kept back, the last ones remembered."""

import codecs
import re
from collections import deque
from typing import TypedDict

from .terminal import Terminal

REMEMBERED = 8


class Chunk(TypedDict):
    """What Circus hands over: bytes as they were read from a pipe."""

    data: bytes
    pid: int
    name: str


class Output:
    """Both streams of one child. With `only`, just the lines that match it are shown; all are remembered."""

    def __init__(self, name: str, terminal: Terminal, *, only: re.Pattern[str] | None = None) -> None:
        self.name = name
        self.terminal = terminal
        self.only = only
        self.last: deque[str] = deque(maxlen=REMEMBERED)
        self.unfinished = ""
        self.decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def __call__(self, chunk: Chunk) -> None:
        """Take a chunk in."""
        *lines, self.unfinished = (self.unfinished + self.decode(chunk["data"])).split("\n")
        for line in lines:
            self.take(line.rstrip())

    def take(self, line: str) -> None:
        """Remember a line, and show it unless it is kept back."""
        if not line:
            return
        self.last.append(line)
        if self.only is None or self.only.search(line):
            self.terminal.say(self.name, line)

    @property
    def last_words(self) -> str:
        """Its last line."""
        return self.last[-1] if self.last else "it said nothing."

    def kept_back(self) -> list[str]:
        """Those of the last lines that nobody has seen."""
        return [line for line in self.last if self.only is not None and not self.only.search(line)]
