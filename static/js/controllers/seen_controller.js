import { page } from "../page.js";
import { drawAvatar } from "../dom/person.js";
import { PageController } from "./page_controller.js";

/** @import {Person} from "../live/protocol.d.ts" */

const MOST = 8;
const HEARD = /** @type {const} */ (["posted", "deleted", "read_to", "left", "removed"]);

/** Who has read up to the last message: faces under it. */
export class SeenController extends PageController {
  connect() {
    const faces = /** @type {NodeListOf<HTMLElement>} */ (this.element.querySelectorAll("li [data-person]"));
    // Whom the server drew had read all there was.
    for (const { dataset } of faces) this.positions.set(Number(dataset.person), shownHead());
    for (const type of HEARD) this.hear(type, ({ room }) => room === page.room && this.draw());
  }

  get positions() {
    const world = page.world;
    if (!world) return new Map();
    const known = world.seen.get(page.room) ?? new Map();
    world.seen.set(page.room, known);
    return known;
  }

  draw() {
    const { seq, author } = newest();
    const readers = (page.world?.readersOf(page.room, seq) ?? []).filter((id) => id !== page.me && id !== author);
    this.element.replaceChildren(...(readers.length ? this.parts(readers) : []));
  }

  /** @param {number[]} readers */
  parts(readers) {
    const label = document.createElement("span");
    label.className = "seen__label";
    label.textContent = "Seen by";
    const faces = document.createElement("ul");
    faces.className = "seen__faces";
    faces.setAttribute("aria-label", "Seen by");
    faces.append(...readers.slice(0, MOST).map((id) => face(page.world?.people.get(id) ?? null, id)));
    const more = document.createElement("span");
    more.className = "seen__more";
    more.textContent = `+${readers.length - MOST}`;
    return [label, " ", faces, ...(readers.length > MOST ? [more] : [])];
  }
}

/**
 * @param {Person | null} person Null: drawn by the server once, and not heard of since.
 * @param {number} id
 */
function face(person, id) {
  const item = document.createElement("li");
  const avatar = document.createElement("span");
  const drawn = document.querySelector(`[data-slot="avatar"][data-person="${id}"]`);
  avatar.className = "avatar avatar--xs";
  avatar.dataset.slot = "avatar";
  avatar.setAttribute("aria-hidden", "true");
  if (!person && drawn) return copied(item, drawn);
  drawAvatar(avatar, person);
  item.title = person?.name ?? "";
  item.append(avatar, heard(person?.name ?? ""));
  return item;
}

/**
 * @param {HTMLElement} item
 * @param {Element} drawn
 */
function copied(item, drawn) {
  const avatar = /** @type {Element} */ (drawn.cloneNode(true));
  avatar.classList.remove("avatar--sm", "avatar--xl");
  avatar.classList.add("avatar--xs");
  item.append(avatar);
  return item;
}

/** @param {string} name */
function heard(name) {
  const words = document.createElement("span");
  words.className = "visually-hidden";
  words.textContent = name;
  return words;
}

function shownHead() {
  return Number(document.getElementById("shell")?.dataset.head ?? 0);
}

/** The newest message that stands, and who wrote it. */
function newest() {
  const standing = "#timeline > .message[data-seq]:not(.is-deleted)";
  const rows = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(standing));
  const row = rows[rows.length - 1];
  return { seq: Number(row?.dataset.seq ?? 0), author: Number(row?.dataset.author ?? 0) };
}
