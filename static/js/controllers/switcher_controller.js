import { PageController } from "./page_controller.js";

/** Ctrl/Cmd-K: go to a room or person by name. A dialog with a combobox; its options come from the server. */
export class SwitcherController extends PageController {
  static targets = ["input", "list"];

  /** What is listed is not yet the answer to what is typed. */
  stale = false;
  /** Enter was pressed meanwhile. */
  wanted = false;

  connect() {
    this.listen(this.list, "htmx:afterSwap", () => this.listed());
    this.listen(this.input, "input", () => (this.stale = true));
    this.listen(document, "click", (event) => this.asked(event));
    this.listen(document, "keydown", (event) => this.shortcut(event));
  }

  /** @param {Event} event A button anywhere on the page may open it. */
  asked(event) {
    if (/** @type {Element} */ (event.target).closest("[data-opens='switcher']")) this.open();
  }

  /** @param {KeyboardEvent} event */
  shortcut(event) {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (this.dialog.open) this.dialog.close();
    else this.open();
  }

  open() {
    if (this.dialog.open) return;
    this.input.value = "";
    this.wanted = false;
    this.dialog.showModal();
    this.input.focus();
    window.htmx?.trigger(this.input, "load-switcher");
  }

  /** @param {KeyboardEvent} event */
  keys(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.choose(this.chosen + step);
    else if (event.key === "Enter") this.go();
    else return;
    event.preventDefault();
  }

  listed() {
    this.stale = false;
    this.choose(0);
    if (this.wanted) this.go();
  }

  go() {
    this.wanted = this.stale;
    if (!this.stale) this.options[this.chosen]?.click();
  }

  /** @param {number} index */
  choose(index) {
    const { options } = this;
    const chosen = options.length ? (index + options.length) % options.length : -1;
    for (const [at, option] of options.entries()) option.setAttribute("aria-selected", String(at === chosen));
    options[chosen]?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", options[chosen]?.id ?? "");
  }

  /** @param {Event} event */
  backdrop(event) {
    if (event.target === this.dialog) this.dialog.close();
  }

  get chosen() {
    return this.options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  }

  get options() {
    return /** @type {HTMLElement[]} */ ([...this.list.querySelectorAll("[role='option']")]);
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (/** @type {unknown} */ (this.element));
  }

  get input() {
    return /** @type {HTMLInputElement} */ (this.targets.find("input"));
  }

  get list() {
    return /** @type {HTMLElement} */ (this.targets.find("list"));
  }
}
