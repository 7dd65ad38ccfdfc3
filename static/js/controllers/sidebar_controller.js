import { page } from "../page.js";
import { fetchFragment, NoFragment } from "../dom/fragments.js";
import { copyOf, slot } from "../dom/slots.js";
import { PageController } from "./page_controller.js";
import { keepPlace, restorePlace, showInside, unreadBelow } from "./sidebar/place.js";

/** @import {RoomCount} from "../models/room_count.js" */

/** What changes which rooms stand here, or what they are called: the list comes anew from the server. */
const RELOADING = /** @type {const} */ (["room_added", "room_removed", "renamed", "archived", "unarchived", "new_epoch"]);
/** Several such things often come together. */
const GATHER = 150;

/** The list of rooms: counts live, and the list itself when it changes. */
export class SidebarController extends PageController {
  static targets = ["list", "below"];

  /** The rooms of the last welcome. @type {string | undefined} */
  mine = undefined;

  connect() {
    this.hear("world_changed", () => this.drawSoon());
    this.hear("posted", ({ room }) => this.lift(room));
    for (const type of RELOADING) this.hear(type, () => this.reloadSoon());
    this.hear("welcome", () => this.welcomed());
    restorePlace(this.list);
    this.listen(window, "pagehide", () => keepPlace(this.list));
    this.listen(this.list, "scroll", () => this.drawBelow(), { passive: true });
    this.listen(window, "resize", () => this.drawBelow(), { passive: true });
    this.drawBelow();
  }

  disconnect() {
    super.disconnect();
    clearTimeout(this.reloading);
    cancelAnimationFrame(this.drawing ?? 0);
  }

  /** While one was away no signal said that one came into a room, or out of one. */
  welcomed() {
    const rooms = [...(page.world?.rooms.values() ?? [])].filter((room) => room.workspace === page.workspace);
    const mine = rooms.map((room) => room.room).sort().join();
    if (this.mine !== undefined && this.mine !== mine) this.reloadSoon();
    this.mine = mine;
  }

  drawSoon() {
    cancelAnimationFrame(this.drawing ?? 0);
    this.drawing = requestAnimationFrame(() => this.draw());
  }

  draw() {
    for (const link of this.links) {
      const room = page.world?.rooms.get(Number(link.dataset.room));
      if (room) drawCounts(link, room);
    }
    this.drawElsewhere();
    this.drawBelow();
  }

  /** Whether something waits further down than one sees. */
  drawBelow() {
    this.targets.find("below")?.toggleAttribute("hidden", !unreadBelow(this.list));
  }

  toUnread() {
    const link = unreadBelow(this.list);
    if (!link) return;
    showInside(this.list, link);
    link.focus({ preventScroll: true });
  }

  /** On a phone the list is away: its button says that something waits there. */
  drawElsewhere() {
    const mark = document.getElementById("elsewhere");
    if (!mark) return;
    const rooms = [...(page.world?.rooms.values() ?? [])].filter((room) => room.workspace === page.workspace);
    mark.hidden = !rooms.some((room) => room.room !== page.room && room.unread > 0);
  }

  /**
   * Direct conversations stand by their last word.
   * @param {number} room
   */
  lift(room) {
    const link = this.links.find((one) => one.dataset.room === String(room) && one.dataset.direct === "true");
    const item = link?.closest("li");
    if (item?.previousElementSibling) item.parentElement?.prepend(item);
  }

  reloadSoon() {
    clearTimeout(this.reloading);
    this.reloading = setTimeout(() => void this.reload(), GATHER);
  }

  async reload() {
    const { list } = this;
    try {
      list.replaceChildren(await fetchFragment(`${this.data.get("url-value")}?room=${page.room}`));
    } catch (error) {
      return this.failed(error);
    }
    window.htmx?.process(list);
    this.draw();
    this.dispatch("loaded");
  }

  /** @param {unknown} error To those who are not in the workspace any more it does not exist. */
  failed(error) {
    if (error instanceof NoFragment && error.status === 404) this.list.replaceChildren(copyOf("outside-template"));
    else console.warn("The room list could not be loaded.", error);
  }

  get list() {
    return /** @type {HTMLElement} */ (this.targets.find("list"));
  }

  get links() {
    return /** @type {HTMLElement[]} */ ([...this.element.querySelectorAll(".room-link[data-room]")]);
  }
}

/**
 * @param {HTMLElement} link
 * @param {RoomCount} room
 */
function drawCounts(link, room) {
  const { unread, mentions } = room;
  Object.assign(link.dataset, { unread: String(unread), mentions: String(mentions), head: String(room.head), position: String(room.position) });
  link.classList.toggle("is-unread", unread > 0);
  link.classList.toggle("has-mentions", mentions > 0);
  const badge = slot(link, "unread");
  if (!badge) return;
  badge.hidden = unread === 0;
  badge.textContent = String(mentions || unread);
}
