import { PageController } from "./page_controller.js";

/** Opens an invitation whose link somebody pasted. */
export class JoinController extends PageController {
  static targets = ["link"];

  /** @param {Event} event */
  go(event) {
    const input = /** @type {HTMLInputElement} */ (this.targets.find("link"));
    const token = /\/join\/([\w-]+)/.exec(input.value)?.[1];
    event.preventDefault();
    if (token) return location.assign(`/join/${token}/`);
    input.setCustomValidity("That is no invitation link: it has /join/ in it.");
    input.reportValidity();
    input.addEventListener("input", () => input.setCustomValidity(""), { once: true });
  }
}
