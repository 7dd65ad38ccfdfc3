import { page } from "../page.js";
import { copyText } from "../dom/clipboard.js";
import { openDialog } from "../dom/dialogs.js";
import { closePicker, openPicker } from "../emoji/picker.js";
import { copyOf } from "../dom/slots.js";
import { toast } from "../dom/toasts.js";
import { Refused } from "../live/commands.js";
import { flushUndoable, undoable } from "./message/undo.js";
import { PageController } from "./page_controller.js";
import { isMine } from "./timeline/reactions.js";
import { show } from "./timeline/rows.js";

/** @import {CommandBody} from "../live/protocol.d.ts" */

/** What one does to a message: react, edit, pin, delete, copy, look who has seen it. */
export class MessageController extends PageController {
  connect() {
    this.listen(window, "pagehide", flushUndoable);
    this.hear("edit_last", () => this.editLast());
  }

  /** @param {Event} event */
  toggleReaction(event) {
    const button = /** @type {HTMLElement} */ (event.currentTarget);
    this.reactWith(this.rowOf(event), button.dataset.emoji ?? "");
  }

  /** @param {Event} event */
  pickReaction(event) {
    const row = this.rowOf(event);
    openPicker(/** @type {HTMLElement} */ (event.currentTarget), (emoji) => {
      closePicker();
      this.reactWith(row, emoji);
    });
  }

  /**
   * @param {HTMLElement} row
   * @param {string} emoji
   */
  reactWith(row, emoji) {
    this.tell({ type: isMine(row, emoji) ? "unreact" : "react", room: page.room, message: seqOf(row), emoji });
  }

  /** @param {Event} event */
  togglePin(event) {
    const row = this.rowOf(event);
    this.tell({ type: row.matches(".is-pinned") ? "unpin" : "pin", room: page.room, message: seqOf(row) });
  }

  /** @param {Event} event */
  edit(event) {
    this.beginEdit(this.rowOf(event));
  }

  editLast() {
    const own = this.element.querySelectorAll(".message.is-own[data-seq]:not(.is-deleted, [hidden])");
    const last = own[own.length - 1];
    if (last instanceof HTMLElement) this.beginEdit(last);
  }

  /** @param {HTMLElement} row */
  beginEdit(row) {
    if (row.querySelector(".edit")) return;
    const form = copyOf("edit-template");
    row.classList.add("is-being-edited");
    show(row, "body", false);
    row.querySelector("[data-slot='body']")?.after(form);
    row.scrollIntoView({ block: "nearest" });
  }

  /** @param {Event} event */
  delete(event) {
    const row = this.rowOf(event);
    row.hidden = true;
    undoable("Message deleted.", {
      undo: () => (row.hidden = false),
      act: () => {
        row.hidden = false;
        this.tell({ type: "delete", room: page.room, message: seqOf(row) });
      },
    });
  }

  /** @param {Event} event */
  copyText(event) {
    void copyText(this.rowOf(event).dataset.text ?? "", "Text copied.");
  }

  /** @param {Event} event */
  copyLink(event) {
    const link = new URL(`?at=${seqOf(this.rowOf(event))}`, location.href);
    void copyText(link.href, "Link copied.");
  }

  /** @param {Event} event */
  seenBy(event) {
    void openDialog(this.roomUrl(`seen/${seqOf(this.rowOf(event))}/`));
  }

  /** @param {Event} event */
  journey(event) {
    void openDialog(this.roomUrl(`m/${seqOf(this.rowOf(event))}/journey/`));
  }

  /** @param {Event} event */
  history(event) {
    void openDialog(this.roomUrl(`m/${seqOf(this.rowOf(event))}/history/`));
  }

  /** @param {Event} event */
  retry(event) {
    const id = this.rowOf(event).dataset.clientId ?? "";
    void this.again(id);
  }

  /** @param {string} clientId */
  async again(clientId) {
    const outbox = page.connection?.outbox;
    const waiting = (await outbox?.waiting())?.find((one) => one.client_id === clientId);
    if (waiting) page.emit("queued", { ...waiting, at: Date.now(), failed: null });
    await outbox?.tryAgain(clientId);
  }

  /** @param {Event} event */
  discard(event) {
    const client_id = this.rowOf(event).dataset.clientId ?? "";
    page.emit("dropped", { client_id });
    void page.connection?.outbox.discard(client_id);
  }

  /** @param {CommandBody} command */
  tell(command) {
    page.connection?.act(command).catch((error) => toast(error instanceof Refused ? error.message : String(error)));
  }

  /** @param {string} path */
  roomUrl(path) {
    const room = document.getElementById("shell")?.dataset.roomUrl ?? location.pathname;
    return new URL(path, new URL(room, location.href)).pathname;
  }

  /**
   * @param {Event} event
   * @returns {HTMLElement}
   */
  rowOf(event) {
    return /** @type {HTMLElement} */ (/** @type {Element} */ (event.currentTarget).closest(".message"));
  }
}

/** @param {HTMLElement} row */
function seqOf(row) {
  return Number(row.dataset.seq);
}
