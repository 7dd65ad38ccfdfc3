"""One real site and one browser for all tests of pages, the site started as people start it.

Both end with the last of these tests and before any other: Playwright's event loop runs in the thread of the tests.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from collab.embedded import tether
from tests.collab.running import RunningSite, free_port
from tests.pages.places import Cast, Place
from tests.pages.screens import Screens
from tests.pages.tabs import Tabs
from tests.pages.talking import Talk

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

expect.set_options(timeout=15_000)


def up() -> list[str]:
    """`manage.py up` that ends with the tests even where these are killed."""
    return [sys.executable, str(tether.__file__), str(os.getpid()), "-", "SIGTERM", sys.executable, "manage.py", "up"]


@pytest.fixture(scope="package")
def place() -> Iterator[Place]:
    """The site; it is stopped whatever happens."""
    # Not in pytest's own folder: each run of pytest closes that to the user of the site's PostgreSQL.
    with tempfile.TemporaryDirectory(prefix="collab-pages-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        running = RunningSite(Path(folder, "var"), free_port(), *up(), EMAIL_URL="memory:", CANARY_SECONDS="0")
        try:
            running.await_line("Ready: http://localhost")
            yield Place(running)
        finally:
            if running.process.poll() is None:
                running.stop()


@pytest.fixture(scope="package")
def cast(place: Place) -> Cast:
    """People of the site and Ada's workspace."""
    return Cast(place)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium."""
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def tabs(browser: Browser, place: Place) -> Tabs:
    """Its tabs, at the site."""
    return Tabs(browser, place.url)


@pytest.fixture
def screens(tabs: Tabs) -> Iterator[Screens]:
    """Screens of one test; any script error on one fails it."""
    screens = Screens(tabs)
    yield screens
    screens.close()
    screens.check()


@pytest.fixture(scope="module")
def conversation(tabs: Tabs, place: Place) -> Iterator[Talk]:
    """Two people who go on talking from test to test of a file."""
    talk = Talk(Screens(tabs), place)
    yield talk
    talk.screens.close()


@pytest.fixture
def talk(conversation: Talk) -> Iterator[Talk]:
    """The conversation; any script error on a screen fails the test."""
    yield conversation
    conversation.screens.check()


@pytest.fixture
def grace(talk: Talk) -> Page:
    """The screen of one of them."""
    return talk.grace


@pytest.fixture
def alan(talk: Talk) -> Page:
    """The screen of the other."""
    return talk.alan
