"""What a node tells Prometheus of itself; where it is to count nothing it does not."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from accounts.models import User
from rooms.models import Room
from tests.live.waiting import PATIENCE
from tests.watch.scrape import name_of, samples

if TYPE_CHECKING:
    from tests.protocol.conftest import Enter
    from tests.protocol.node import Node

pytestmark = pytest.mark.parametrize("node", ["tuned"], indirect=True)

#: What a node counts and times, rather than what it has at a moment.
COUNTED = ("counter", "histogram")


@pytest.fixture
def silent(static_files: None) -> "Iterator[Node]":
    """A node that is to count nothing."""
    from tests.protocol.conftest import database_url
    from tests.protocol.node import Node

    node = Node(database_url(), is_tuned=True, METRICS="false")
    try:
        node.start()
        yield node
    finally:
        node.stop()


async def told(node: "Node", *kinds: str) -> dict[str, float]:
    """Every sample of a node, of these kinds."""

    def ask() -> str:
        with urlopen(f"{node.site}/metrics") as answer:
            said: bytes = answer.read()
            return said.decode()

    found = samples(await asyncio.to_thread(ask), *kinds)
    return {name: value for name, value in found.items() if name.startswith("collab_")}


async def test_the_collectors_pauses_are_timed(node: "Node") -> None:
    name = name_of("collab_gc_pause_seconds_count", generation="0")
    async with asyncio.timeout(PATIENCE):
        # Each answer makes objects, until there are enough for the collector.
        while not (await told(node))[name]:
            pass


async def test_a_node_that_is_to_count_nothing_says_what_it_has_and_no_more(
    silent: "Node", enter: "Enter", node: "Node", ada: User, ben: User, room: Room
) -> None:
    adas, bens = await enter(ada), await enter(ben, at=silent)
    here, there = await adas.says(room.pk, "Counted"), await bens.says(room.pk, "Not counted")
    for program in (adas, bens):
        await program.shows(room.pk, max(here, there))
    counts = await told(node, *COUNTED)
    assert counts[name_of("collab_events_total", type="posted")]
    assert counts["collab_deliveries_total"]
    assert (await told(silent))["collab_sockets"] == 1
    assert not any((await told(silent, *COUNTED)).values())
