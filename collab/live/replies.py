"""What a command is answered with."""

import msgspec


class Ok(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="ok"):
    """A command was carried out."""

    #: The command's id.
    id: int
    #: Seq of the event it made (or had made when first sent); null where it makes none.
    seq: int | None = None


class Error(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="error"):
    """A command was refused. Nothing of it was stored, but for what `unavailable` and `server_fault` say."""

    #: The command's id; null where it could not be read.
    id: int | None
    #: For programs: one of the error codes; never changes.
    code: str
    #: For people: what is wrong and what they can do.
    message: str
    #: Seconds after which trying again may help; null where it does not.
    retry_after: float | None = None


AnyReply = Ok | Error
