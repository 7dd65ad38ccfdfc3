/** @import {Readers} from "../live/protocol.d.ts" */

/** In a room of more people nobody is told how far the others have read; the same number as in rooms/readers.py. */
const MOST = 100;

/** How far everyone in one room has read: as the server told once, and as it went on from there. */
export class RoomReaders {
  /** Person → position, in the order in which they came. @type {Map<number, number>} */
  #positions = new Map();
  /** Until the server has told, only those are known who were heard of. */
  told = false;

  /** @param {Readers} signal */
  tell({ readers }) {
    const heard = this.#positions;
    this.#positions = new Map(readers.map(({ person, position }) => [person.id, Math.max(position, heard.get(person.id) ?? 0)]));
    this.told = true;
  }

  /**
   * @param {number} person
   * @param {number} position
   */
  read(person, position) {
    this.#positions.set(person, Math.max(position, this.#positions.get(person) ?? 0));
  }

  /**
   * Whoever comes stands last, and has read all up to there.
   * @param {number} person
   * @param {number} seq Of their coming.
   */
  came(person, seq) {
    const known = this.#positions.get(person) ?? 0;
    this.#positions.delete(person);
    this.#positions.set(person, Math.max(seq, known));
  }

  /** @param {number} person */
  went(person) {
    this.#positions.delete(person);
  }

  /**
   * @param {number} seq
   * @returns {number[]} Who has read up to there.
   */
  upTo(seq) {
    if (this.#positions.size > MOST) return [];
    return [...this.#positions].filter(([, position]) => position >= seq).map(([person]) => person);
  }
}
