import { page } from "../page.js";
import { PageController } from "./page_controller.js";
import { WayBack } from "./panel/way_back.js";

/** What an event changes in a panel: it is loaded anew while it shows that. */
const SHOWS = {
  pins: /** @type {const} */ (["pinned", "unpinned", "edited", "deleted", "expired", "reload"]),
  details: /** @type {const} */ (["joined", "left", "removed", "renamed", "topic_changed", "archived", "unarchived", "reload"]),
};

/** The third column: shows what htmx put into it, closes with Escape, keeps up with the room. */
export class PanelController extends PageController {
  /** @type {string | undefined} */
  address = undefined;
  /** @type {unknown} */
  opener = undefined;
  wayBack = new WayBack();

  connect() {
    this.listen(window, "popstate", () => this.wentBack());
    this.listen(this.element, "htmx:afterSwap", (event) => this.filled(event));
    this.listen(document, "keydown", (event) => this.key(event));
    this.hear("rights_changed", () => this.refresh("details"));
    for (const [part, types] of Object.entries(SHOWS)) {
      for (const type of types) this.hear(type, ({ room }) => room === page.room && this.refresh(part));
    }
  }

  /** @param {CustomEvent} event */
  filled(event) {
    if (this.isOpen) this.wayBack.opened();
    if (event.detail.requestConfig?.verb === "get" && event.target === this.element) {
      this.address = event.detail.requestConfig.path;
      this.opener ??= event.detail.requestConfig.elt;
    }
    const first = this.element.querySelector("[autofocus]");
    if (first instanceof HTMLElement && !this.element.contains(document.activeElement)) first.focus();
  }

  /** @param {string} part */
  refresh(part) {
    // Somebody writing in it is not to lose what they wrote, nor what they are being asked about.
    const isUsed = this.element.contains(document.activeElement) || document.querySelector("#confirm[open]") !== null;
    if (isUsed || !this.element.querySelector(`[data-panel="${part}"]`)) return;
    if (this.address) window.htmx?.ajax("get", this.address, { target: this.element, source: this.element });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const elsewhere = document.querySelector("dialog[open], :popover-open") !== null;
    if (event.key === "Escape" && !event.defaultPrevented && !elsewhere && this.isOpen) this.close();
  }

  wentBack() {
    if (this.isOpen && !this.wayBack.isOpen) this.close();
  }

  get isOpen() {
    return this.element.childElementCount > 0;
  }

  close() {
    const inside = this.element.contains(document.activeElement);
    this.element.replaceChildren();
    if (inside && this.opener instanceof HTMLElement) this.opener.focus();
    this.address = undefined;
    this.opener = undefined;
    this.wayBack.closed();
  }
}
