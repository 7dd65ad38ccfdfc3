import { page } from "../page.js";
import { fill, slot } from "../dom/slots.js";
import { PageController } from "./page_controller.js";
import { applyEvent, ROWS, rowOf } from "./timeline/apply.js";
import { nameOthers } from "./timeline/folding.js";
import { drawNewLine, removeNewLine } from "./timeline/new_line.js";
import { Paging } from "./timeline/paging.js";
import { Stick } from "./timeline/stick.js";
import { unreadBelow } from "./timeline/unread.js";
import { Unsent } from "./timeline/unsent.js";

/** @import {AnyEvent, Posted, Reload} from "../live/protocol.d.ts" */

/** The rows of the open room: continues what the server drew with what is heard live. */
export class TimelineController extends PageController {
  static targets = ["scroller", "list", "loading", "start", "jump"];

  /** What was heard while rows were loading: they may be of a moment before it. @type {AnyEvent[]} */
  meanwhile = [];

  connect() {
    this.stick = new Stick(this.scroller, this.list, () => this.moved());
    this.unsent = new Unsent(this.list);
    this.paging = new Paging(this);
    for (const type of Object.keys(ROWS)) this.hear(/** @type {AnyEvent["type"]} */ (type), (event) => this.apply(event));
    this.hear("reload", (signal) => this.reload(signal));
    this.hear("queued", (waiting) => this.queued(waiting));
    this.hear("failed", (waiting) => this.unsent?.failed(waiting));
    this.hear("taken", (room) => room === page.room && void this.unsent?.restore());
    this.hear("dropped", ({ client_id }) => this.unsent?.dropped(client_id));
    this.hear("world_changed", () => this.countSoon());
    this.listen(this.scroller, "scroll", () => this.countSoon(), { passive: true });
    this.listen(document, "click", (event) => this.followLink(event));
    this.begin();
  }

  disconnect() {
    super.disconnect();
    this.stick?.release();
    this.paging?.release();
    cancelAnimationFrame(this.counting ?? 0);
  }

  begin() {
    const asked = Number(new URLSearchParams(location.search).get("at") ?? 0);
    const isFound = asked > 0 && this.find(asked);
    const newLine = this.list.querySelector("#new-line");
    if (!isFound && newLine) newLine.scrollIntoView({ block: "start" });
    else if (!isFound) this.stick?.toEnd();
    this.stick?.settle();
    void this.unsent?.restore();
    this.moved();
  }

  /**
   * Shows a row and marks it for a moment.
   * @param {number} seq
   * @returns {boolean} Whether it is loaded.
   */
  find(seq) {
    const row = rowOf(this.list, seq);
    if (!row) return false;
    const { href } = location;
    // The style sheet lights up the address's target; a reload is not to come back to it.
    location.replace(`#${row.id}`);
    history.replaceState(history.state, "", href);
    row.scrollIntoView({ block: "center" });
    return true;
  }

  /** @param {MouseEvent} event A link to a message that stands here already needs no new page. */
  followLink(event) {
    const link = /** @type {Element} */ (event.target).closest("a[href*='at=']");
    if (!(link instanceof HTMLAnchorElement) || link.pathname !== location.pathname || event.ctrlKey || event.metaKey) return;
    const seq = Number(new URLSearchParams(link.search).get("at"));
    if (seq && this.find(seq)) event.preventDefault();
  }

  /** @param {AnyEvent} event */
  apply(event) {
    if (event.room !== page.room) return;
    if (this.paging?.busy) this.meanwhile.push(event);
    applyEvent(this.list, event, !this.newerValue);
    if (event.type === "posted") this.said(event);
    if (this.atEnd) this.paging?.trim();
  }

  applyAgain() {
    for (const event of this.meanwhile.splice(0)) applyEvent(this.list, event, !this.newerValue);
  }

  /** @param {Posted} event */
  said(event) {
    const row = rowOf(this.list, event.seq);
    if (event.actor?.id === page.me) return;
    if (row && !this.looking && !this.hasNewLine()) drawNewLine(this.list, row);
  }

  /** Whether the line stands where one left off, and not where one did an earlier time. */
  hasNewLine() {
    const next = /** @type {HTMLElement | null} */ (this.list.querySelector("#new-line + [data-seq]"));
    return Number(next?.dataset.seq ?? 0) > (page.world?.rooms.get(page.room)?.position ?? 0);
  }

  /** @param {import("../live/protocol.d.ts").Waiting} waiting */
  async queued(waiting) {
    if (this.newerValue) await this.paging?.newest();
    removeNewLine(this.list);
    this.unsent?.queued(waiting);
    this.stick?.toEnd();
  }

  /** @param {Reload} signal */
  async reload(signal) {
    if (signal.room !== page.room) return;
    await this.paging?.renew();
    void this.unsent?.restore();
  }

  async toNewest() {
    if (this.newerValue) await this.paging?.newest();
    this.stick?.goToEnd();
  }

  /** @param {Event} event */
  others(event) {
    nameOthers(/** @type {HTMLElement} */ (event.currentTarget));
  }

  moved() {
    this.jump.hidden = this.atEnd;
    this.countSoon();
    page.atEnd = this.atEnd;
    page.emit("shown", null);
  }

  countSoon() {
    cancelAnimationFrame(this.counting ?? 0);
    if (!this.atEnd) this.counting = requestAnimationFrame(() => this.count());
  }

  count() {
    const fresh = unreadBelow(this.list, this.scroller.getBoundingClientRect().bottom);
    fill(this.jump, "count", String(fresh));
    slot(this.jump, "fresh")?.toggleAttribute("hidden", fresh === 0);
  }

  get atEnd() {
    return !this.newerValue && (this.stick?.stuck ?? true);
  }

  get looking() {
    return this.atEnd && document.hasFocus() && !document.hidden;
  }

  get list() {
    return /** @type {HTMLElement} */ (this.targets.find("list"));
  }

  get scroller() {
    return /** @type {HTMLElement} */ (this.targets.find("scroller"));
  }

  get jump() {
    return /** @type {HTMLElement} */ (this.targets.find("jump"));
  }

  /** @type {boolean} */
  get newerValue() {
    return this.data.get("newer-value") === "true";
  }

  set newerValue(newer) {
    this.data.set("newer-value", String(newer));
  }

  /** @type {boolean} */
  get olderValue() {
    return this.data.get("older-value") === "true";
  }

  set olderValue(older) {
    this.data.set("older-value", String(older));
  }

  get url() {
    return this.data.get("url-value") ?? "";
  }
}
