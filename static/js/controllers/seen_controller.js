import { page } from "../page.js";
import { avatarOf } from "../dom/person.js";
import { PageController } from "./page_controller.js";

const MOST = 8;
const CHANGING = /** @type {const} */ (["posted", "deleted", "expired", "read_to", "readers"]);
const COMING_OR_GOING = /** @type {const} */ (["joined", "left", "removed"]);

/** Who has read up to the last message: faces under it. */
export class SeenController extends PageController {
  /** Somebody came or went since the server was last asked: its answer may be of a moment before that. */
  stale = false;

  connect() {
    for (const type of CHANGING) this.hear(type, ({ room }) => room === page.room && this.draw());
    for (const type of COMING_OR_GOING) this.hear(type, ({ room }) => room === page.room && this.changed());
    this.hear("person_changed", () => this.draw());
    // More rows may have been loaded, and another message be the newest of them.
    this.hear("shown", () => this.draw());
    this.hear("caught_up", () => page.member && void this.ask());
    this.hear("reload", ({ room }) => room === page.room && void this.ask());
  }

  /** Positions are not kept: what was told while nobody listened the server has to tell anew. */
  async ask() {
    do {
      this.stale = false;
      await page.connection?.act({ type: "readers", room: page.room });
    } while (this.stale);
  }

  changed() {
    this.stale = true;
    this.draw();
  }

  draw() {
    const known = page.world?.readersOf(page.room);
    // Until then what the server drew stands.
    if (!known?.told) return;
    const { seq, author } = newest();
    const readers = seq ? known.upTo(seq).filter((id) => id !== page.me && id !== author) : [];
    const parts = readers.length ? this.parts(readers) : [];
    this.element.replaceChildren(...parts);
  }

  /** @param {number[]} readers */
  parts(readers) {
    const label = document.createElement("span");
    label.className = "seen__label";
    label.textContent = "Seen by";
    const faces = document.createElement("ul");
    faces.className = "seen__faces";
    faces.setAttribute("aria-label", "Seen by");
    faces.append(...readers.slice(0, MOST).map(face));
    const more = document.createElement("span");
    more.className = "seen__more";
    more.textContent = `+${readers.length - MOST}`;
    return [label, " ", faces, ...(readers.length > MOST ? [more] : [])];
  }
}

/** @param {number} id */
function face(id) {
  const person = page.world?.people.get(id) ?? null;
  const item = document.createElement("li");
  const words = document.createElement("span");
  words.className = "visually-hidden";
  words.textContent = item.title = person?.name ?? "";
  item.append(avatarOf(person, "xs"), words);
  return item;
}

/** The newest message that stands, and who wrote it. */
function newest() {
  const standing = "#timeline > .message[data-seq]:not(.is-deleted)";
  const rows = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(standing));
  const row = rows[rows.length - 1];
  return { seq: Number(row?.dataset.seq ?? 0), author: Number(row?.dataset.author ?? 0) };
}
