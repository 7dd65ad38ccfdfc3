"""A conversation of two people, and how each of them uses the page."""

from playwright.sync_api import Locator, Page

from tests.pages.places import Place
from tests.pages.screens import Screens


class Talk:
    """Grace's screen, Alan's screen, and what is between them."""

    def __init__(self, screens: Screens, place: Place) -> None:
        self.screens = screens
        self.place = place
        self.grace = screens.of().new_page()
        self.alan = screens.of().new_page()

    @property
    def room(self) -> int:
        return int(self.grace.locator("#shell").get_attribute("data-room") or 0)

    def both(self) -> tuple[Page, Page]:
        return self.grace, self.alan

    def revive_alan(self) -> None:
        """The same browser, in a tab whose way to the site is open."""
        old = self.alan
        self.alan = old.context.new_page()
        self.alan.goto(old.url)
        old.close()


def sign_up(page: Page, name: str) -> None:
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail").fill(f"{name.partition(' ')[0].lower()}@example.org")
    page.get_by_label("Password").fill("three plain words")
    page.get_by_role("main").get_by_role("button", name="Sign up").click()


def composer(page: Page) -> Locator:
    return page.locator("#composer-input")


def say(page: Page, text: str) -> None:
    composer(page).fill(text)
    composer(page).press("Enter")


def row(page: Page, text: str) -> Locator:
    """The last message with these words in it."""
    return page.locator("#timeline > .message", has_text=text).last


def act(page: Page, text: str, name: str) -> None:
    """Press a button of a message's toolbar."""
    row(page, text).hover()
    row(page, text).get_by_role("button", name=name, exact=True).click()


def remove(page: Page, text: str) -> None:
    act(page, text, "More")
    page.get_by_role("menuitem", name="Delete").click()


def make_workspace(page: Page, name: str) -> None:
    page.get_by_label("What is your team called?").fill(name)
    page.get_by_role("button", name="Make the workspace").click()


def make_link(page: Page, workspace: str) -> str:
    """The address of a new invitation to the workspace."""
    page.get_by_role("button", name=workspace).click()
    page.locator("#workspace-menu").get_by_role("link", name="Invite people").click()
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Invitation link").input_value()
    page.get_by_role("button", name="Close").last.click()
    return link


def make_room(page: Page, name: str) -> None:
    page.get_by_role("link", name="Make a room").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make the room").click()


def bring_in(page: Page, name: str) -> None:
    """Add a person to the open room."""
    page.get_by_role("link", name="Details of this room").click()
    page.get_by_label("Add a person").select_option(label=name)
    page.get_by_role("button", name="Add", exact=True).click()
