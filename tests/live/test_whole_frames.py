"""Whole text frames, taken at once: the same as autobahn makes of them, and nothing else is taken."""

import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collab.live.whole_frames import ReadsWholeFrames, unmasked, whole_text_frame

MASK = b"\x01\x82\x03\xf4"


def frame(payload: bytes, first: int = 0x81, masked: int = 0x80) -> bytes:
    size = len(payload)
    head = bytes((first, masked | size)) if size < 126 else bytes((first, masked | 126)) + struct.pack("!H", size)
    return head + (MASK + one_by_one(payload) if masked else payload)


def one_by_one(payload: bytes) -> bytes:
    return bytes(byte ^ MASK[index % 4] for index, byte in enumerate(payload))


@given(st.binary(max_size=300))
def test_unmasking_all_at_once_is_unmasking_each_byte(payload: bytes) -> None:
    assert unmasked(MASK, payload) == one_by_one(payload)


@given(st.binary(max_size=300), st.binary(max_size=20))
def test_a_whole_frame_is_found_with_its_size(payload: bytes, after: bytes) -> None:
    whole = frame(payload)
    assert whole_text_frame(whole + after, most=0) == (payload, len(whole))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(frame(b"hello")[:-1], id="not whole"),
        pytest.param(frame(b"h" * 200)[:3], id="half a length"),
        pytest.param(frame(b"hello", first=0x01), id="not final"),
        pytest.param(frame(b"hello", first=0x82), id="binary"),
        pytest.param(frame(b"hello", first=0xC1), id="compressed"),
        pytest.param(frame(b"hello", masked=0), id="unmasked"),
        pytest.param(b"\x81\xfe\x00\x05" + MASK + one_by_one(b"hello"), id="a length longer than it need be"),
        pytest.param(b"\x81\xff" + struct.pack("!Q", 70_000) + MASK + bytes(70_000), id="64 bits of length"),
        pytest.param(frame(b"h" * 101), id="too long"),
    ],
)
def test_whatever_else_is_left_to_autobahn(data: bytes) -> None:
    assert whole_text_frame(data, most=100) is None


class Autobahn:
    """What it is asked for."""

    STATE_OPEN, STATE_CLOSING = 3, 2
    maxFramePayloadSize = 1_000  # noqa: N815 — autobahn's name.

    def __init__(self) -> None:
        self.data = b""
        self.state = self.STATE_OPEN
        self.current_frame: Any = None
        self.inside_message = False
        self.autoPingTimeoutCall: Any = None
        self.left: list[bytes] = []

    def _dataReceived(self, data: bytes) -> None:  # noqa: N802
        self.left.append(data)


class Protocol(ReadsWholeFrames, Autobahn):
    """One that notes its messages, and closes after the word for it."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803
        self.heard.append(payload.decode())
        if payload == b"close":
            self.state = self.STATE_CLOSING


def test_frames_that_come_together_are_taken_in_order_and_the_rest_is_left() -> None:
    protocol = Protocol()
    rest = frame(b"three")[:4]
    protocol._dataReceived(frame(b"one") + frame("zwölf".encode()) + rest)
    assert (protocol.heard, protocol.left) == (["one", "zwölf"], [rest])


def test_nothing_is_taken_after_a_close_or_where_half_a_character_is() -> None:
    protocol, broken = Protocol(), Protocol()
    protocol._dataReceived(frame(b"close") + frame(b"more"))
    broken._dataReceived(frame(b"\xff") + frame(b"more"))
    assert (protocol.heard, protocol.left) == (["close"], [frame(b"more")])
    assert (broken.heard, broken.left) == ([], [frame(b"\xff") + frame(b"more")])


@pytest.mark.parametrize(
    "state",
    [{"data": b"\x81"}, {"current_frame": object()}, {"inside_message": True}, {"autoPingTimeoutCall": object()}],
)
def test_nothing_is_taken_while_autobahn_is_in_the_middle_of_something(state: dict[str, Any]) -> None:
    protocol = Protocol()
    vars(protocol).update(state)
    protocol._dataReceived(frame(b"one"))
    assert (protocol.heard, protocol.left) == ([], [frame(b"one")])
