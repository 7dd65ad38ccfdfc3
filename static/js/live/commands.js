/** @import {AnyReply, Clock, Command, CommandBody} from "./protocol.d.ts" */

const ANSWER_WITHIN = 15_000;
/** Bytes of a frame, as collab/live/limits.py has it: a larger one would be refused without its id, so never answered. */
const LARGEST = 64 * 1024;

/** A command that was not carried out, or of which that is not known. `code` is the server's, or "unknown". */
export class Refused extends Error {
  /**
   * @param {string} code
   * @param {string} message For people.
   * @param {number | null} retryAfter Seconds; null where trying again does not help.
   */
  constructor(code, message, retryAfter = null) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }

  static tooLarge() {
    return new Refused("frame_too_large", "That is too long to be sent at once.");
  }

  static unknown() {
    return new Refused("unknown", "No answer came. Check the connection and try again.");
  }
}

/**
 * @typedef {object} Open A command that waits for its reply.
 * @property {Command} command
 * @property {boolean} again Carried out twice it does what it does once, so a loss may send it again.
 * @property {(seq: number | null) => void} done
 * @property {(refused: Refused) => void} fail
 * @property {() => void} cancel
 */

/** Numbers commands, sends them and matches the replies. */
export class Commands {
  #transmit;
  #clock;
  #last = 0;
  /** @type {Map<number, Open>} */
  #open = new Map();

  /**
   * @param {{transmit: (command: Command) => boolean, clock: Clock}} given `transmit` says whether it went out.
   */
  constructor({ transmit, clock }) {
    this.#transmit = transmit;
    this.#clock = clock;
  }

  /**
   * @param {CommandBody} body
   * @param {{again?: boolean}} how `again`: survives a loss by being sent anew, within the time-out.
   * @returns {Promise<number | null>} Seq of the event it made; rejects with `Refused`.
   */
  send(body, { again = false } = {}) {
    const command = { ...body, id: ++this.#last };
    if (bytesOf(command) > LARGEST) return Promise.reject(Refused.tooLarge());
    return new Promise((done, fail) => {
      const cancel = this.#clock.after(ANSWER_WITHIN, () => this.#fail(command.id, Refused.unknown()));
      this.#open.set(command.id, { command, again, done, fail, cancel });
      if (!this.#transmit(command) && !again) this.#fail(command.id, Refused.unknown());
    });
  }

  /**
   * For what is only worth saying now (typing): sent if that is possible, the reply does not matter.
   * @param {CommandBody} body
   */
  tell(body) {
    this.#transmit({ ...body, id: ++this.#last });
  }

  /** @param {AnyReply} reply */
  settle(reply) {
    const open = reply.id === null ? undefined : this.#open.get(reply.id);
    if (!open) return;
    if (reply.type === "ok") return this.#close(open).done(reply.seq);
    if (open.again && reply.retry_after !== null) return this.#later(open, reply.retry_after);
    this.#fail(open.command.id, new Refused(reply.code, reply.message, reply.retry_after));
  }

  /** The socket is gone: what may not be said twice is of unknown fate. */
  lost() {
    for (const { command, again } of [...this.#open.values()]) {
      if (!again) this.#fail(command.id, Refused.unknown());
    }
  }

  /** The messages that they are about are others by now: none is said any more. */
  forget() {
    for (const id of [...this.#open.keys()]) this.#fail(id, Refused.unknown());
  }

  /** A socket is live again: say anew what may be said twice. */
  live() {
    for (const { command } of this.#open.values()) this.#transmit(command);
  }

  /**
   * @param {Open} open
   * @param {number} seconds
   */
  #later(open, seconds) {
    this.#clock.after(seconds * 1000, () => {
      if (this.#open.has(open.command.id)) this.#transmit(open.command);
    });
  }

  /**
   * @param {number} id
   * @param {Refused} refused
   */
  #fail(id, refused) {
    const open = this.#open.get(id);
    if (open) this.#close(open).fail(refused);
  }

  /** @param {Open} open */
  #close(open) {
    open.cancel();
    this.#open.delete(open.command.id);
    return open;
  }
}

/** @param {Command} command */
function bytesOf(command) {
  return new TextEncoder().encode(JSON.stringify(command)).length;
}
