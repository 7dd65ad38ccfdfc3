"""Reads what a socket sent: a command, or the coded reason why it is none."""

import json
from typing import Any

import msgspec

from collab.live.errors import BinaryFrame, FrameTooLarge, Malformed, TextInvalid
from collab.live.limits import MAX_FRAME

#: What reading a frame may fail with: no JSON or of another shape, half a character, brackets within brackets.
NOT_A_COMMAND = (msgspec.DecodeError, UnicodeEncodeError, RecursionError)


class WithId(msgspec.Struct):
    """What can be read of a command that is none: its id, so that the client knows which one failed."""

    id: int | None = None


def read(decoder: msgspec.json.Decoder[Any], text: str | None) -> Any:
    """The command in a text frame; None stands for a binary one.

    Raises:
        BinaryFrame, FrameTooLarge, TextInvalid, Malformed: it is no command.
    """
    if text is None:
        raise BinaryFrame
    # A character is four bytes at most: a short text need not be encoded to know that.
    if len(text) > MAX_FRAME // 4 and len(text.encode(errors="surrogatepass")) > MAX_FRAME:
        raise FrameTooLarge
    try:
        return decoder.decode(text)
    except NOT_A_COMMAND as error:
        if has_half_character(text):
            raise TextInvalid from error
        raise Malformed(f"{Malformed.message} ({error})") from error


def id_of(text: str | None) -> int | None:
    """The id that a frame has which is no command; None where it shows none."""
    try:
        return msgspec.json.decode(text or "", type=WithId).id
    except NOT_A_COMMAND:
        return None


def has_half_character(text: str) -> bool:
    """Whether it is JSON with a lone surrogate (RFC 8259, section 8.2), which msgspec just calls malformed."""
    if "\\ud" not in text.lower():
        return False
    try:
        json.dumps(json.loads(text), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    except (ValueError, RecursionError):
        return False
    return False
