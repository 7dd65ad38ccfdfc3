import { page } from "../page.js";
import { toast } from "../dom/toasts.js";
import { openPicker } from "../emoji/picker.js";
import { uuid } from "../live/uuid.js";
import { Completion } from "./composer/completion.js";
import { draftOf, isDraftOf, keepDraft } from "./composer/drafts.js";
import { grow } from "./composer/grow.js";
import { PageController } from "./page_controller.js";

/** Characters of a message, as rooms/text.py counts them. */
const LONGEST = 16_000;
const NEARLY = 15_000;
const TYPING_EVERY = 3_000;

/** Where one writes: sends, keeps the draft, says that one types. */
export class ComposerController extends PageController {
  static targets = ["input", "list", "count", "send"];

  typedAt = 0;

  connect() {
    this.completion = new Completion(this.input, /** @type {HTMLElement} */ (this.targets.find("list")));
    this.listen(this.input, "input", () => this.changed());
    this.listen(this.input, "keydown", (event) => this.key(event));
    this.listen(this.input, "click", () => void this.completion?.look());
    this.listen(this.input, "blur", () => this.completion?.close());
    this.listen(window, "storage", (event) => this.changedElsewhere(event));
    this.input.value = draftOf(page.me, page.room);
    this.measure();
  }

  /** @param {StorageEvent} event Another tab goes on with the same draft, or has sent it. */
  changedElsewhere(event) {
    if (!isDraftOf(event, page.me, page.room) || this.input.value !== (event.oldValue ?? "")) return;
    this.input.value = event.newValue ?? "";
    this.measure();
  }

  changed() {
    keepDraft(page.me, page.room, this.input.value);
    this.measure();
    this.sayTyping();
    void this.completion?.look();
  }

  measure() {
    const length = this.length;
    grow(this.input);
    const count = this.targets.find("count");
    if (count instanceof HTMLElement) {
      count.hidden = length < NEARLY;
      count.textContent = String(LONGEST - length);
    }
    this.targets.find("send")?.toggleAttribute("disabled", length === 0);
    this.element.classList.toggle("is-too-long", length > LONGEST);
  }

  sayTyping() {
    if (!this.length || Date.now() - this.typedAt < TYPING_EVERY) return;
    this.typedAt = Date.now();
    page.connection?.commands.tell({ type: "typing", room: page.room });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (this.completion?.key(event) || event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) this.send(event);
    else if (event.key === "ArrowUp" && !this.input.value) this.editLast(event);
  }

  /** @param {Event} event */
  editLast(event) {
    event.preventDefault();
    page.emit("edit_last", null);
  }

  /** @param {Event} event */
  send(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text) return;
    if (this.length <= LONGEST) this.hand(text);
    else toast(tooLong(this.length - LONGEST));
  }

  /** @param {string} text */
  hand(text) {
    const waiting = { client_id: uuid(), room: page.room, text, at: Date.now(), failed: null };
    this.input.value = "";
    this.typedAt = 0;
    this.changed();
    page.emit("queued", waiting);
    page.connection?.outbox.add(waiting).catch((error) => this.unkept(waiting, error));
  }

  /**
   * It could not be handed on at all: give the words back, before those that were typed since.
   * @param {{client_id: string, text: string}} waiting
   * @param {unknown} error
   */
  unkept({ client_id, text }, error) {
    page.emit("dropped", { client_id });
    this.input.value = [text, this.input.value].filter(Boolean).join("\n");
    this.changed();
    toast(`The message could not be sent from here. ${error instanceof Error ? error.message : ""}`);
  }

  /** @param {Event} event */
  pickEmoji(event) {
    openPicker(/** @type {HTMLElement} */ (event.currentTarget), (emoji) => this.insert(emoji));
  }

  mention() {
    const before = this.input.value.slice(0, this.input.selectionStart);
    this.insert(before && !/\s$/.test(before) ? " @" : "@");
  }

  /** @param {string} words */
  insert(words) {
    this.input.focus();
    this.input.setRangeText(words, this.input.selectionStart, this.input.selectionEnd, "end");
    this.changed();
  }

  /** In code points: the server counts so, and an emoji is not two letters. */
  get length() {
    return [...this.input.value.trim()].length;
  }

  get input() {
    return /** @type {HTMLTextAreaElement} */ (this.targets.find("input"));
  }
}

/** @param {number} over Characters. */
function tooLong(over) {
  return `That is too long: ${over === 1 ? "one character" : `${over} characters`} must go.`;
}
