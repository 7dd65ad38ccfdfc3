"""What is published on a topic and travels between nodes."""

from functools import cached_property

import msgspec

from collab.live.frames import Frame


class Join(msgspec.Struct, frozen=True, array_like=True):
    """Whoever hears this is to hear `topic` too, from after its seq `after` on."""

    topic: str
    after: int


class Message(msgspec.Struct, frozen=True, array_like=True, dict=True):
    """Something said on a topic.

    With a `seq` it is an entry of the topic's log and passes the gate; without, it is true for the moment and
    goes out as it comes.
    """

    topic: str
    #: JSON for the sockets; empty where there is nothing to tell them.
    payload: bytes = b""
    #: Place in the topic's log; 0: not of the log.
    seq: int = 0
    #: Owners whose sockets hear nothing of the topic after this.
    drops: tuple[int, ...] = ()
    #: Owners whose sockets are to come back and say hello anew: what they may hear has changed.
    renews: tuple[int, ...] = ()
    join: Join | None = None
    #: A word to the consumers of the topic's sockets, not to the sockets: (kind, argument).
    control: tuple[str, str] | None = None
    #: A name, where it stays true however late and often it is said: until a newer one of it is, this is said again
    #: to nodes that may have been deaf.
    echo: str = ""
    #: When it was committed, in seconds since 1970 by the clock of the machine that did; 0: it was read from the log.
    committed: float = 0.0

    @cached_property
    def frame(self) -> Frame:
        """The payload for sockets, made once however many there are."""
        return Frame(self.payload)


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(tuple[str, list[Message]])


def pack(node: str, messages: list[Message]) -> bytes:
    """Messages as one body for the channel layer, with the node they come from."""
    return _encoder.encode((node, messages))


def mark(node: str) -> bytes:
    """What all bodies of a node begin with: nobody has to unpack their own to know them."""
    # But for the end, which is the list of no messages.
    return pack(node, [])[:-1]


def unpack(body: bytes) -> tuple[str, list[Message]]:
    """The node and the messages of a body.

    Raises:
        msgspec.DecodeError: another version of this program wrote it, or another program.
    """
    return _decoder.decode(body)
