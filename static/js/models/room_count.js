/** @import {Deleted, Expired, Posted, RoomState} from "../live/protocol.d.ts" */

/**
 * What is unread in one room, by the rules of RoomState in rooms/signals.py: others' messages after one's position
 * that are not deleted; of them, those that name one or the whole room are mentions, in a direct conversation all.
 *
 * Starts from what the server counted and goes on with the room's events. No event is counted twice: those up to
 * the server's head are in its count already.
 */
export class RoomCount {
  /** @param {RoomState} state */
  constructor(state) {
    this.room = state.room;
    this.workspace = state.workspace;
    this.head = state.head;
    this.position = state.position;
    this.direct = state.direct;
    /** Counted by the server; which messages they were is not known here. */
    this.unnamed = { unread: state.unread, mentions: state.mentions, upTo: state.head };
    /** Some of those have gone: how many are left only the server can say, with the next welcome. */
    this.unsure = false;
    /** Seq of each message counted since → whether it is a mention. @type {Map<number, boolean>} */
    this.named = new Map();
  }

  get unread() {
    return this.unnamed.unread + this.named.size;
  }

  get mentions() {
    return this.unnamed.mentions + [...this.named.values()].filter(Boolean).length;
  }

  /**
   * @param {Posted} event
   * @param {number} me
   */
  posted(event, me) {
    const isNews = event.seq > this.head && event.seq > this.position;
    this.saw(event.seq);
    if (!isNews || event.deleted || event.actor?.id === me) return;
    this.named.set(event.seq, this.#mentions(event, me));
  }

  /**
   * @param {Deleted} event
   * @param {number} me
   */
  deleted(event, me) {
    const isNews = event.seq > this.head;
    this.saw(event.seq);
    if (!isNews || this.named.delete(event.message)) return;
    if (event.message <= this.position || event.message > this.unnamed.upTo || event.author === me) return;
    this.unnamed.unread = Math.max(0, this.unnamed.unread - 1);
    if (this.#mentions(event, me)) this.unnamed.mentions = Math.max(0, this.unnamed.mentions - 1);
  }

  /** @param {Expired} event */
  expired({ seq, through }) {
    const isNews = seq > this.head;
    this.saw(seq);
    if (!isNews) return;
    for (const message of this.named.keys()) if (message <= through) this.named.delete(message);
    if (through >= this.unnamed.upTo) this.unnamed = { unread: 0, mentions: 0, upTo: this.unnamed.upTo };
    else if (through > this.position && this.unnamed.unread > 0) this.unsure = true;
  }

  /** @param {number} seq Of any event. */
  saw(seq) {
    this.head = Math.max(this.head, seq);
  }

  /**
   * One has read up to here, in this tab or elsewhere.
   * @param {number} position
   */
  readTo(position) {
    if (position <= this.position) return;
    this.position = position;
    for (const seq of this.named.keys()) if (seq <= position) this.named.delete(seq);
    // Short of it, which of them are left only the server can say: it does, with the next welcome.
    if (position >= this.unnamed.upTo) this.unnamed = { unread: 0, mentions: 0, upTo: this.unnamed.upTo };
  }

  /**
   * @param {{mentions: number[], mentions_room: boolean}} event
   * @param {number} me
   */
  #mentions(event, me) {
    return this.direct || event.mentions_room || event.mentions.includes(me);
  }
}
