import { page } from "../page.js";
import { fetchFragment } from "../dom/fragments.js";
import { fill, slot } from "../dom/slots.js";
import { PageController } from "./page_controller.js";

/** The open room itself: its name and topic, how many are in it, whether one may still write. */
export class RoomController extends PageController {
  connect() {
    const here = (/** @type {{room: number}} */ { room }) => room === page.room;
    this.hear("renamed", (event) => here(event) && this.head("room-name", event.name));
    this.hear("topic_changed", (event) => here(event) && this.head("room-topic", event.topic));
    this.hear("joined", (event) => here(event) && this.countPeople(1));
    this.hear("left", (event) => here(event) && this.countPeople(-1));
    this.hear("removed", (event) => here(event) && this.countPeople(-1));
    this.hear("archived", (event) => here(event) && void this.reloadFoot());
    this.hear("unarchived", (event) => here(event) && void this.reloadFoot());
    this.hear("room_removed", (signal) => here(signal) && this.closed());
    this.hear("room_added", ({ state }) => here(state) && !page.member && location.reload());
    this.hear("welcome", ({ rooms }) => page.member && !rooms.some(here) && this.closed());
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

  /** @param {number} change */
  countPeople(change) {
    const header = document.getElementById("room-header");
    const count = header && slot(header, "people-count");
    if (count) count.textContent = String(Number(count.textContent) + change);
  }

  /** Composer or "archived": the server knows which belongs there. */
  async reloadFoot() {
    const fresh = (await fetchFragment(location.pathname)).querySelector("#room-foot");
    if (fresh) document.getElementById("room-foot")?.replaceChildren(...fresh.childNodes);
  }

  /** One is not in this room any more. */
  closed() {
    page.member = false;
    const line = document.createElement("p");
    line.className = "bar bar--closed";
    line.setAttribute("role", "status");
    const way = document.createElement("a");
    way.href = `/w/${document.getElementById("shell")?.dataset.workspace}/`;
    way.textContent = "Go to another room";
    line.append("You are no longer in this room. ", way);
    document.getElementById("room-foot")?.replaceChildren(line);
  }
}
