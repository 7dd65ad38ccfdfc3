import { page } from "../../page.js";

const COUNTED = ":scope > .message[data-seq]:not(.is-own, .is-deleted)";

/**
 * How many unread messages of the open room one has not come to yet, loaded or not.
 * @param {HTMLElement} list
 * @param {number} bottom Of what one sees, in the window.
 */
export function unreadBelow(list, bottom) {
  const { unread, position } = stand();
  const rows = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(COUNTED)]);
  const news = rows.filter(({ dataset }) => Number(dataset.seq) > position);
  return Math.max(0, unread - news.filter((row) => row.getBoundingClientRect().top < bottom).length);
}

/** As the socket told; before it spoke, as the page came. */
function stand() {
  const told = page.world?.rooms.get(page.room);
  if (told) return told;
  const link = /** @type {HTMLElement | null} */ (document.querySelector(`.room-link[data-room="${page.room}"]`));
  return { unread: Number(link?.dataset.unread ?? 0), position: Number(link?.dataset.position ?? 0) };
}
