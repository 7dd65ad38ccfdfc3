"""The one terminal that all of the site's processes share."""

import contextlib
import os
from typing import TextIO

COLOURS = {"collab": "1", "web": "36", "worker": "35", "beat": "34", "valkey": "33", "postgres": "32"}
WIDTH = max(map(len, COLOURS))


class Terminal:
    """Writes lines marked with the name of whoever says them, in colour where a person watches."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.in_colour = stream.isatty() and "NO_COLOR" not in os.environ

    def say(self, name: str, text: str) -> None:
        """Write one line."""
        mark = f"{name:<{WIDTH}} |"
        if self.in_colour:
            mark = f"\x1b[{COLOURS.get(name, '0')}m{mark}\x1b[0m"
        # A terminal that was closed must not keep the site from stopping in order.
        with contextlib.suppress(OSError):
            self.stream.write(f"{mark} {text}\n")
            self.stream.flush()
