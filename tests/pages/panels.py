"""The panel beside a room, opened as people open it."""

from playwright.sync_api import Page, expect

#: What each is opened with.
LINKS = {"details": "Details of this room", "pins": "Pinned messages"}


def open_panel(page: Page, panel: str) -> None:
    """Open it, and have it there."""
    # Not Playwright's own click: it waits for frames, which a page behind another tab draws one in two seconds.
    page.get_by_role("link", name=LINKS[panel], exact=True).dispatch_event("click")
    expect(page.locator(f"#panel [data-panel='{panel}']")).to_be_attached()
