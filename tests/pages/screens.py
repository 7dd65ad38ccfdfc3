"""Screens: one browser context a person, every script error and console error noted."""

import re
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.pages.people import Person

#: What a browser writes of its own accord where a test cuts the line.
CUT = r"ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket"


class Screens:
    """What people see. A test ends with `check`."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []
        self.forgiven: list[str] = []

    def of(self, person: Person | None = None, **options: Any) -> BrowserContext:
        """A browser of somebody's own; of nobody signed in without a person. Its clock is Tokyo's."""
        context = self.browser.new_context(
            base_url=self.url,
            storage_state=person.state if person else None,
            **{"timezone_id": "Asia/Tokyo", "reduced_motion": "reduce"} | options,
        )
        self.contexts.append(context)
        context.set_default_timeout(15_000)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("console", self.hear)
        return context

    def open(self, person: Person | None, path: str, **options: Any) -> Page:
        """A page of a new browser."""
        page = self.of(person, **options).new_page()
        page.goto(path)
        return page

    def hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location['url']})")

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
