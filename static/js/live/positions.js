/** @import {Clock} from "./protocol.d.ts" */

const GATHER = 300;

/** How far one has read each room, told to the server: only forward, gathered, the newest of a room at a time. */
export class ReadPositions {
  #send;
  #clock;
  /** @type {Map<number, number>} */
  #told = new Map();
  /** @type {Map<number, number>} */
  #waiting = new Map();
  /** @type {(() => void) | null} */
  #cancel = null;

  /**
   * @param {{send: (room: number, position: number) => Promise<unknown>, clock: Clock}} given
   */
  constructor({ send, clock }) {
    this.#send = send;
    this.#clock = clock;
  }

  /**
   * What the server knows already.
   * @param {number} room
   * @param {number} position
   */
  known(room, position) {
    this.#told.set(room, Math.max(position, this.#told.get(room) ?? 0));
  }

  /**
   * @param {number} room
   * @param {number} position
   */
  read(room, position) {
    if (position <= (this.#waiting.get(room) ?? this.#told.get(room) ?? 0)) return;
    this.#waiting.set(room, position);
    this.#cancel ??= this.#clock.after(GATHER, () => this.flush());
  }

  /** What the server knew is of no data any more. */
  forget() {
    this.#cancel?.();
    this.#cancel = null;
    this.#waiting.clear();
    this.#told.clear();
  }

  /** Send at once what was gathered: the page is about to go. */
  flush() {
    this.#cancel?.();
    this.#cancel = null;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const [room, position] of waiting) this.#tell(room, position);
  }

  /**
   * @param {number} room
   * @param {number} position
   */
  #tell(room, position) {
    const before = this.#told.get(room) ?? 0;
    this.known(room, position);
    // What was not taken is told again with the next thing read.
    this.#send(room, position).catch(() => this.#told.get(room) === position && this.#told.set(room, before));
  }
}
