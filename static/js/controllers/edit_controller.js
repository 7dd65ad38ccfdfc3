import { page } from "../page.js";
import { toast } from "../dom/toasts.js";
import { grow } from "./composer/grow.js";
import { PageController } from "./page_controller.js";
import { show } from "./timeline/rows.js";

/** Changing what one's message says, in its place. */
export class EditController extends PageController {
  static targets = ["input"];

  connect() {
    this.row = /** @type {HTMLElement} */ (this.element.closest(".message"));
    this.input.value = this.row.dataset.text ?? "";
    this.listen(this.input, "input", () => grow(this.input));
    this.listen(this.input, "keydown", (event) => this.key(event));
    grow(this.input);
    this.input.focus();
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void this.save(event);
  }

  /** @param {Event} event */
  async save(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (text === this.row?.dataset.text) return this.cancel();
    try {
      await page.connection?.act({ type: "edit", room: page.room, message: Number(this.row?.dataset.seq), text });
      this.cancel();
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error));
    }
  }

  cancel() {
    this.row?.classList.remove("is-being-edited");
    if (this.row) show(this.row, "body", true);
    this.element.remove();
    document.getElementById("composer-input")?.focus();
  }

  get input() {
    return /** @type {HTMLTextAreaElement} */ (this.targets.find("input"));
  }
}
