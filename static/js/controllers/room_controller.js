import { page } from "../page.js";
import { fetchFragment } from "../dom/fragments.js";
import { fill, slot } from "../dom/slots.js";
import { PageController } from "./page_controller.js";
import { addFace, removeFace } from "./room/faces.js";

/** @import {Person} from "../live/protocol.d.ts" */

/** The open room itself: its name and topic, how many are in it, whether one may still write. */
export class RoomController extends PageController {
  connect() {
    const here = (/** @type {{room: number}} */ { room }) => room === page.room;
    this.hear("renamed", (event) => here(event) && this.changed("room-name", event.name));
    this.hear("topic_changed", (event) => here(event) && this.changed("room-topic", event.topic));
    this.hear("joined", (event) => here(event) && this.came(event.person));
    this.hear("left", (event) => here(event) && this.went(event.person));
    this.hear("removed", (event) => here(event) && this.went(event.person));
    this.hear("archived", (event) => here(event) && void this.redrawAround({ foot: true }));
    this.hear("unarchived", (event) => here(event) && void this.redrawAround({ foot: true }));
    this.hear("room_removed", (signal) => here(signal) && this.closed());
    this.hear("room_added", ({ state }) => here(state) && !page.member && location.reload());
    this.hear("welcome", ({ rooms }) => page.member && !rooms.some(here) && this.closed());
  }

  /**
   * @param {"room-name" | "room-topic"} name
   * @param {string} text
   */
  changed(name, text) {
    this.head(name, text);
    void this.redrawAround({ foot: false });
  }

  /**
   * The page's title, how the room begins, whom one writes to or why one cannot: the server knows how to say it.
   * @param {{foot: boolean}} what The foot is replaced only where it is another one: somebody may be writing in it.
   */
  async redrawAround({ foot }) {
    const fresh = await fetchFragment(location.pathname);
    for (const place of foot ? [".timeline-start", "#room-foot"] : [".timeline-start"]) replace(place, fresh);
    const input = fresh.querySelector("#composer-input");
    for (const name of ["placeholder", "aria-label"]) {
      if (input) document.getElementById("composer-input")?.setAttribute(name, input.getAttribute(name) ?? "");
    }
    page.emit("titled", fresh.querySelector("title")?.textContent ?? document.title);
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  head(name, text) {
    const header = document.getElementById("room-header");
    if (!header) return;
    fill(header, name, text);
    if (name === "room-topic") slot(header, name)?.setAttribute("title", text);
  }

  /** @param {Person} person */
  came(person) {
    this.countPeople(1);
    addFace(person);
  }

  /** @param {Person} person */
  went(person) {
    this.countPeople(-1);
    removeFace(person);
  }

  /** @param {number} change */
  countPeople(change) {
    const header = document.getElementById("room-header");
    const count = header && slot(header, "people-count");
    if (count) count.textContent = String(Number(count.textContent) + change);
  }

  /** One is not in this room any more. */
  closed() {
    page.member = false;
    const line = document.createElement("p");
    line.className = "bar bar--closed";
    line.setAttribute("role", "status");
    const way = document.createElement("a");
    // Home knows the way, also for those who are not in the workspace any more.
    way.href = "/";
    way.textContent = "Go to another room";
    line.append("You are no longer in this room. ", way);
    document.getElementById("room-foot")?.replaceChildren(line);
  }
}

/**
 * @param {string} place Selector of what is drawn anew.
 * @param {ParentNode} fresh The page as it is now.
 */
function replace(place, fresh) {
  const element = document.querySelector(place);
  const drawn = fresh.querySelector(place);
  if (!element || !drawn) return;
  element.replaceChildren(...drawn.childNodes);
  window.htmx?.process(element);
}
