import { showDialog } from "../dom/dialogs.js";
import { PageController } from "./page_controller.js";

/** The page's dialog: opens when something was put into it, and empties when it closes. */
export class DialogController extends PageController {
  static targets = ["body"];

  connect() {
    const body = /** @type {HTMLElement} */ (this.targets.find("body"));
    this.listen(body, "htmx:afterSwap", () => showDialog());
    this.listen(this.element, "close", () => body.replaceChildren());
  }

  close() {
    /** @type {HTMLDialogElement} */ (/** @type {unknown} */ (this.element)).close();
  }

  /** @param {Event} event */
  backdrop(event) {
    if (event.target === this.element) this.close();
  }
}
