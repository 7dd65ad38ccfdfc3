"""What a page shows, put so that two pages can be compared."""

import json
from collections.abc import Collection
from difflib import unified_diff
from typing import Any

from playwright.sync_api import Page, expect

#: Rows, who has seen them, room list, header, foot, workspace and panel as trees: attributes by name, classes as a set,
#: times as instants.
LOOK = """() => {
  const PASSING = ".toolbar, .menu--message, [name='csrfmiddlewaretoken']";
  const INSTANTS = ["data-at", "datetime"];
  const instant = (value) => (/T/.test(value) ? String(Date.parse(value)) : value);
  const attribute = ({ name, value }) => {
    if (name === "class") return [name, value.split(/\\s+/).filter(Boolean).sort().join(" ")];
    return [name, INSTANTS.includes(name) ? instant(value) : value];
  };
  const attributes = (element) => Object.fromEntries([...element.attributes].map(attribute).sort());
  const tree = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data.replace(/\\s+/g, " ").trim();
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches(PASSING)) return "";
    return [node.localName, attributes(node), ...[...node.childNodes].map(tree).filter(Boolean)];
  };
  const trees = (selector) => [...document.querySelectorAll(selector)].map(tree);
  const said = (selector) => document.querySelector(selector)?.innerText.replace(/\\s+/g, " ").trim() ?? "";
  return {
    rows: trees("#timeline > *"),
    seen: trees("#seen > *"),
    sidebar: trees(".room-link"),
    header: ["room-name", "room-topic", "people-count"].map((slot) => trees(`#room-header [data-slot='${slot}']`)),
    faces: trees("#room-header .people-stack > .avatar"),
    foot: trees("#room-foot > .bar"),
    panel: trees("#panel > *"),
    composer: document.querySelector("#composer-input")?.placeholder ?? "",
    title: document.title,
    rights: [document.querySelector("#shell").dataset.mayManage, document.querySelector("#shell").dataset.role],
    workspace: [...trees(".sidebar__top > *"), document.querySelector("#sidebar").getAttribute("aria-label")],
    start: said(".timeline-start"),
  };
}"""

#: Waits in the page itself: the site allows no eval, and Playwright's own waiting uses it.
UNTIL = """async ([wanted, ms]) => {
  const all = LOOK;
  const look = () => Object.fromEntries(Object.entries(all()).filter(([part]) => part in wanted));
  const right = JSON.stringify(wanted);
  const end = performance.now() + ms;
  while (JSON.stringify(look()) !== right && performance.now() < end) await new Promise(requestAnimationFrame);
  return look();
}""".replace("LOOK", LOOK)

POSITION = """async ([room, head, ms]) => {
  const end = performance.now() + ms;
  const position = async () => (await (await fetch(`/api/v1/rooms/${room}/position/`)).json()).position;
  let now = await position();
  while (now < head && performance.now() < end) now = await position();
  return now;
}"""


def await_live(page: Page) -> None:
    """The page's socket is there and has caught up."""
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")


def look(page: Page) -> dict[str, Any]:
    """What the page shows now."""
    shown: dict[str, Any] = page.evaluate(LOOK)
    return shown


def await_same(live: Page, anew: Page, name: str, but: Collection[str] = ()) -> None:
    """Two pages come to show the same: what passes, such as who is online, may still be on its way to either.

    Args:
        live: the page that heard what happened.
        anew: the page that was loaded after it.
        name: whose pages they are.
        but: parts of the look that may differ.
    """
    for _ in range(6):
        wanted = {part: shown for part, shown in look(anew).items() if part not in but}
        shown = live.evaluate(UNTIL, [wanted, 1_000])
        if shown == wanted:
            return
    raise AssertionError(f"{name}:\n{difference(shown, wanted)}")


def await_position(page: Page, room: int, head: int) -> None:
    """The site knows that the person has read so far."""
    assert page.evaluate(POSITION, [room, head, 10_000]) == head


def difference(live: dict[str, Any], fresh: dict[str, Any]) -> str:
    """Live against reloaded, line by line."""
    before, after = (json.dumps(each, indent=1, ensure_ascii=False).splitlines() for each in (live, fresh))
    return "\n".join(unified_diff(before, after, "live", "reloaded", lineterm="", n=4))
