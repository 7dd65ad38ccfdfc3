import { page } from "../page.js";
import { slot } from "../dom/slots.js";
import { PageController } from "./page_controller.js";

/** @type {Record<string, number>} */
const BAR_KEYS = { ArrowLeft: -1, ArrowRight: 1 };
/** @type {Record<string, number>} */
const MENU_KEYS = { ArrowUp: -1, ArrowDown: 1 };

/** One toolbar for all messages: it goes to the one pointed at or focused. Arrow keys go from message to message. */
export class ToolbarController extends PageController {
  connect() {
    if (!document.getElementById("toolbar-template") || !page.member) return;
    const template = /** @type {HTMLTemplateElement} */ (document.getElementById("toolbar-template"));
    /** The bar and its menu. */
    this.parts = /** @type {HTMLElement[]} */ ([...document.importNode(template.content, true).children]);
    this.listen(this.element, "pointerover", (event) => this.attend(event.target));
    this.listen(this.element, "focusin", (event) => this.attend(event.target));
    this.listen(this.element, "keydown", (event) => this.walk(event));
    for (const part of this.parts) if (part.popover) this.listen(part, "click", () => part.hidePopover());
  }

  /** @param {Element} target */
  attend(target) {
    const row = /** @type {HTMLElement | null} */ (target.closest(".message"));
    if (!row || this.isBusy()) return;
    if (row.dataset.state !== "sent" || row.matches(".is-deleted, .is-being-edited")) return this.leave();
    this.suit(row);
    if (row !== this.parts?.[0]?.parentElement) row.append(...(this.parts ?? []));
  }

  leave() {
    for (const part of this.parts ?? []) part.remove();
  }

  /** A menu that is open keeps its message. */
  isBusy() {
    return document.querySelector("#message-menu:popover-open, #emoji-popover:popover-open") !== null;
  }

  /** @param {HTMLElement} row */
  suit(row) {
    const own = row.matches(".is-own");
    const edited = row.matches(".is-edited");
    const allowed = { edit: own, delete: own || page.mayManage, journey: own, history: edited };
    for (const part of this.parts ?? []) {
      for (const [name, shown] of Object.entries(allowed)) slot(part, name)?.toggleAttribute("hidden", !shown);
      this.suitPin(slot(part, "pin-toggle"), row.matches(".is-pinned"));
    }
  }

  /**
   * @param {HTMLElement | null} pin
   * @param {boolean} pinned
   */
  suitPin(pin, pinned) {
    pin?.setAttribute("aria-pressed", String(pinned));
    pin?.setAttribute("aria-label", pinned ? "Unpin" : "Pin");
    if (pin) pin.title = pinned ? "Unpin" : "Pin";
  }

  /** @param {KeyboardEvent} event */
  walk(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.closest("[role='menu']")) return along(event, target, "[role='menu']", MENU_KEYS);
    if (target.closest(".toolbar")) return along(event, target, ".toolbar", BAR_KEYS);
    if (!target.matches(".message, .timeline-scroll") || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const rows = /** @type {HTMLElement[]} */ ([...this.element.querySelectorAll(".message:not([hidden])")]);
    const at = rows.indexOf(target);
    const next = at < 0 ? rows.at(-1) : rows[at + (event.key === "ArrowUp" ? -1 : 1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}

/**
 * Arrow keys go from button to button, round and round; Escape goes back to the message.
 * @param {KeyboardEvent} event
 * @param {HTMLElement} target
 * @param {string} within
 * @param {Record<string, number>} keys
 */
function along(event, target, within, keys) {
  if (event.key === "Escape") return /** @type {HTMLElement | null} */ (target.closest(".message"))?.focus();
  const step = keys[event.key];
  if (!step) return;
  const all = target.closest(within)?.querySelectorAll("button:not([hidden])") ?? [];
  const buttons = /** @type {HTMLElement[]} */ ([...all]);
  event.preventDefault();
  buttons.at((buttons.indexOf(target) + step) % buttons.length)?.focus();
}
