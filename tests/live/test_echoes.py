"""What stays true is said again where somebody may have been deaf: the newest of each name, and never too many."""

from collections.abc import AsyncIterator

import pytest

from collab.live import echoes as echoes_module
from collab.live.echoes import Echoes
from collab.live.hub import Hub
from collab.live.layer import LayerLink
from collab.live.messages import Message
from tests.live.test_hub import TOPIC, Screen, Shelf
from tests.live.valkeys import FrailValkey, Way
from tests.live.waiting import until

pytestmark = pytest.mark.usefixtures("quick_lines")


@pytest.fixture(autouse=True)
def _said_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(echoes_module, "AFTER", 0.05)


@pytest.fixture
async def here(valkey: FrailValkey) -> AsyncIterator[Hub]:
    """A node that speaks."""
    hub = Hub(Way(valkey.url), Shelf())
    hub.start()
    await until(lambda: hub.is_up)
    yield hub
    await hub.stop()


def says(word: bytes, echo: str = "") -> Message:
    return Message(topic=TOPIC, payload=word, echo=echo)


async def test_a_node_that_was_deaf_hears_the_newest_of_each_name_and_nothing_of_the_moment(
    here: Hub, valkey: FrailValkey
) -> None:
    way = Way(valkey.url)
    there = Hub(way, Shelf())
    there.start()
    await until(lambda: there.is_up)
    screen = Screen()
    there.sockets.add(screen)
    await there.subscribe(screen, TOPIC, 0)
    way.is_shut = True
    valkey.kill()
    await until(lambda: not there.is_up and not here.is_up)
    valkey.start()
    await until(lambda: here.is_up)

    here.publish([says(b"1", "read_to.7"), says(b"2", "read_to.8"), says(b"3", "read_to.7"), says(b"4")])
    await until(lambda: not here._link.gauges()["waiting"])
    assert screen.shown == []

    way.is_shut = False
    await until(lambda: len(screen.shown) >= 2)
    assert sorted(screen.shown) == [2, 3]
    await there.stop()


async def test_a_node_that_may_not_have_been_heard_says_it_again(here: Hub, valkey: FrailValkey) -> None:
    heard: list[bytes] = []
    ear = LayerLink("ear", Way(valkey.url), lambda said: heard.extend(each.payload for each in said), lambda: None)
    ear.start()
    await until(lambda: ear.is_up)
    await ear.add(TOPIC)
    here.publish([says(b"1", "read_to.7")])
    await until(lambda: heard == [b"1"])

    valkey.cut_subscribers()
    await until(lambda: heard == [b"1", b"1"])
    await ear.stop()


async def test_without_a_layer_all_are_kept_but_never_more_than_are_bearable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(echoes_module, "KEPT", -1.0)
    monkeypatch.setattr(echoes_module, "MOST", 3)
    is_up = False
    said: list[bytes] = []
    echoes = Echoes(lambda message: said.append(message.payload), lambda: is_up)
    for number in range(5):
        echoes.keep(says(b"%d" % number, f"read_to.{number}"))
    echoes.say_soon()
    echoes.say_soon()
    await until(lambda: bool(said))
    assert said == [b"2", b"3", b"4"]

    is_up = True
    echoes.say_soon()
    await until(lambda: not echoes)
    assert said == [b"2", b"3", b"4"]
    await echoes.stop()
