"""The line of a page dies without a word, as behind a router that forgot it: nothing comes back, and no end either."""

import asyncio
import shutil
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, expect

from bench.faults.halfopen import HalfOpen
from tests.pages.conftest import ARGUMENTS
from tests.pages.looks import await_live
from tests.pages.places import Cast, Place, room_path
from tests.pages.screens import CUT, Screens
from tests.pages.tabs import Tabs
from tests.pages.talking import row, say

pytestmark = pytest.mark.page

#: Somebody looks at the page again; else it asks within half a minute whether the line is alive.
LOOK = "() => document.dispatchEvent(new Event('visibilitychange'))"


class Router:
    """A way to the site that can forget the connections that stand; it runs in a thread of its own."""

    def __init__(self, port: int) -> None:
        self._way = HalfOpen(port)
        self._is_open, self._may_end = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._thread.start()
        assert self._is_open.wait(10)
        self.port = int(self._way.url.rpartition(":")[2])

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self._way.open()
        self._is_open.set()
        await self._may_end.wait()
        self._way.close()

    def forget(self) -> None:
        self._loop.call_soon_threadsafe(self._way.swallow)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._may_end.set)
        self._thread.join()


@pytest.fixture
def router(place: Place) -> Iterator[Router]:
    router = Router(place.running.port)
    yield router
    router.close()


@pytest.fixture
def screens(playwright: Playwright, place: Place, router: Router) -> Iterator[Screens]:
    """Chromium that finds the site behind the router, under the site's own address."""
    way = f"--host-resolver-rules=MAP localhost:{place.running.port} 127.0.0.1:{router.port}"
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*ARGUMENTS, way])
    screens = Screens(Tabs(browser, place.url))
    yield screens
    browser.close()
    screens.check()


def test_a_page_finds_out_comes_back_and_loses_and_doubles_nothing(
    screens: Screens, cast: Cast, router: Router
) -> None:
    screens.forgive(CUT)
    room = cast.room(cast.ben)
    page = screens.open(cast.ben, room_path(room))
    await_live(page)
    router.forget()
    cast.ada.say(room, "can you hear me?")
    say(page, "hello? hello?")
    expect(row(page, "hello? hello?")).to_have_attribute("data-state", "sending")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    page.evaluate(LOOK)
    expect(row(page, "can you hear me?")).to_be_visible()
    expect(row(page, "hello? hello?")).to_have_attribute("data-state", "sent")
    expect(page.locator("#timeline > .message")).to_have_count(2)
    await_live(page)
    cast.ada.say(room, "now I do")
    expect(row(page, "now I do")).to_be_visible()
