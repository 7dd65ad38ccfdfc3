import { draw, moveFocus } from "./panel.js";
import { emojiNamed, emojiOf, favourites, used } from "./database.js";

/** @import {Emoji} from "../../vendor/emoji-database.d.ts" */

/** Unicode's groups; 2 holds only the parts that skin tones are made of. */
const GROUPS = [
  { group: -1, sign: "🕒", name: "Often used" },
  { group: 0, sign: "😀", name: "Smileys" },
  { group: 1, sign: "👋", name: "People" },
  { group: 3, sign: "🐻", name: "Animals and nature" },
  { group: 4, sign: "🍎", name: "Food and drink" },
  { group: 5, sign: "🏠", name: "Travel and places" },
  { group: 6, sign: "⚽", name: "Activities" },
  { group: 7, sign: "💡", name: "Things" },
  { group: 8, sign: "✅", name: "Symbols" },
  { group: 9, sign: "🏁", name: "Flags" },
];

/** @type {(emoji: string) => void} */
let choose = () => {};
/** @type {{search: HTMLInputElement, tabs: HTMLElement, grid: HTMLElement} | null} */
let parts = null;

/**
 * @param {HTMLElement} anchor What was pressed: the picker opens beside it and gives the focus back.
 * @param {(emoji: string) => void} then Called for each emoji chosen while it is open.
 */
export function openPicker(anchor, then) {
  const popover = document.getElementById("emoji-popover");
  if (!popover) return;
  choose = then;
  parts ??= build(popover);
  popover.showPopover({ source: anchor });
  beside(popover, anchor);
  parts.search.value = "";
  parts.search.focus();
  void favourites().then((often) => show(often.length ? -1 : 0));
}

export function closePicker() {
  document.getElementById("emoji-popover")?.hidePopover();
}

/** @param {HTMLElement} popover */
function build(popover) {
  const made = draw(GROUPS);
  popover.replaceChildren(made.search, made.tabs, made.grid);
  made.search.addEventListener("input", () => void search(made.search.value));
  made.search.addEventListener("keydown", (event) => event.key === "Enter" && void takeFirst(event, made.search.value));
  made.tabs.addEventListener("click", (event) => void show(Number(buttonOf(event)?.dataset.group ?? 0)));
  made.grid.addEventListener("click", (event) => void take(buttonOf(event)?.dataset.pick));
  popover.addEventListener("keydown", (event) => moveFocus(event, made));
  return made;
}

/** @param {number} group */
async function show(group) {
  const emoji = group < 0 ? await favourites() : await emojiOf(group);
  fillGrid(emoji, GROUPS.find((one) => one.group === group)?.name ?? "");
  mark(group);
}

/** @param {number | null} group Which one is shown; none while one searches. */
function mark(group) {
  for (const tab of parts?.tabs.children ?? []) {
    tab.setAttribute("aria-pressed", String(tab.getAttribute("data-group") === String(group)));
  }
}

/** @param {string} words */
async function search(words) {
  if (words.trim().length < 2) return show(0);
  const found = await emojiNamed(words.trim());
  // Another letter may have been typed meanwhile.
  if (words !== parts?.search.value) return;
  fillGrid(found, found.length ? "Found" : "Nothing is called that");
  mark(null);
}

/**
 * Enter takes what is found first, also where that is not shown yet.
 * @param {KeyboardEvent} event
 * @param {string} words
 */
async function takeFirst(event, words) {
  event.preventDefault();
  const [first] = words.trim().length < 2 ? [] : await emojiNamed(words.trim());
  if (!first) return;
  await take(first.unicode);
  closePicker();
}

/**
 * @param {Emoji[]} emoji
 * @param {string} title
 */
function fillGrid(emoji, title) {
  parts?.grid.setAttribute("aria-label", title);
  parts?.grid.replaceChildren(heading(title), ...emoji.map(button));
}

/** @param {string} title */
function heading(title) {
  const element = document.createElement("p");
  element.className = "emoji-picker__title";
  element.textContent = title;
  return element;
}

/** @param {Emoji} emoji */
function button({ unicode, annotation }) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "emoji-picker__emoji";
  element.dataset.pick = unicode;
  element.title = annotation;
  element.setAttribute("aria-label", annotation);
  element.textContent = unicode;
  return element;
}

/** @param {string | undefined} emoji */
async function take(emoji) {
  if (!emoji) return;
  choose(emoji);
  await used(emoji);
}

/**
 * Above what was pressed, and wholly on the screen.
 * @param {HTMLElement} popover
 * @param {HTMLElement} anchor
 */
function beside(popover, anchor) {
  if (matchMedia("(width < 40rem)").matches) return;
  const from = anchor.getBoundingClientRect();
  const { width, height } = popover.getBoundingClientRect();
  const above = from.top - height - 8;
  const top = above > 8 ? above : Math.min(from.bottom + 8, innerHeight - height - 8);
  Object.assign(popover.style, { inset: "auto", top: `${Math.max(8, top)}px`, left: `${Math.max(8, Math.min(from.right - width, innerWidth - width - 8))}px` });
}

/** @param {Event} event */
function buttonOf(event) {
  return /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("button"));
}
