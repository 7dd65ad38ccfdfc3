/** @import {Clock, Person} from "../live/protocol.d.ts" */

const LASTS = 5_000;

/** Who is typing where; each sign lasts 5 s unless it is said again. */
export class TypingSigns {
  #clock;
  #changed;
  /** @type {Map<string, {room: number, person: Person, forget: () => void}>} */
  #signs = new Map();

  /**
   * @param {{clock: Clock, changed: (room: number) => void}} given
   */
  constructor({ clock, changed }) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /**
   * @param {number} room
   * @returns {Person[]} In the order they began.
   */
  of(room) {
    return [...this.#signs.values()].filter((sign) => sign.room === room).map((sign) => sign.person);
  }

  /**
   * @param {number} room
   * @param {Person} person
   */
  began(room, person) {
    const key = `${room}/${person.id}`;
    this.#signs.get(key)?.forget();
    const forget = this.#clock.after(LASTS, () => this.ended(room, person.id));
    this.#signs.set(key, { room, person, forget });
    this.#changed(room);
  }

  /**
   * Said what they typed, left, or fell silent.
   * @param {number} room
   * @param {number} person
   */
  ended(room, person) {
    const key = `${room}/${person}`;
    this.#signs.get(key)?.forget();
    if (this.#signs.delete(key)) this.#changed(room);
  }
}

/**
 * @param {string[]} names
 * @returns {string} Who is typing, in words.
 */
export function typingSentence(names) {
  if (names.length === 0) return "";
  if (names.length === 1) return `${names[0]} is typing`;
  if (names.length === 2) return `${names[0]} and ${names[1]} are typing`;
  return "Several people are typing";
}
