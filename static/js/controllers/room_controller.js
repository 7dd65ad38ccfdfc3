import { page } from "../page.js";
import { NoAnswer } from "../dom/fragments.js";
import { slot } from "../dom/slots.js";
import { PageController } from "./page_controller.js";
import { addFace, removeFace, replaceFaces } from "./room/faces.js";
import { currentPage, drawHead, drawTopic, freshPage, redrawAround, redrawFoot, redrawHeader, redrawRights } from "./room/redraw.js";

/** @import {Person, RoleChanged, RoomState} from "../live/protocol.d.ts" */

/** The open room itself: its name and topic, how many are in it, whether one may still write. */
export class RoomController extends PageController {
  /** What is to be drawn anew as soon as the server answers again. @type {Set<(fresh: ParentNode) => void>} */
  owed = new Set();

  connect() {
    const here = (/** @type {{room: number}} */ { room }) => room === page.room;
    this.hear("renamed", (event) => here(event) && this.renamed(event.name));
    this.hear("topic_changed", (event) => here(event) && this.topicChanged(event.topic));
    this.hear("joined", (event) => here(event) && this.came(event.person));
    this.hear("left", (event) => here(event) && this.went(event.person));
    this.hear("removed", (event) => here(event) && this.went(event.person));
    this.hear("archived", (event) => here(event) && void this.redraw(redrawAround, redrawFoot));
    this.hear("unarchived", (event) => here(event) && void this.redraw(redrawAround, redrawFoot));
    this.hear("role_changed", (event) => this.roleChanged(event));
    this.hear("room_removed", (signal) => here(signal) && this.closed());
    this.hear("room_added", ({ state }) => (here(state) ? this.opened() : this.added(state)));
    this.hear("reload", (signal) => here(signal) && void this.redrawAll());
    this.hear("caught_up", () => this.owed.size > 0 && void this.redraw(...this.owed));
    this.hear("welcome", ({ rooms }) => (rooms.some(here) ? this.opened() : page.member && this.closed()));
  }

  /** @param {string} name */
  renamed(name) {
    drawHead("room-name", name);
    void this.redraw(redrawAround);
  }

  /** @param {string} topic */
  topicChanged(topic) {
    drawTopic(topic);
    void this.redraw(redrawAround);
  }

  /** @param {((fresh: ParentNode) => void)[]} parts */
  redraw(...parts) {
    return this.redrawFrom(freshPage, parts);
  }

  /** What one missed is not told any more. */
  redrawAll() {
    return this.redrawFrom(currentPage, [redrawHeader, redrawAround, redrawFoot]);
  }

  /**
   * @param {() => Promise<ParentNode | null>} load
   * @param {((fresh: ParentNode) => void)[]} parts
   */
  async redrawFrom(load, parts) {
    for (const part of parts) this.owed.add(part);
    try {
      const fresh = await load();
      for (const part of parts) {
        this.owed.delete(part);
        if (fresh) part(fresh);
      }
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    }
  }

  /** @param {RoleChanged} event */
  roleChanged({ person, room }) {
    const isHere = page.world?.rooms.get(room)?.workspace === page.workspace;
    if (person.id === page.me && isHere) void this.redraw(redrawRights);
  }

  /** @param {RoomState} state A guest who becomes a member comes into the general room, and hears no more than that. */
  added({ workspace }) {
    if (workspace === page.workspace && page.role === "guest") void this.redraw(redrawRights);
  }

  /** @param {Person} person */
  came(person) {
    this.countPeople(1);
    addFace(person);
  }

  /** @param {Person} person */
  went(person) {
    this.countPeople(-1);
    if (removeFace(person) && (person.id !== page.me || this.isOpenToAll)) void this.redrawFaces();
  }

  /** One may look into it without being in it. */
  get isOpenToAll() {
    return this.element.dataset.public === "true" && page.role !== "guest";
  }

  redrawFaces() {
    return this.redrawFrom(currentPage, [replaceFaces]);
  }

  /** @param {number} change */
  countPeople(change) {
    const header = document.getElementById("room-header");
    const count = header && slot(header, "people-count");
    if (count) count.textContent = String(Number(count.textContent) + change);
  }

  opened() {
    if (!page.member) location.reload();
  }

  /** One is not in this room any more. */
  closed() {
    page.member = false;
    page.allow({ mayManage: "false", role: page.role });
    for (const offer of document.querySelectorAll(".timeline-start a")) offer.remove();
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
