"""A socket of the real application leaves nothing that only a full collection would free."""

import gc
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from accounts.cards import card
from accounts.models import User
from rooms.models import Room
from tests.live.waiting import until

if TYPE_CHECKING:
    from tests.live.sockets import Connect


@pytest.fixture
def _uncollected() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def alive(kind: type) -> list[Any]:
    return [each for each in gc.get_objects() if type(each) is kind]


@pytest.mark.usefixtures("_uncollected")
async def test_who_has_gone_is_freed_at_once(connect: "Connect", ben: User, room: Room) -> None:
    from rooms.consumers import RoomConsumer

    socket = await connect(ben)
    [consumer] = alive(RoomConsumer)
    whose, where = weakref.ref(consumer.user), weakref.ref(consumer.outlet)
    del consumer
    await socket.disconnect()
    await until(lambda: not alive(RoomConsumer) and whose() is None and where() is None)


@pytest.mark.usefixtures("_uncollected")
def test_whoever_was_shown_to_others_is_freed_at_once() -> None:
    shown = User(pk=1, name="Ada", handle="ada", avatar="avatars/ada.webp")
    assert card(shown).avatar == "/media/avatars/ada.webp"
    gone = weakref.ref(shown)
    del shown
    assert gone() is None
