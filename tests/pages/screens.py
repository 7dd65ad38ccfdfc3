"""Screens: what people see, every script error and console error noted."""

import re
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.pages.people import Person
from tests.pages.tabs import Tab, Tabs, new_context

#: What a browser writes of its own accord where a test cuts the line.
CUT = r"ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket"


class Screens:
    """What people see. A test ends with `check`."""

    def __init__(self, tabs: Tabs) -> None:
        self.tabs = tabs
        self.taken: dict[Page, Tab] = {}
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []
        self.forgiven: list[str] = []

    def of(self, person: Person | None = None, **options: Any) -> BrowserContext:
        """A new browser of somebody's own; of nobody signed in without a person."""
        state = person.state if person else None
        context = new_context(self.tabs.browser, self.tabs.url, self.errors.append, storage_state=state, **options)
        self.contexts.append(context)
        return context

    def page(self, person: Person | None) -> Page:
        """A page of somebody's, who is alone in that browser."""
        tab = self.tabs.take()
        self.taken[tab.page] = tab
        return tab.become(person, self.errors.append)

    def open(self, person: Person | None, path: str, **options: Any) -> Page:
        """The same, at a path; with options in a new browser that has them."""
        page = self.of(person, **options).new_page() if options else self.page(person)
        page.goto(path)
        return page

    def release(self, page: Page) -> None:
        """Its person goes."""
        self.tabs.give_back(self.taken.pop(page))

    def forgive(self, pattern: str) -> None:
        """Errors that belong to what a test does."""
        self.forgiven.append(pattern)

    def check(self) -> None:
        """Nothing went wrong on any screen."""
        left = [error for error in self.errors if not any(re.search(each, error) for each in self.forgiven)]
        self.errors.clear()
        self.forgiven.clear()
        assert left == [], "\n".join(left)

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        for page in [*self.taken]:
            self.release(page)
