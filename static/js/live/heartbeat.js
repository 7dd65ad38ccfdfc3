/** @import {Clock} from "./protocol.d.ts" */

const ANSWER_WITHIN = 10_000;
/** Somebody is looking, or the machine slept: find out fast. */
const HURRIED = 3_000;
/** A timer this late was not merely busy: the machine slept. */
const SLEPT = 5_000;

/** Asks at intervals whether the other side is there, and says when it is not. Renders nothing. */
export class Heartbeat {
  #clock;
  #ping;
  #dead;
  #every = 0;
  #due = 0;
  #next = () => {};
  #verdict = () => {};

  /**
   * @param {{clock: Clock, ping: () => void, dead: () => void}} given
   */
  constructor({ clock, ping, dead }) {
    this.#clock = clock;
    this.#ping = ping;
    this.#dead = dead;
  }

  /** @param {number} seconds Between pings, as the welcome said. */
  start(seconds) {
    this.stop();
    this.#every = seconds * 1000;
    this.#wait();
  }

  stop() {
    this.#next();
    this.#verdict();
    this.#every = 0;
  }

  /** Anything heard proves the other side alive. */
  heard() {
    this.#verdict();
  }

  /** Ask now: the page woke, or somebody looks at it again. */
  hurry() {
    if (this.#every) this.#ask(HURRIED);
  }

  /** Ask now, and then at the interval again. */
  ask() {
    if (!this.#every) return;
    this.#ask(ANSWER_WITHIN);
    this.#next();
    this.#wait();
  }

  #wait() {
    this.#due = this.#clock.now() + this.#every;
    this.#next = this.#clock.after(this.#every, () => {
      this.#ask(this.#clock.now() - this.#due > SLEPT ? HURRIED : ANSWER_WITHIN);
      this.#wait();
    });
  }

  /** @param {number} within Milliseconds. */
  #ask(within) {
    this.#verdict();
    this.#verdict = this.#clock.after(within, this.#dead);
    this.#ping();
  }
}
