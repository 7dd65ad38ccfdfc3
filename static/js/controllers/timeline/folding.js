import { copyOf, fill, slot } from "../../dom/slots.js";

/** Names in a line that tells of several people; the same rule as in rooms/timeline.py. */
const NAMED = 3;

/**
 * Lets the first of several comings in a row tell of them all, whatever came or went about this one.
 * @param {HTMLElement} row
 */
export function fold(row) {
  const run = runOf(row);
  for (const one of run) {
    const isFirst = one === run[0];
    one.classList.toggle("is-folded", !isFirst);
    tell(one, isFirst ? namesOf(run) : namesOf([one]));
  }
}

/**
 * Names those who are only counted.
 * @param {HTMLElement} button The count.
 */
export function nameOthers(button) {
  const row = /** @type {HTMLElement | null} */ (button.closest(".notice"));
  const people = row && slot(row, "people");
  if (!row || !people) return;
  people.replaceChildren(...sentence(namesOf(runOf(row)).map(bold)));
  people.tabIndex = -1;
  people.focus();
}

/**
 * @param {string[]} names
 * @returns {Node[]} "Ben", "Ben and Cleo", "Ben, Cleo and 3 others".
 */
export function peopleParts(names) {
  const named = names.length > NAMED ? names.slice(0, NAMED - 1) : names;
  const others = names.slice(named.length);
  return sentence([...named.map(bold), ...(others.length ? [count(others)] : [])]);
}

/**
 * @param {HTMLElement} row
 * @returns {HTMLElement[]} The comings of one kind that it stands among, with nothing between them.
 */
function runOf(row) {
  if (!row.dataset.coming) return [];
  const run = [row];
  for (let one = row.previousElementSibling; isAlike(one, row); one = one.previousElementSibling) run.unshift(one);
  for (let one = row.nextElementSibling; isAlike(one, row); one = one.nextElementSibling) run.push(one);
  return run;
}

/**
 * @param {Element | null} one
 * @param {HTMLElement} row
 * @returns {one is HTMLElement}
 */
function isAlike(one, row) {
  return one instanceof HTMLElement && one.dataset.coming === row.dataset.coming;
}

/**
 * @param {HTMLElement} row
 * @param {string[]} names
 */
function tell(row, names) {
  const people = slot(row, "people");
  const parts = peopleParts(names);
  // What stays as it was is not to be read out again.
  if (people?.textContent !== parts.map((part) => part.textContent).join("")) people?.replaceChildren(...parts);
}

/** @param {HTMLElement[]} rows */
function namesOf(rows) {
  return rows.map((row) => row.dataset.who ?? "");
}

/** @param {string} name */
function bold(name) {
  const element = document.createElement("b");
  element.textContent = name;
  return element;
}

/** @param {string[]} others */
function count(others) {
  const button = copyOf("notice-others-template");
  button.title = others.join(", ");
  fill(button, "others", String(others.length));
  return button;
}

/** @param {Node[]} parts */
function sentence(parts) {
  const last = parts.length - 1;
  return parts.flatMap((part, at) => (at ? [document.createTextNode(at === last ? " and " : ", "), part] : [part]));
}
