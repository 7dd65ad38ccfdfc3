"""Every coded error and close code of a socket, in one place each."""

import enum
from typing import ClassVar


class CodedError(Exception):
    """Something a person or client did that is refused, in words they can act on.

    `code` is for programs and never changes; `message` is for people; `status` is the HTTP status of the
    same refusal; `retry_after` is in seconds where trying again later helps.
    """

    code: ClassVar[str]
    message: ClassVar[str]
    status: ClassVar[int] = 400
    retry_after: ClassVar[float | None] = None

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)


class Malformed(CodedError):
    """Not JSON, or not the shape of any command."""

    code = "malformed"
    message = "That is not a command this site knows."


class TooFast(CodedError):
    """More commands than one person may send at a time."""

    code = "too_fast"
    message = "That was a lot at once. Wait a moment and try again."
    status = 429
    retry_after = 1.0


class Unavailable(CodedError):
    """The database cannot be reached; nothing was stored."""

    code = "unavailable"
    message = "The site cannot store anything right now. Try again shortly."
    status = 503
    retry_after = 2.0


class HelloFirst(CodedError):
    """A command came before hello."""

    code = "hello_first"
    message = "Say hello before anything else."


class Close(enum.IntEnum):
    """Why the server closes a socket. The 41xx say come back, the 42xx say do not (until the person acts)."""

    GOING_AWAY = 4100
    SLOW_READER = 4101
    HELLO_TIMEOUT = 4102
    NOT_SIGNED_IN = 4201
    SESSION_ENDED = 4202
    WRONG_ORIGIN = 4203
    FRAME_TOO_LARGE = 4204
    BINARY_FRAME = 4205
    WRONG_SUBPROTOCOL = 4206
    FLOOD = 4207

    @property
    def come_back(self) -> bool:
        """Whether a client should connect again by itself."""
        return self < 4200  # noqa: PLR2004
