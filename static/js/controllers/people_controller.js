import { page } from "../page.js";
import { drawBit } from "../dom/person.js";
import { PageController } from "./page_controller.js";

/** @import {Person} from "../live/protocol.d.ts" */

/** Whatever the page shows of people, wherever: names, avatars, statuses, who is online. */
export class PeopleController extends PageController {
  connect() {
    this.hear("person_changed", ({ person }) => this.redraw(person));
    this.hear("welcome", ({ changed = [] }) => this.welcomed(changed));
    this.hear("presence", () => this.drawPresence());
    this.listen(document.body, "htmx:afterSettle", () => this.drawPresence());
    this.listen(this.element, "sidebar:loaded", () => this.drawPresence());
  }

  /** @param {Person[]} changed */
  welcomed(changed) {
    for (const person of changed) this.redraw(person);
    this.drawPresence();
  }

  /** @param {Person} person */
  redraw(person) {
    const bits = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(`[data-person="${person.id}"]`));
    for (const bit of bits) drawBit(bit, person);
  }

  drawPresence() {
    const dots = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-slot='presence'][data-person]"));
    for (const dot of dots) {
      const online = page.world?.isOnline(Number(dot.dataset.person)) ?? false;
      dot.classList.toggle("is-online", online);
      if (dot.firstElementChild) dot.firstElementChild.textContent = online ? "online" : "";
    }
  }
}
