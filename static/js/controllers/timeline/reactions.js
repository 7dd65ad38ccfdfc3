import { page } from "../../page.js";
import { copyOf, fill, slot } from "../../dom/slots.js";

/** @import {Person} from "../../live/protocol.d.ts" */

/**
 * Puts a person's emoji on a message, once.
 * @param {HTMLElement} row
 * @param {string} emoji
 * @param {Person | null} person
 */
export function addReaction(row, emoji, person) {
  if (!person) return;
  const button = find(row, emoji) ?? begin(row, emoji);
  const people = peopleOf(button);
  if (people.includes(person.id)) return;
  draw(button, [...people, person.id], [...namesOf(button), person.name]);
}

/**
 * Takes a person's emoji off a message.
 * @param {HTMLElement} row
 * @param {string} emoji
 * @param {Person | null} person
 */
export function removeReaction(row, emoji, person) {
  const button = find(row, emoji);
  if (!button || !person) return;
  const people = peopleOf(button);
  const index = people.indexOf(person.id);
  if (index < 0) return;
  const without = (/** @type {any[]} */ all) => all.toSpliced(index, 1);
  if (people.length === 1) button.closest(".reaction")?.remove();
  else draw(button, without(people), without(namesOf(button)));
}

/**
 * @param {HTMLElement} row
 * @param {string} emoji
 */
export function isMine(row, emoji) {
  const button = find(row, emoji);
  return button !== null && peopleOf(button).includes(page.me);
}

/**
 * @param {HTMLElement} row
 * @param {string} emoji
 * @returns {HTMLElement | null}
 */
function find(row, emoji) {
  return row.querySelector(`.reaction [data-emoji="${CSS.escape(emoji)}"]`);
}

/**
 * @param {HTMLElement} row
 * @param {string} emoji
 */
function begin(row, emoji) {
  const item = copyOf("reaction-template");
  const button = /** @type {HTMLElement} */ (item.querySelector("[data-emoji]"));
  button.dataset.emoji = emoji;
  fill(button, "emoji", emoji);
  slot(row, "reactions")?.append(item);
  return button;
}

/**
 * @param {HTMLElement} button
 * @param {number[]} people
 * @param {string[]} names
 */
function draw(button, people, names) {
  button.dataset.people = people.join(" ");
  button.title = names.join(", ");
  button.setAttribute("aria-pressed", String(people.includes(page.me)));
  fill(button, "count", String(people.length));
}

/** @param {HTMLElement} button */
function peopleOf(button) {
  return (button.dataset.people ?? "").split(" ").filter(Boolean).map(Number);
}

/** @param {HTMLElement} button */
function namesOf(button) {
  return button.title.split(", ").filter(Boolean);
}
