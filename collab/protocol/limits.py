"""The limits a client meets, with the code it gets beyond each."""

from typing import NamedTuple

from collab.live.errors import Close, FrameTooLarge, TooFast
from collab.live.limits import A_SECOND, BURST, HEARTBEAT, HELLO_WITHIN, MAX_FRAME
from rooms.consumers import RELOAD_BEYOND
from rooms.errors import TextTooLong
from rooms.text import MAX_LENGTH


class Limit(NamedTuple):
    """One line of the table of limits."""

    what: str
    limit: str
    beyond: str


LIMITS = (
    Limit("a frame from a client", f"{MAX_FRAME // 1024} KiB", f"error `{FrameTooLarge.code}`"),
    Limit("text of a message", f"{MAX_LENGTH:,} characters", f"error `{TextTooLong.code}`"),
    Limit("commands of a person", f"{A_SECOND} a second, {BURST} at a time", f"error `{TooFast.code}`"),
    Limit("until `hello`", f"{HELLO_WITHIN} s", f"close {Close.HELLO_TIMEOUT}"),
    Limit("without any command", f"{3 * HEARTBEAT} s", f"close {Close.HELLO_TIMEOUT}"),
    Limit("events of a room sent again after `hello`", f"{RELOAD_BEYOND:,}", "signal `reload`"),
)
