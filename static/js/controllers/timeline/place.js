import { page } from "../../page.js";
import { dayKey, dayOf } from "../../dom/dates.js";
import { copyOf, slot } from "../../dom/slots.js";
import { fold } from "./folding.js";

/** Messages of one person this close together stand under one name; the same rule as in rooms/timeline.py. */
const TOGETHER = 5 * 60_000;
const ROW = ".message, .notice";

/**
 * Puts a row where its seq belongs; what still waits stays last.
 * @param {HTMLElement} list
 * @param {HTMLElement} row
 */
export function place(list, row) {
  const before = rowBefore(list, Number(row.dataset.seq));
  if (before) before.after(row);
  else if (row.dataset.seq) list.prepend(row);
  else list.append(row);
  tidyAround(row);
}

/**
 * Takes a row out, and a day line that would stand over nothing.
 * @param {HTMLElement} row
 */
export function takeOut(row) {
  const next = neighbour(row, "nextElementSibling");
  const above = row.previousElementSibling;
  row.remove();
  if (next) tidyAround(next);
  else if (above?.matches(".day-line")) above.remove();
}

/**
 * Sets day lines, grouping and folding right about a row that came or changed.
 * @param {HTMLElement} row
 */
export function tidyAround(row) {
  const next = neighbour(row, "nextElementSibling");
  tidy(row);
  if (next) tidy(next);
  for (const one of [neighbour(row, "previousElementSibling"), row, next]) if (one) fold(one);
}

/**
 * @param {HTMLElement} list
 * @param {number} seq
 * @returns {HTMLElement | null} The last row that stands before that seq.
 */
function rowBefore(list, seq) {
  const rows = /** @type {HTMLElement[]} */ ([...list.children]);
  return rows.findLast((row) => row.matches(ROW) && row.dataset.seq && Number(row.dataset.seq) < seq) ?? null;
}

/** @param {HTMLElement} row */
function tidy(row) {
  const before = neighbour(row, "previousElementSibling");
  const newDay = !before || dayOfRow(before) !== dayOfRow(row);
  setDayLine(row, before, newDay);
  const afresh = row.previousElementSibling !== before;
  row.classList.toggle("is-continued", !afresh && before !== null && goTogether(before, row));
}

/**
 * @param {HTMLElement} before
 * @param {HTMLElement} row
 */
function goTogether(before, row) {
  if (!before.matches(".message") || !row.matches(".message")) return false;
  const { author } = row.dataset;
  return author !== "" && before.dataset.author === author && timeOfRow(row) - timeOfRow(before) < TOGETHER;
}

/**
 * @param {HTMLElement} row
 * @param {HTMLElement | null} before
 * @param {boolean} wanted
 */
function setDayLine(row, before, wanted) {
  const lines = linesBetween(before, row).filter((line) => line.matches(".day-line"));
  const right = lines.filter((line) => wanted && line.dataset.day === dayOfRow(row)).slice(0, 1);
  for (const line of lines) if (!right.includes(line)) line.remove();
  if (wanted && !right.length) (before ? before.after(dayLine(row)) : row.parentElement?.prepend(dayLine(row)));
}

/**
 * @param {HTMLElement | null} before
 * @param {HTMLElement} row
 */
function linesBetween(before, row) {
  const lines = [];
  let line = /** @type {HTMLElement | null} */ (row.previousElementSibling);
  for (; line && line !== before; line = /** @type {HTMLElement | null} */ (line.previousElementSibling)) lines.push(line);
  return lines;
}

/** @param {HTMLElement} row */
function dayLine(row) {
  const line = copyOf("day-line-template");
  line.dataset.day = dayOfRow(row);
  const label = slot(line, "day");
  label?.setAttribute("datetime", dayOfRow(row));
  if (label) label.textContent = dayOf(new Date(row.dataset.at ?? ""), page.timeZone);
  return line;
}

/**
 * @param {Element} row
 * @param {"previousElementSibling" | "nextElementSibling"} direction
 * @returns {HTMLElement | null}
 */
function neighbour(row, direction) {
  let next = row[direction];
  while (next && !next.matches(ROW)) next = next[direction];
  return /** @type {HTMLElement | null} */ (next);
}

/** @param {HTMLElement} row */
function dayOfRow(row) {
  return dayKey(new Date(row.dataset.at ?? ""), page.timeZone);
}

/** @param {HTMLElement} row */
function timeOfRow(row) {
  return new Date(row.dataset.at ?? "").valueOf();
}
