/** Where a long list of rooms stands, and what waits in it out of sight. */

const KEY = "sidebar-place";

/**
 * As it stood on the page before; the open room is in sight in any case.
 * @param {HTMLElement} list
 */
export function restorePlace(list) {
  list.scrollTop = Number(sessionStorage.getItem(KEY) ?? 0);
  const current = list.querySelector("[aria-current]");
  if (current instanceof HTMLElement && isHidden(list, current)) showInside(list, current);
}

/** @param {HTMLElement} list */
export function keepPlace(list) {
  sessionStorage.setItem(KEY, String(list.scrollTop));
}

/**
 * @param {HTMLElement} list
 * @param {HTMLElement} link
 */
export function showInside(list, link) {
  const { top, height } = link.getBoundingClientRect();
  list.scrollTop += top - list.getBoundingClientRect().top - (list.clientHeight - height) / 2;
}

/**
 * @param {HTMLElement} list
 * @returns {HTMLElement | undefined} The next room below what one sees where something waits.
 */
export function unreadBelow(list) {
  const bottom = list.getBoundingClientRect().bottom;
  const links = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(".room-link.is-unread")]);
  return links.find((link) => link.getBoundingClientRect().top >= bottom - 8);
}

/**
 * @param {HTMLElement} list
 * @param {HTMLElement} link
 */
function isHidden(list, link) {
  const [seen, it] = [list.getBoundingClientRect(), link.getBoundingClientRect()];
  return it.top < seen.top || it.bottom > seen.bottom;
}
