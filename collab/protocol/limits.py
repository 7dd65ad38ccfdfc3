"""The limits a client meets, with the code it gets beyond each."""

from typing import NamedTuple

from collab.live.errors import Close, FrameTooLarge, TooFast
from collab.live.limits import (
    A_SECOND,
    BURST,
    COUNTS_AS_ONE,
    HEARTBEAT,
    HELLO_WITHIN,
    MAX_FRAME,
    MOST_MORE,
    REFUSALS,
    SOCKETS,
)
from rooms.errors import TextTooLong
from rooms.greeting import RELOAD_BEYOND
from rooms.text import MAX_LENGTH

#: Bytes of a frame that the WebSocket server under the site takes at all; beyond it the site never sees the frame.
SERVER_FRAME = 1024 * 1024


class Limit(NamedTuple):
    """One line of the table of limits."""

    what: str
    limit: str
    beyond: str


LIMITS = (
    Limit("a frame from a client", f"{MAX_FRAME // 1024} KiB", f"error `{FrameTooLarge.code}`"),
    Limit("a frame that is read at all", f"{SERVER_FRAME // 1024**2} MiB", "close 1009, or 1006"),
    Limit("text of a message", f"{MAX_LENGTH:,} code points", f"error `{TextTooLong.code}`"),
    Limit(
        "commands of a person to one node, by all their sockets",
        f"{A_SECOND} a second, {BURST} at a time; "
        f"each {COUNTS_AS_ONE:,} characters count as one more (up to {MOST_MORE})",
        f"error `{TooFast.code}`",
    ),
    Limit("the same, refused one by one", f"{REFUSALS:,} at a time", f"close {Close.TOO_FAST}"),
    Limit("sockets of a person to one node", str(SOCKETS), f"close {Close.TOO_MANY_SOCKETS}"),
    Limit("until `hello`", f"{HELLO_WITHIN} s", f"close {Close.HELLO_TIMEOUT}"),
    Limit("without any command", f"{3 * HEARTBEAT} s", f"close {Close.HELLO_TIMEOUT}"),
    Limit("events of a room sent again, after `hello` or for a `fetch`", f"{RELOAD_BEYOND:,}", "signal `reload`"),
)
