import { page } from "../../page.js";
import { dayOf, timeOf } from "../../dom/dates.js";
import { drawAuthor } from "../../dom/person.js";
import { parseSafe } from "../../dom/safe_html.js";
import { copyOf, slot } from "../../dom/slots.js";

/** @import {Person, Posted, Waiting} from "../../live/protocol.d.ts" */

const TOMBSTONE = "This message was deleted.";

/**
 * @param {Posted} event
 * @returns {HTMLElement} Its row, not yet in a list.
 */
export function messageRow(event) {
  const row = blankRow(event.actor, event.at, event.client_id);
  row.id = `m${event.seq}`;
  row.dataset.seq = String(event.seq);
  row.classList.toggle("mentions-me", isNamedIn(event));
  slot(row, "link")?.setAttribute("href", `?at=${event.seq}`);
  setWords(row, event.text, event.html);
  if (event.deleted) bury(row);
  return row;
}

/** @param {Posted} event */
function isNamedIn(event) {
  return event.actor?.id !== page.me && (event.mentions_room || event.mentions.includes(page.me));
}

/**
 * One's own message that waits to be accepted.
 * @param {Waiting} waiting
 * @param {Person} me
 * @returns {HTMLElement}
 */
export function waitingRow(waiting, me) {
  const row = blankRow(me, new Date(waiting.at).toISOString(), waiting.client_id);
  row.removeAttribute("id");
  delete row.dataset.seq;
  row.dataset.text = waiting.text;
  slot(row, "link")?.removeAttribute("href");
  slot(row, "body")?.replaceChildren(...plain(waiting.text));
  showFate(row, waiting.failed);
  return row;
}

/**
 * @param {Person | null} person
 * @param {string} at
 * @param {string} clientId
 */
function blankRow(person, at, clientId) {
  const row = copyOf("message-template");
  Object.assign(row.dataset, { author: String(person?.id ?? ""), at, clientId });
  row.classList.toggle("is-own", person?.id === page.me);
  drawAuthor(row, person);
  drawTime(row, at);
  return row;
}

/**
 * @param {HTMLElement} row
 * @param {string} at ISO 8601.
 */
export function drawTime(row, at) {
  const time = slot(row, "time");
  const date = new Date(at);
  if (!time || Number.isNaN(date.valueOf())) return;
  time.setAttribute("datetime", at);
  time.title = `${dayOf(date, page.timeZone)}, ${timeOf(date, page.timeZone)}`;
  time.textContent = timeOf(date, page.timeZone);
}

/**
 * @param {HTMLElement} row
 * @param {string} text Markdown, as typed.
 * @param {string} html The server's rendering of it.
 */
export function setWords(row, text, html) {
  row.dataset.text = text;
  slot(row, "body")?.replaceChildren(parseSafe(html));
}

/**
 * @param {HTMLElement} row
 * @param {string} text
 * @param {string} html
 */
export function reword(row, text, html) {
  setWords(row, text, html);
  row.classList.add("is-edited");
  show(row, "edited", true);
}

/**
 * A deleted message leaves a tombstone.
 * @param {HTMLElement} row
 */
export function bury(row) {
  row.dataset.text = "";
  row.classList.add("is-deleted");
  row.classList.remove("is-pinned", "is-edited", "mentions-me");
  const words = document.createElement("p");
  words.className = "message__tombstone";
  words.textContent = TOMBSTONE;
  slot(row, "body")?.replaceChildren(words);
  slot(row, "reactions")?.replaceChildren();
  for (const name of ["pin", "edited"]) show(row, name, false);
}

/**
 * @param {HTMLElement} row
 * @param {boolean} pinned
 */
export function setPinned(row, pinned) {
  row.classList.toggle("is-pinned", pinned);
  show(row, "pin", pinned);
}

/**
 * Whether a message of one's own is on its way or was refused, and why.
 * @param {HTMLElement} row
 * @param {string | null} failed The server's words.
 */
export function showFate(row, failed) {
  row.dataset.state = failed === null ? "sending" : "failed";
  const reason = slot(row, "reason");
  if (reason) reason.textContent = failed ?? "Sending…";
  for (const name of ["state", "retry", "discard"]) show(row, name, failed !== null);
}

/**
 * @param {HTMLElement} row
 * @param {string} name
 * @param {boolean} shown
 */
export function show(row, name, shown) {
  const part = slot(row, name);
  if (part) part.hidden = !shown;
}

/**
 * Words as they were typed: the rendering is the server's.
 * @param {string} text
 */
function plain(text) {
  return text.split(/\n{2,}/).map((paragraph) => {
    const element = document.createElement("p");
    const lines = paragraph.split("\n").flatMap((line) => [document.createElement("br"), line]);
    element.append(...lines.slice(1));
    return element;
  });
}
