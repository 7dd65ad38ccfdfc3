import { fill, slot } from "../dom/slots.js";
import { PageController } from "./page_controller.js";

/**
 * What htmx says before a request.
 * @typedef {{question: string | null, elt: HTMLElement, triggeringEvent?: SubmitEvent, issueRequest(confirmed: boolean): void}} Asking
 */

/**
 * Asks before whatever carries `hx-confirm`, in the site's own dialog.
 *
 * Beside the question the element says what follows from it (`data-consequence`), the button's word (`data-verb`), and
 * by `data-danger` that there is no way back.
 */
export class ConfirmController extends PageController {
  /** What was asked about. @type {Asking | undefined} */
  asking = undefined;

  connect() {
    this.listen(document.body, "htmx:confirm", (event) => this.before(event));
    this.listen(this.element, "close", () => this.answered());
  }

  /** @param {CustomEvent<Asking>} event */
  before(event) {
    if (!event.detail.question) return;
    event.preventDefault();
    this.asking = event.detail;
    this.ask(event.detail.question, event.detail.elt.dataset);
  }

  /**
   * @param {string} question
   * @param {DOMStringMap} words
   */
  ask(question, { consequence = "", verb = "Go on", danger }) {
    for (const [name, text] of Object.entries({ question, consequence, verb })) fill(this.element, name, text);
    slot(this.element, "verb")?.classList.toggle("button--harm", danger !== undefined);
    this.dialog.returnValue = "";
    if (!this.dialog.open) this.dialog.showModal();
  }

  answered() {
    const asked = this.asking;
    this.asking = undefined;
    if (this.dialog.returnValue !== "yes") return;
    // htmx forgets which button sent a form once the focus has left it.
    asked?.triggeringEvent?.submitter?.focus();
    asked?.issueRequest(true);
  }

  /** @param {Event} event */
  backdrop(event) {
    if (event.target === this.element) this.dialog.close();
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (/** @type {unknown} */ (this.element));
  }
}
