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
    """Not JSON, or not the shape of any command; the message goes on to say where, for developers."""

    code = "malformed"
    message = "That is not a command this site knows."


class TextInvalid(CodedError):
    """NUL or a lone surrogate: no text at all, and PostgreSQL refuses both."""

    code = "text_invalid"
    message = "That text contains a character that cannot be stored."


class TooFast(CodedError):
    """More commands than one person may send at a time."""

    code = "too_fast"
    message = "That was a lot at once. Wait a moment and try again."
    status = 429
    retry_after = 1.0


class HelloAgain(CodedError):
    """A second hello: one is enough."""

    code = "hello_again"
    message = "This socket has said hello. Open another to start anew."
    status = 409


class FrameTooLarge(CodedError):
    """A frame of more bytes than one may have; it was not read."""

    code = "frame_too_large"
    message = "That is more than 64 KiB at once."
    status = 413


class TooLarge(CodedError):
    """A request over HTTP whose body has more bytes than one may have; it was not kept."""

    code = "too_large"
    message = "That is more than 11 MB at once."
    status = 413


class BadRequest(CodedError):
    """A request over HTTP that is broken, or has more in it than a page takes."""

    code = "bad_request"
    message = "That could not be read: it is broken, or more than is taken here at once."


class WrongHost(CodedError):
    """The site was asked for under a name that is none of its own."""

    code = "wrong_host"
    message = "There is no site at this address. Ask whoever gave it to you for the right one."


class BinaryFrame(CodedError):
    """The protocol is text."""

    code = "binary_frame"
    message = "Send text frames only."


class ServerFault(CodedError):
    """A fault of the site's own, told in the node's log. Whether it was stored is not known: send it again."""

    code = "server_fault"
    message = "Something went wrong on our side. Try again."
    status = 500
    retry_after = 2.0


class Trimmed(CodedError):
    """What was asked for is older than what the log keeps."""

    code = "trimmed"
    message = "That is longer ago than is kept. Load the room anew, and go on from there."
    status = 410


class Unavailable(CodedError):
    """The database cannot be reached or did not answer in time. Whether it was stored is not known: send it again."""

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

    #: This node is stopping, or what you may hear has changed. After a goodbye wait its delay. Say: reconnecting.
    GOING_AWAY = 4100
    #: The socket did not take its frames fast enough. Nothing is lost: resume. Say: reconnecting.
    SLOW_READER = 4101
    #: No hello, or no ping, came in time. Say: reconnecting.
    HELLO_TIMEOUT = 4102
    #: Far more commands than one person may send, for long. Nothing that was accepted is lost. Say: reconnecting.
    TOO_FAST = 4103
    #: The handshake carried no session of a signed-in person. Say: please sign in.
    NOT_SIGNED_IN = 4201
    #: The session ended while the socket was open. Say: you have been signed out, please sign in again.
    SESSION_ENDED = 4202
    #: The page came from an address that is not this site's. Say: open this site at its own address.
    WRONG_ORIGIN = 4203
    #: The handshake did not offer the protocol of this site. Say: this page is out of date, please reload it.
    WRONG_SUBPROTOCOL = 4204
    #: The person has more sockets open than one needs. Say: close some of your tabs and reload this one.
    TOO_MANY_SOCKETS = 4205

    @property
    def come_back(self) -> bool:
        """Whether a client should connect again by itself."""
        return self < 4200
