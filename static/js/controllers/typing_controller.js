import { page } from "../page.js";
import { fill } from "../dom/slots.js";
import { PageController } from "./page_controller.js";

/** The line that says who is typing. */
export class TypingController extends PageController {
  connect() {
    this.hear("typing_changed", (room) => room === page.room && this.draw());
  }

  draw() {
    const people = page.world?.typing.of(page.room) ?? [];
    this.element.hidden = people.length === 0;
    fill(this.element, "text", sentence(people.map((person) => person.name)));
  }
}

/** @param {string[]} names */
export function sentence(names) {
  if (names.length === 0) return "";
  if (names.length === 1) return `${names[0]} is typing`;
  if (names.length === 2) return `${names[0]} and ${names[1]} are typing`;
  return "Several people are typing";
}
