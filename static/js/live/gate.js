/** @import {AnyEvent, Clock} from "./protocol.d.ts" */

/** What is merely disordered arrives within this; what is still missing then was lost. */
const PATIENCE = 30;
const ASK_AGAIN = 2_000;

/**
 * Lets a room's events through in the order of their seq: each once, none left out.
 *
 * Holds what is early, drops what was there, and asks for what is missing.
 */
export class Gate {
  #shown;
  #deliver;
  #ask;
  #clock;
  /** @type {Map<number, AnyEvent>} */
  #early = new Map();
  /** @type {(() => void) | null} */
  #cancel = null;

  /**
   * @param {object} given
   * @param {number} given.shown Seq of the last event that is shown already.
   * @param {(event: AnyEvent) => void} given.deliver
   * @param {(after: number) => void} given.ask Have the events after a seq sent again.
   * @param {Clock} given.clock
   */
  constructor({ shown, deliver, ask, clock }) {
    this.#shown = shown;
    this.#deliver = deliver;
    this.#ask = ask;
    this.#clock = clock;
  }

  get shown() {
    return this.#shown;
  }

  /** @param {AnyEvent} event */
  offer(event) {
    if (event.seq <= this.#shown) return;
    this.#early.set(event.seq, event);
    this.#release();
    if (!this.#early.size) this.#stopAsking();
    else if (!this.#cancel) this.#askIn(PATIENCE);
  }

  /** @param {number} head All up to here was sent: what is not here by now was lost. */
  expect(head) {
    if (head > this.#shown && !this.#cancel) this.#askIn(0);
  }

  /** A lost socket will never answer: what is missing comes with the next hello. */
  lost() {
    this.#stopAsking();
    this.#early.clear();
  }

  /** @param {number} head The page shows the room up to here by other means (it was loaded anew). */
  jump(head) {
    this.lost();
    this.#shown = Math.max(head, this.#shown);
  }

  #release() {
    for (let event = this.#next(); event; event = this.#next()) {
      this.#early.delete(event.seq);
      this.#shown = event.seq;
      this.#deliver(event);
    }
  }

  #next() {
    return this.#early.get(this.#shown + 1);
  }

  /** @param {number} ms */
  #askIn(ms) {
    this.#cancel = this.#clock.after(ms, () => {
      this.#ask(this.#shown);
      this.#askIn(ASK_AGAIN);
    });
  }

  #stopAsking() {
    this.#cancel?.();
    this.#cancel = null;
  }
}
