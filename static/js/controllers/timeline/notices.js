import { peopleParts } from "./folding.js";
import { drawTime } from "./rows.js";
import { copyOf, fill, slot } from "../../dom/slots.js";

/** @import {AnyEvent, Joined, Left, Pinned, Removed, Renamed, RoleChanged, TopicChanged} from "../../live/protocol.d.ts" */

/** @typedef {Joined | Left | Removed | Renamed | TopicChanged | RoleChanged | Pinned} Telling */

/**
 * The row of an event that is no message. Its wording is the server's: one template a kind, with slots.
 * @param {AnyEvent} event
 * @returns {HTMLElement}
 */
export function noticeRow(event) {
  const row = copyOf("notice-template");
  row.id = `m${event.seq}`;
  const { seq, type, at } = event;
  Object.assign(row.dataset, { seq: String(seq), type, at, coming: coming(event), who: personIn(event) });
  slot(row, "text")?.replaceChildren(words(event));
  drawTime(row, event.at);
  return row;
}

/** @param {AnyEvent} event */
function words(event) {
  const template = document.getElementById(`notice-${variant(event)}-template`);
  if (!(template instanceof HTMLTemplateElement)) return document.createTextNode("");
  const copy = document.importNode(template.content, true);
  const telling = /** @type {Partial<Record<string, any>>} */ (event);
  fill(copy, "name", event.actor?.name ?? "Someone");
  fill(copy, "person", personIn(event));
  slot(copy, "people")?.replaceChildren(...peopleParts([personIn(event)]));
  fill(copy, "words", telling.name ?? telling.topic ?? telling.role ?? "");
  slot(copy, "message")?.setAttribute("href", `?at=${telling.message}`);
  return copy;
}

/** @param {AnyEvent} event */
function personIn(event) {
  return "person" in event ? event.person.name : "";
}

/**
 * @param {AnyEvent} event
 * @returns {string} How somebody came, alike for all that are told in one line; empty for another kind of event.
 */
function coming(event) {
  if (event.type !== "joined") return "";
  return variant(event) === "added" ? `added ${event.actor?.id ?? ""}` : "joined";
}

/** @param {AnyEvent} event */
function variant(event) {
  if (event.type === "joined" && event.person.id !== event.actor?.id) return "added";
  if (event.type === "topic_changed" && !event.topic) return "topic_cleared";
  return event.type;
}
