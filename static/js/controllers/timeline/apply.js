import { drawNewLine, removeNewLine } from "./new_line.js";
import { noticeRow } from "./notices.js";
import { place, takeOut } from "./place.js";
import { addReaction, removeReaction } from "./reactions.js";
import { bury, messageRow, reword, setPinned } from "./rows.js";

/** @import {AnyEvent, Deleted, Edited, Expired, Pinned, Posted, Reacted, Unpinned, Unreacted} from "../../live/protocol.d.ts" */

/**
 * What an event does to the rows. Applied to a list that shows it already, it changes nothing.
 *
 * @param {HTMLElement} list
 * @param {AnyEvent} event
 * @param {boolean} atEnd Whether the list reaches to the newest row: only then may a new row be added.
 */
export function applyEvent(list, event, atEnd) {
  const apply = /** @type {(list: HTMLElement, event: AnyEvent, atEnd: boolean) => void} */ (ROWS[event.type]);
  apply(list, event, atEnd);
}

/**
 * @param {HTMLElement} list
 * @param {number} seq
 * @returns {HTMLElement | null}
 */
export function rowOf(list, seq) {
  return list.querySelector(`:scope > [data-seq="${seq}"]`);
}

/**
 * @param {HTMLElement} list
 * @param {string} clientId
 * @returns {HTMLElement | null}
 */
export function rowOfClient(list, clientId) {
  return list.querySelector(`:scope > [data-client-id="${CSS.escape(clientId)}"]`);
}

/**
 * @param {HTMLElement} list
 * @param {Posted} event
 * @param {boolean} atEnd
 */
function posted(list, event, atEnd) {
  if (rowOf(list, event.seq)) return;
  const waiting = rowOfClient(list, event.client_id);
  if (waiting) takeOut(waiting);
  if (atEnd) place(list, messageRow(event));
}

/**
 * @param {HTMLElement} list
 * @param {Edited} event
 */
function edited(list, event) {
  const row = rowOf(list, event.message);
  if (row && !event.deleted && !row.matches(".is-deleted")) reword(row, event.text, event.html);
}

/**
 * @param {HTMLElement} list
 * @param {Deleted} event
 */
function deleted(list, event) {
  const row = rowOf(list, event.message);
  if (row && !row.matches(".is-deleted")) bury(row);
}

/**
 * Of these no tombstones stay.
 * @param {HTMLElement} list
 * @param {Expired} event
 */
function expired(list, { through }) {
  const rows = /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll(":scope > .message[data-seq]"));
  for (const row of rows) if (Number(row.dataset.seq) <= through) takeOut(row);
  const firstNew = list.querySelector(":scope > .new-line ~ .message[data-seq]:not(.is-own, .is-deleted)");
  if (firstNew instanceof HTMLElement) drawNewLine(list, firstNew);
  else removeNewLine(list);
}

/**
 * @param {HTMLElement} list
 * @param {Reacted} event
 */
function reacted(list, event) {
  const row = rowOf(list, event.message);
  if (row && !row.matches(".is-deleted")) addReaction(row, event.emoji, event.actor);
}

/**
 * @param {HTMLElement} list
 * @param {Unreacted} event
 */
function unreacted(list, event) {
  const row = rowOf(list, event.message);
  if (row) removeReaction(row, event.emoji, event.actor);
}

/**
 * @param {HTMLElement} list
 * @param {Pinned} event
 * @param {boolean} atEnd
 */
function pinned(list, event, atEnd) {
  const row = rowOf(list, event.message);
  if (row && !row.matches(".is-deleted")) setPinned(row, true);
  notice(list, event, atEnd);
}

/**
 * @param {HTMLElement} list
 * @param {Unpinned} event
 */
function unpinned(list, event) {
  const row = rowOf(list, event.message);
  if (row) setPinned(row, false);
}

/**
 * @param {HTMLElement} list
 * @param {AnyEvent} event
 * @param {boolean} atEnd
 */
function notice(list, event, atEnd) {
  if (atEnd && !rowOf(list, event.seq)) place(list, noticeRow(event));
}

/**
 * In a direct conversation it tells nobody anything; the same rule as in rooms/timeline.py.
 * @param {HTMLElement} list
 * @param {AnyEvent} event
 * @param {boolean} atEnd
 */
function roomNotice(list, event, atEnd) {
  if (!list.closest("[data-direct='true']")) notice(list, event, atEnd);
}

/** @type {{[T in AnyEvent["type"]]: (list: HTMLElement, event: Extract<AnyEvent, {type: T}>, atEnd: boolean) => void}} */
export const ROWS = {
  created: roomNotice,
  posted,
  edited,
  deleted,
  expired,
  reacted,
  unreacted,
  pinned,
  unpinned,
  renamed: notice,
  topic_changed: notice,
  joined: roomNotice,
  left: notice,
  removed: notice,
  role_changed: notice,
  archived: notice,
  unarchived: notice,
};
