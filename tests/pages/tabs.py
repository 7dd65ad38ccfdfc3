"""Tabs that go from test to test: Chromium needs over a second of CPU for a new one, and a third of that for a used."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize

from tests.pages.people import Person

#: A page of the site that does nothing: to stay at the site keeps the tab's process.
NOWHERE = "/health/live"
#: All that a page can leave in a browser, but the files that it has loaded.
KEPT = "cookies,local_storage,indexeddb,service_workers,cache_storage"

SIZE: ViewportSize = {"width": 1280, "height": 720}

Hear = Callable[[str], None]


def new_context(browser: Browser, url: str, hear: Hear, **options: Any) -> BrowserContext:
    """A browser of somebody's own. Its clock is Tokyo's; every script error and console error is told."""

    def console(message: ConsoleMessage) -> None:
        if message.type == "error":
            hear(f"{message.text} ({message.location['url']})")

    context = browser.new_context(base_url=url, **{"timezone_id": "Asia/Tokyo", "reduced_motion": "reduce"} | options)
    context.set_default_timeout(15_000)
    context.on("weberror", lambda error: hear(str(error.error)))
    context.on("console", console)
    return context


class Tab:
    """One page of one browser, for one person after another."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.url = url
        self.hear: Hear | None = None
        self.context = new_context(browser, url, self.told, viewport=SIZE)
        self.page = self.context.new_page()
        self.devtools = self.context.new_cdp_session(self.page)

    def told(self, error: str) -> None:
        if self.hear:
            self.hear(error)

    def become(self, person: Person | None, hear: Hear) -> Page:
        """Nothing is left here of whoever had it before."""
        self.hear = hear
        if person:
            self.context.add_cookies(
                [{"name": name, "value": value, "url": self.url} for name, value in person.cookies.items()]
            )
        return self.page

    def leave(self) -> None:
        """As its person goes: the page ends as any does, and all that it kept is forgotten."""
        self.hear = None
        self.context.set_offline(False)
        for other in self.context.pages:
            if other is not self.page:
                other.close()
        self.page.unroute_all()
        self.page.set_viewport_size(SIZE)
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        self.page.goto(NOWHERE)
        self.page.evaluate("sessionStorage.clear()")
        self.devtools.send("Storage.clearDataForOrigin", {"origin": self.url, "storageTypes": KEPT})
        self.context.clear_cookies()


class Tabs:
    """All tabs of a browser, used and free."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.free: list[Tab] = []

    def take(self) -> Tab:
        return self.free.pop() if self.free else Tab(self.browser, self.url)

    def give_back(self, tab: Tab) -> None:
        tab.leave()
        self.free.append(tab)
