"""Which coded errors each command can be answered with."""

from collab.live import errors as live
from collab.live.errors import CodedError
from rooms import commands, errors

Refusals = tuple[type[CodedError], ...]

#: What is no command at all, whatever it was meant to be.
NO_COMMAND: Refusals = (live.Malformed, live.TextInvalid, live.FrameTooLarge, live.BinaryFrame)
#: What may become of any command; `hello` alone is never too early.
ANY_COMMAND: Refusals = (live.HelloFirst, live.TooFast, live.Unavailable, live.ServerFault)

_TEXT: Refusals = (live.TextInvalid, errors.TextEmpty, errors.TextTooLong)
_CHANGE: Refusals = (errors.RoomNotFound, errors.RoomArchived)
_MESSAGE: Refusals = (*_CHANGE, errors.MessageNotFound)

#: What a command is refused with besides; `tests/protocol/test_errors_of_commands.py` provokes each of them.
REFUSALS: dict[type[commands.BaseCommand], Refusals] = {
    commands.Hello: (live.HelloAgain,),
    commands.Post: (*_TEXT, *_CHANGE, errors.ClientIdReused),
    commands.Edit: (*_TEXT, *_MESSAGE, errors.NotYours),
    commands.Delete: (*_MESSAGE, errors.NotYours),
    commands.React: (errors.EmojiUnknown, *_MESSAGE),
    commands.Unreact: (errors.EmojiUnknown, *_MESSAGE),
    commands.Pin: (*_MESSAGE, errors.TooManyPins),
    commands.Unpin: _MESSAGE,
    commands.Read: (errors.RoomNotFound, errors.PositionBeyondHead),
    commands.AskReaders: (errors.RoomNotFound,),
    commands.Type: (errors.RoomNotFound,),
    commands.Fetch: (errors.RoomNotFound, errors.PositionBeyondHead),
    commands.Ping: (),
    commands.Confirm: (),
}


def tags(*, where: type[CodedError]) -> list[str]:
    """What stands in `type` of the commands that can be refused so."""
    return [str(command.__struct_config__.tag) for command, refusals in REFUSALS.items() if where in refusals]


def codes(refusals: Refusals) -> list[str]:
    """Their codes, in order."""
    return [refusal.code for refusal in refusals]
