import { PageController } from "./page_controller.js";

/** Puts a ready status into its fields. */
export class StatusController extends PageController {
  static targets = ["emoji", "text"];

  /** @param {Event & {params: {emoji: string, text: string}}} event */
  take({ params }) {
    const emoji = /** @type {HTMLInputElement} */ (this.targets.find("emoji"));
    const text = /** @type {HTMLInputElement} */ (this.targets.find("text"));
    emoji.value = params.emoji;
    text.value = params.text;
    text.focus();
  }
}
