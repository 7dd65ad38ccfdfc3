import { page } from "../page.js";
import { fill } from "../dom/slots.js";
import { typingSentence } from "../models/typing.js";
import { PageController } from "./page_controller.js";

/** The line that says who is typing. */
export class TypingController extends PageController {
  connect() {
    this.hear("typing_changed", (room) => room === page.room && this.draw());
  }

  draw() {
    const people = page.world?.typing.of(page.room) ?? [];
    this.element.hidden = people.length === 0;
    fill(this.element, "text", typingSentence(people.map((person) => person.name)));
  }
}
