/** What was written and not sent, kept a room and a person in this browser. */

/**
 * @param {number} me
 * @param {number} room
 */
function key(me, room) {
  return `draft-${me}-${room}`;
}

/**
 * @param {number} me
 * @param {number} room
 */
export function draftOf(me, room) {
  return localStorage.getItem(key(me, room)) ?? "";
}

/**
 * @param {number} me
 * @param {number} room
 * @param {string} text Empty: forget it.
 */
export function keepDraft(me, room, text) {
  if (text.trim()) localStorage.setItem(key(me, room), text);
  else localStorage.removeItem(key(me, room));
}

/**
 * @param {StorageEvent} event
 * @param {number} me
 * @param {number} room
 */
export function isDraftOf(event, me, room) {
  return event.key === key(me, room);
}
