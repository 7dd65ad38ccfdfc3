import { avatarOf } from "../../dom/person.js";
import { copyOf, fill, slot } from "../../dom/slots.js";
import { optionsFor } from "./options.js";
import { complete, queryAt } from "./query.js";

/** @import {Option} from "./options.js" */
/** @import {Query} from "./query.js" */

/** Completes @people and :emoji: while one types: the combobox pattern with a list of options. */
export class Completion {
  #input;
  #list;
  /** @type {Option[]} */
  #options = [];
  /** @type {Query | null} */
  #query = null;
  #chosen = 0;
  #asking = new AbortController();

  /**
   * @param {HTMLTextAreaElement} input
   * @param {HTMLElement} list
   */
  constructor(input, list) {
    this.#input = input;
    this.#list = list;
    // Before the click takes the focus from the text.
    list.addEventListener("pointerdown", (event) => this.#point(event));
  }

  get open() {
    return !this.#list.hidden;
  }

  /** What is typed, or where the caret stands, has changed. */
  async look() {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const query = queryAt(this.#input.value, this.#input.selectionStart);
    if (!query) return this.close();
    const options = await optionsFor(query, this.#input.dataset.peopleUrl ?? "", signal);
    if (!signal.aborted) this.#show(query, options);
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} Whether the key was meant for the list.
   */
  key(event) {
    if (!this.open || event.isComposing) return false;
    if (event.key === "Enter" && this.#isWhole()) return this.#letPass();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#choose((this.#chosen + step + this.#options.length) % this.#options.length);
    else if (event.key === "Enter" || event.key === "Tab") this.#take();
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** What is typed is already what would be put in: Enter means the message. */
  #isWhole() {
    const { start = 0 } = this.#query ?? {};
    return this.#input.value.slice(start, this.#input.selectionStart) === this.#options[this.#chosen]?.insert;
  }

  #letPass() {
    this.close();
    return false;
  }

  close() {
    this.#asking.abort();
    this.#options = [];
    this.#list.hidden = true;
    this.#list.replaceChildren();
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.removeAttribute("aria-activedescendant");
  }

  /**
   * @param {Query} query
   * @param {Option[]} options
   */
  #show(query, options) {
    if (!options.length) return this.close();
    this.#query = query;
    this.#options = options;
    this.#list.replaceChildren(...options.map((option, index) => draw(option, this.#idOf(index))));
    this.#list.hidden = false;
    this.#input.setAttribute("aria-expanded", "true");
    this.#choose(0);
  }

  /** @param {number} index */
  #choose(index) {
    this.#chosen = index;
    for (const [at, item] of [...this.#list.children].entries()) {
      item.setAttribute("aria-selected", String(at === index));
      item.classList.toggle("is-active", at === index);
    }
    this.#list.children[index]?.scrollIntoView({ block: "nearest" });
    this.#input.setAttribute("aria-activedescendant", this.#idOf(index));
  }

  /** @param {number} index Of an option. */
  #idOf(index) {
    return `${this.#list.id}-${index}`;
  }

  #take() {
    const option = this.#options[this.#chosen];
    if (!option || !this.#query) return;
    const { text, caret } = complete(this.#input.value, this.#input.selectionStart, this.#query, option.insert);
    this.#input.value = text;
    this.#input.setSelectionRange(caret, caret);
    this.close();
    this.#input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** @param {PointerEvent} event */
  #point(event) {
    const item = /** @type {Element} */ (event.target).closest("[role='option']");
    if (!item) return;
    event.preventDefault();
    this.#chosen = [...this.#list.children].indexOf(item);
    this.#take();
  }
}

/**
 * @param {Option} option
 * @param {string} id
 */
function draw(option, id) {
  const item = copyOf("completion-template");
  item.id = id;
  fill(item, "name", option.name);
  fill(item, "hint", option.hint);
  const picture = slot(item, "picture");
  if (option.person) picture?.replaceChildren(avatarOf(option.person, "sm"));
  else if (picture) picture.textContent = option.emoji || "@";
  return item;
}
