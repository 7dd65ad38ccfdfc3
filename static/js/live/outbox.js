import { Refused } from "./commands.js";

/** @import {Clock, Locks, Waiting, WaitingStore} from "./protocol.d.ts" */

/** Codes that say nothing about the message: the same may succeed once there is a socket again. */
const NO_VERDICT = new Set(["unknown", "hello_first"]);
const UNANSWERED_PAUSE = 2;

/**
 * One's own messages until the server has accepted them. They outlive a reload and a crash.
 *
 * A room's messages go one after another in the order they were written, and by one tab at a time. Each keeps its
 * client id through every retry, so the server accepts it once however often it arrives.
 */
export class Outbox {
  #given;
  /** @type {Set<number>} */
  #busy = new Set();
  /** @type {Set<number>} */
  #asked = new Set();
  #last = 0;
  #open = false;

  /**
   * @param {object} given
   * @param {WaitingStore} given.store
   * @param {(waiting: Waiting) => Promise<unknown>} given.send Rejects with `Refused`.
   * @param {Locks} given.locks Shared by all tabs of this person.
   * @param {Clock} given.clock
   * @param {(waiting: Waiting) => void} given.onFailed
   * @param {(room: number) => void} given.onTaken Another tab has seen to a room's messages, whatever became of them.
   */
  constructor(given) {
    this.#given = given;
  }

  /** @returns {Promise<Waiting[]>} All rooms', in the order they were written. */
  async waiting() {
    return (await this.#given.store.all()).sort((a, b) => a.at - b.at);
  }

  /**
   * Keep a message, then send it as soon as that is possible.
   * @param {{client_id: string, room: number, text: string}} message
   */
  async add(message) {
    // Later than all that waits, also where two are of one millisecond or the clock was put back.
    const newest = (await this.waiting()).at(-1)?.at ?? 0;
    this.#last = Math.max(this.#given.clock.now(), this.#last + 1, newest + 1);
    await this.#given.store.put({ ...message, at: this.#last, failed: null });
    await this.#pump(message.room);
  }

  /**
   * The server has it: its event came, or its row stood in the page.
   * @param {string} clientId
   */
  async accepted(clientId) {
    await this.#given.store.remove(clientId);
  }

  /**
   * Give up on a message.
   * @param {string} clientId
   */
  async discard(clientId) {
    await this.#given.store.remove(clientId);
  }

  /**
   * Send a refused message once more, after those that wait.
   * @param {string} clientId
   */
  async tryAgain(clientId) {
    const message = (await this.#given.store.all()).find((one) => one.client_id === clientId);
    if (message) await this.add(message);
  }

  /** There is a live socket: everything that waits goes. What another tab has seen to by now is looked up. */
  async live() {
    this.#open = true;
    const rooms = new Set((await this.waiting()).map((one) => one.room));
    await Promise.all([...rooms].map((room) => this.#pump(room)));
  }

  /** The socket is gone: what waits stays. */
  lost() {
    this.#open = false;
  }

  /** @param {number} room */
  async #pump(room) {
    this.#asked.add(room);
    if (this.#busy.has(room)) return;
    this.#busy.add(room);
    try {
      const pause = await this.#given.locks.request(`outbox-${room}`, () => this.#drain(room));
      if (pause) {
        this.#asked.add(room);
        // Outside the lock: another tab, on another node perhaps, may be luckier.
        await this.#sleep(pause);
      }
    } finally {
      this.#busy.delete(room);
    }
    // It is to be tried again, or something was added between the last look and the lock's release.
    if (this.#open && this.#asked.has(room)) await this.#pump(room);
  }

  /**
   * @param {number} room
   * @returns {Promise<number>} Seconds after which to go on; 0: nothing is left that could be sent now.
   */
  async #drain(room) {
    this.#asked.delete(room);
    for (let sent = 0; this.#open; sent += 1) {
      // Read anew each time: another tab may have sent it meanwhile.
      const waiting = (await this.waiting()).filter((one) => one.room === room);
      const next = waiting.find((one) => one.failed === null);
      if (!next) {
        // Nothing was left to send, or something was refused: perhaps to another tab.
        if (!sent || waiting.length) this.#given.onTaken(room);
        return 0;
      }
      const pause = await this.#deliver(next);
      if (pause) return pause;
    }
    return 0;
  }

  /**
   * @param {Waiting} message
   * @returns {Promise<number>} Seconds to wait before the same is tried again; 0: it is settled.
   */
  async #deliver(message) {
    try {
      await this.#given.send(message);
      await this.accepted(message.client_id);
      return 0;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return this.#refused(message, error);
    }
  }

  /**
   * @param {Waiting} message
   * @param {Refused} refused
   */
  async #refused(message, refused) {
    if (!this.#open) return 0;
    if (NO_VERDICT.has(refused.code)) return UNANSWERED_PAUSE;
    if (refused.retryAfter !== null) return refused.retryAfter;
    const failed = { ...message, failed: refused.message };
    await this.#given.store.put(failed);
    this.#given.onFailed(failed);
    return 0;
  }

  /**
   * @param {number} seconds
   * @returns {Promise<void>}
   */
  #sleep(seconds) {
    return new Promise((done) => void this.#given.clock.after(seconds * 1000, () => done()));
  }
}
