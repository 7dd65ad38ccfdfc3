import { Commands } from "./commands.js";
import { Gate } from "./gate.js";
import { Outbox } from "./outbox.js";
import { ReadPositions } from "./positions.js";
import { LiveSocket } from "./socket.js";

/** @import {AnyEvent, AnySignal, Clock, CommandBody, Frame, Heads, Locks, RoomRemoved, RoomState, SocketState, Transport, Waiting, WaitingStore, Welcome} from "./protocol.d.ts" */

/**
 * The page's one live connection: socket, order, commands, reading positions and outbox put together.
 *
 * What comes out of `onFrame` is in order and doubles nothing. Renders nothing.
 */
export class Connection {
  #given;
  /** @type {Map<number, Gate>} */
  #gates = new Map();
  /**
   * By room, the head as of which the server said that one is in it: a going of up to there is late.
   * @type {Map<number, number>}
   */
  #since = new Map();

  /**
   * @param {object} given
   * @param {(protocol: string) => Transport} given.open
   * @param {Clock} given.clock
   * @param {WaitingStore} given.store
   * @param {Locks} given.locks
   * @param {number} given.me
   * @param {Map<number, number>} given.shown By room, the seq up to which the page shows it already.
   * @param {string} [given.epoch] The epoch of the data that the page was made from.
   * @param {(frame: Frame) => void} given.onFrame
   * @param {() => void} given.onNewEpoch The data were restored; what is shown is to be loaded anew.
   * @param {(state: SocketState) => void} given.onState
   * @param {(waiting: Waiting) => void} given.onFailed
   * @param {(room: number) => void} given.onTaken
   */
  constructor(given) {
    this.#given = given;
    const { clock, open, store, locks, onFailed, onTaken } = given;
    this.socket = new LiveSocket({
      open,
      clock,
      epoch: given.epoch,
      positions: () => this.#positions(),
      onFrame: (frame) => this.#route(frame),
      onState: (state) => this.#stateChanged(state),
      onNewEpoch: () => this.#beginAnew(),
    });
    this.commands = new Commands({ transmit: (command) => this.socket.send(command), clock });
    this.reading = new ReadPositions({
      send: (room, position) => this.commands.send({ type: "read", room, position }, { again: true }),
      clock,
    });
    this.outbox = new Outbox({ store, locks, clock, onFailed, onTaken, send: (waiting) => this.#post(waiting) });
    for (const [room, seq] of given.shown) this.#open(room, seq);
  }

  start() {
    this.socket.start();
  }

  /**
   * Commands that do once what they do twice: set, not add.
   * @param {CommandBody} body
   */
  act(body) {
    return this.commands.send(body, { again: true });
  }

  /** @param {Waiting} waiting */
  #post({ room, client_id, text }) {
    return this.commands.send({ type: "post", room, client_id, text });
  }

  #positions() {
    return Object.fromEntries([...this.#gates].map(([room, gate]) => [String(room), gate.shown]));
  }

  /** @param {Frame} frame */
  #route(frame) {
    if (frame.type === "ok" || frame.type === "error") return this.commands.settle(frame);
    if ("seq" in frame) return this.#gates.get(frame.room)?.offer(frame);
    if (frame.type === "room_removed") return this.#removed(frame);
    this.#mind(frame);
    this.#given.onFrame(frame);
  }

  /** @param {AnySignal} signal What changes where the rooms are taken up. */
  #mind(signal) {
    if (signal.type === "heads") this.#compare(signal);
    else if (signal.type === "welcome") this.#welcomed(signal);
    else if (signal.type === "reload") this.#gates.get(signal.room)?.jump(signal.head);
    else if (signal.type === "room_added") this.#added(signal.state);
  }

  /**
   * One's own going, as a signal or as an event of the room, whichever comes first.
   * @param {RoomRemoved} signal
   */
  #removed(signal) {
    // A node of before this version names no head. What compares with none is false: then it holds.
    if (!this.#gates.has(signal.room) || signal.head <= (this.#since.get(signal.room) ?? -1)) return;
    this.#close(signal.room);
    this.#given.onFrame(signal);
  }

  /** @param {RoomState} state Told twice, or late: what is known already is not taken back. */
  #added(state) {
    this.#letIn(state);
    this.#gates.get(state.room)?.expect(state.head);
  }

  /** @param {RoomState} state As of its head one is in the room, which may be open already. */
  #letIn({ room, head }) {
    if (this.#gates.has(room)) this.#since.set(room, Math.max(head, this.#since.get(room) ?? 0));
    else this.#open(room, head);
  }

  /** @param {Heads} frame */
  #compare({ heads }) {
    for (const [room, head] of Object.entries(heads)) this.#gates.get(Number(room))?.expect(head);
  }

  /** @param {Welcome} welcome */
  #welcomed(welcome) {
    const rooms = new Set(welcome.rooms.map((state) => state.room));
    for (const room of this.#gates.keys()) if (!rooms.has(room)) this.#close(room);
    for (const state of welcome.rooms) {
      this.reading.known(state.room, state.position);
      this.#letIn(state);
    }
  }

  /** What waits to be said stays; what waits to be done to messages does not, for others have their numbers now. */
  #beginAnew() {
    for (const room of [...this.#gates.keys()]) this.#close(room);
    this.reading.forget();
    this.commands.forget();
    this.#given.onNewEpoch();
  }

  /**
   * @param {number} room
   * @param {number} shown
   */
  #open(room, shown) {
    const gate = new Gate({
      shown,
      clock: this.#given.clock,
      deliver: (event) => this.#delivered(event),
      ask: (after) => this.commands.tell({ type: "fetch", room, after }),
    });
    this.#gates.set(room, gate);
    this.#since.set(room, shown);
  }

  /** @param {number} room */
  #close(room) {
    this.#gates.get(room)?.lost();
    this.#gates.delete(room);
    this.#since.delete(room);
  }

  /** @param {AnyEvent} event */
  #delivered(event) {
    this.socket.confirmSoon(event.room);
    // Of others' messages none waits here, and to look costs a write to the disk.
    if (event.type === "posted" && event.actor?.id === this.#given.me) void this.outbox.accepted(event.client_id);
    this.#given.onFrame(event);
    const isMine = (event.type === "left" || event.type === "removed") && event.person.id === this.#given.me;
    if (isMine) this.#removed({ type: "room_removed", room: event.room, head: event.seq });
  }

  /** @param {SocketState} state */
  #stateChanged(state) {
    if (state.name === "lost" || state.name === "stopped") this.#lost();
    this.#given.onState(state);
    if (state.name === "live") {
      this.commands.live();
      void this.outbox.live();
    }
  }

  #lost() {
    for (const gate of this.#gates.values()) gate.lost();
    this.commands.lost();
    this.outbox.lost();
  }
}
