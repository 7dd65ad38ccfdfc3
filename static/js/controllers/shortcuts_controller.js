import { page } from "../page.js";
import { copyOf } from "../dom/slots.js";
import { showDialog } from "../dom/dialogs.js";
import { PageController } from "./page_controller.js";

/** Keys for the whole page; "?" lists them. */
export class ShortcutsController extends PageController {
  connect() {
    this.listen(document, "keydown", (event) => this.key(event));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.altKey && event.shiftKey) return this.walkRooms(event);
    if (!isWriting(event.target) && !isCombined(event)) this.plainKey(event);
  }

  /** @param {KeyboardEvent} event */
  plainKey(event) {
    if (event.key === "?") this.help(event);
    else if (event.key.length === 1 && event.key !== " ") this.write();
  }

  /** @param {KeyboardEvent} event */
  help(event) {
    if (!document.getElementById("shortcuts-template")) return;
    event.preventDefault();
    document.getElementById("dialog-body")?.replaceChildren(copyOf("shortcuts-template"));
    showDialog();
  }

  /** Whoever begins to type means the composer. */
  write() {
    document.getElementById("composer-input")?.focus();
  }

  /** @param {KeyboardEvent} event Alt-Shift with arrows: the next room where something waits. */
  walkRooms(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const links = /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll(".room-link[data-room]")]);
    const at = links.findIndex((link) => link.dataset.room === String(page.room));
    const around = [...links.slice(at + 1), ...links.slice(0, Math.max(at, 0))];
    const order = step > 0 ? around : around.reverse();
    order.find((link) => link.classList.contains("is-unread"))?.click();
  }
}

/** @param {KeyboardEvent} event */
function isCombined(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}

/** @param {EventTarget | null} target */
function isWriting(target) {
  return target instanceof Element && target.closest("input, textarea, select, button, a, [contenteditable]") !== null;
}
