import { page } from "../page.js";
import { toast } from "../dom/toasts.js";
import { Completion } from "./composer/completion.js";
import { grow } from "./composer/grow.js";
import { PageController } from "./page_controller.js";
import { show } from "./timeline/rows.js";

/** Changing what one's message says, in its place. */
export class EditController extends PageController {
  static targets = ["input", "list"];

  connect() {
    this.row = /** @type {HTMLElement} */ (this.element.closest(".message"));
    this.input.value = this.row.dataset.text ?? "";
    // Several messages may be changed at a time.
    this.list.id = `completion-${this.row.id}`;
    this.input.setAttribute("aria-controls", this.list.id);
    this.completion = new Completion(this.input, this.list);
    this.listen(this.input, "input", () => this.changed());
    this.listen(this.input, "keydown", (event) => this.key(event));
    this.listen(this.input, "click", () => void this.completion?.look());
    this.listen(this.input, "blur", () => this.completion?.close());
    grow(this.input);
    this.input.focus();
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
  }

  changed() {
    grow(this.input);
    void this.completion?.look();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (this.completion?.key(event)) return;
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

  get list() {
    return /** @type {HTMLElement} */ (this.targets.find("list"));
  }

  get input() {
    return /** @type {HTMLTextAreaElement} */ (this.targets.find("input"));
  }
}
