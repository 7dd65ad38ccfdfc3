import { fetchFragment } from "../../dom/fragments.js";

/** @typedef {{before: number} | {after: number} | {around: number} | {}} Where */

/**
 * Rows of a room from the server.
 * @param {string} url
 * @param {Where} where
 * @returns {Promise<HTMLElement[]>} With their day and new lines.
 */
export async function fetchRows(url, where) {
  const query = new URLSearchParams(Object.entries(where).map(([name, seq]) => [name, String(seq)]));
  const fragment = await fetchFragment(`${url}?${query}`);
  return /** @type {HTMLElement[]} */ ([...fragment.querySelectorAll("li[data-seq], li.day-line, li.new-line")]);
}

/**
 * @param {HTMLElement} list
 * @param {"first" | "last"} which
 * @returns {number} Seq of its first or last row; 0 where there is none.
 */
export function edgeSeq(list, which) {
  const rows = /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll(":scope > [data-seq]"));
  const row = which === "first" ? rows[0] : rows[rows.length - 1];
  return Number(row?.dataset.seq ?? 0);
}
