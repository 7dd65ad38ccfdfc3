import { copyOf } from "../../dom/slots.js";
import { tidyAround } from "./place.js";

/** The line that shows where one left off. */

/** @param {HTMLElement} list */
export function removeNewLine(list) {
  const line = list.querySelector(".new-line");
  const next = line?.nextElementSibling;
  line?.remove();
  if (next instanceof HTMLElement && next.matches(".message")) tidyAround(next);
}

/**
 * @param {HTMLElement} list
 * @param {HTMLElement} row The first that is new.
 */
export function drawNewLine(list, row) {
  removeNewLine(list);
  row.before(copyOf("new-line-template"));
  tidyAround(row);
}
