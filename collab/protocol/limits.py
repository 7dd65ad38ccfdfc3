"""The limits a client meets, with the code it gets beyond each."""

from typing import NamedTuple

from collab.live.errors import Close, TooFast
from rooms.errors import TextTooLong
from rooms.text import MAX_LENGTH

MAX_FRAME = 64 * 1024
HEARTBEAT = 25
HELLO_WITHIN = 10
RELOAD_BEYOND = 1000
BURST = 200
A_SECOND = 20


class Limit(NamedTuple):
    """One line of the table of limits."""

    what: str
    limit: str
    beyond: str


LIMITS = (
    Limit("a frame from a client", f"{MAX_FRAME // 1024} KiB", f"close {Close.FRAME_TOO_LARGE}"),
    Limit("text of a message", f"{MAX_LENGTH:,} characters", f"error `{TextTooLong.code}`"),
    Limit("commands of a person", f"{A_SECOND} a second, {BURST} at a time", f"error `{TooFast.code}`"),
    Limit("going on after `too_fast`", "a frame of commands a person was told to hold", f"close {Close.FLOOD}"),
    Limit("until `hello`", f"{HELLO_WITHIN} s", f"close {Close.HELLO_TIMEOUT}"),
    Limit("without any command", f"{3 * HEARTBEAT} s", f"close {Close.HELLO_TIMEOUT}"),
    Limit("events of a room sent again after `hello`", f"{RELOAD_BEYOND:,}", "signal `reload`"),
)
