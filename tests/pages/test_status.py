"""The status page as people see it: full, empty, in trouble, without a database; it is fresh without being asked."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pages.places import Place
from tests.pages.planted import await_report, minute, plant, weeks
from tests.pages.screens import Screens
from tests.pages.test_accessibility import look

pytestmark = pytest.mark.page


def ago(minutes: int) -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=minutes)


@pytest.fixture
def page(screens: Screens) -> Page:
    """Nobody's."""
    return screens.of(None).new_page()


def test_weeks_of_a_site_read_well(place: Place, page: Page) -> None:
    plant(place, weeks(ago(0)))
    page.goto("/status")
    expect(page.get_by_role("heading", level=1)).to_have_text("Everything works")
    look(page, "full")
    for summary in page.locator("summary").all():
        summary.click()
    expect(page.get_by_role("table").last.get_by_role("row")).to_have_count(1 + 30)
    look(page, "with its tables")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than a phone"
    expect(page.get_by_text("Messages could not be sent:").first).to_be_visible()


def test_a_new_site_says_that_it_knows_nothing_yet(place: Place, page: Page) -> None:
    plant(place, [])
    page.goto("/status")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is measured right now")
    expect(page.get_by_text("Nothing has been measured yet.")).to_be_visible()
    look(page, "empty")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"failed": 12}, "Messages cannot be sent right now, since"),
        ({"failed": 2}, "Some messages fail or come late, since"),
        ({"typical": 2_500.0}, "Messages take longer than usual, since"),
    ],
)
def test_trouble_is_in_the_headline(place: Place, page: Page, row: dict[str, float], words: str) -> None:
    plant(place, [minute(ago(each), **row) for each in (0, 1, 2)])  # type: ignore[arg-type]
    page.goto("/status")
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)
    expect(page.get_by_text("still going on")).to_be_visible()
    look(page, words)


def test_rows_as_no_canary_writes_them_break_nothing(place: Place, page: Page) -> None:
    odd = minute(ago(1)) | {"histogram": [0] * 40 + [7], "longest": 2**31 - 1, "median": None, "beats": 0, "lost": 99}
    plant(place, [odd, minute(ago(-600)), minute(ago(2)) | {"histogram": [], "unavailable": 40}])
    page.goto("/status")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    look(page, "odd")


def test_it_changes_by_itself_and_leaves_open_what_is_open(place: Place, page: Page) -> None:
    plant(place, [minute(ago(1))])
    page.goto("/status")
    page.get_by_text("As a table, by the hour").click()
    plant(place, [minute(ago(each), failed=12) for each in (0, 1)])
    # What the page itself does every half minute.
    page.evaluate("htmx.ajax('GET', '/status', {target: '#health-now', swap: 'outerHTML'})")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Messages cannot be sent right now")
    expect(page.get_by_role("table").first).to_be_visible()
    expect(page.get_by_role("table").first).to_contain_text("0 %")
    assert page.locator("#health-day").count() == page.locator("#health-incidents").count() == 1


def test_it_can_be_read_without_scripts(place: Place, browser: Browser) -> None:
    plant(place, [minute(ago(1))])
    context = browser.new_context(java_script_enabled=False, base_url=place.url)
    page = context.new_page()
    page.goto("/status")
    expect(page.get_by_role("heading", level=1)).to_have_text("Everything works")
    page.get_by_text("As a table, by the day").click()
    expect(page.get_by_role("table").last).to_be_visible()
    context.close()


def test_one_comes_there_from_the_front_door(place: Place, page: Page) -> None:
    await_report(place)
    page.goto("/")
    page.get_by_role("link", name="How this site is doing").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    look(page)
