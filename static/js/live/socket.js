import { backoff } from "./backoff.js";
import { asksToSignIn, stopReason } from "./close_codes.js";
import { Heartbeat } from "./heartbeat.js";

/** @import {Clock, Command, Frame, Hello, SocketState, Transport, Welcome} from "./protocol.d.ts" */

const SUBPROTOCOL = "collab.v1";
/** Milliseconds until the socket is open; a node that hangs is left then. */
const OPENED_WITHIN = 10_000;
/** And from then until the welcome: where thousands come at once each waits for their turn. */
const GREETED_WITHIN = 30_000;
/** Milliseconds until what came is confirmed. The server looks after whoever confirms nothing for longer. */
const CONFIRM_WITHIN = 5_000;
/** Milliseconds over which pages that ask for a welcome for the same reason spread. */
const ANEW_WITHIN = 10_000;
/** Ids of hello, ping and confirm; commands count from 1 and take replies of their own. */
const OWN_ID = 0;
/** WebSocket.OPEN, which is not there without a browser. */
const OPEN = 1;

/**
 * One socket that heals: connecting → greeting → catching_up → live, lost in between, stopped for good.
 *
 * Says hello, keeps the heartbeat, comes back after a loss, and hands every frame on. Renders nothing.
 */
export class LiveSocket {
  #given;
  #heartbeat;
  /** @type {Transport | null} */
  #transport = null;
  /** @type {SocketState} */
  #state = { name: "idle" };
  #attempt = 0;
  /** The least time until coming back, in ms, where the server named one. */
  #asked = 0;
  #cancel = () => {};
  /** @type {Set<number>} Rooms in which something came since the last word of how far this page has got. */
  #unconfirmed = new Set();
  #cancelConfirm = () => {};
  /** @type {(() => void) | null} */
  #cancelAnew = null;
  /** Whether anything was heard since the first of them, or since they were confirmed. */
  #hearsMore = false;
  /** @type {string | undefined} */
  #since = undefined;
  /** The life of the data that this page's positions are of. @type {string | undefined} */
  #epoch;
  #isOldServer = false;

  /**
   * @param {object} given
   * @param {(protocol: string) => Transport} given.open Makes a transport that begins to connect.
   * @param {Clock} given.clock
   * @param {() => Record<string, number>} given.positions Seq shown by room, for the hello.
   * @param {(frame: Frame) => void} given.onFrame
   * @param {(state: SocketState) => void} given.onState
   * @param {string} [given.epoch] The epoch of the data that the page was made from.
   * @param {() => void} given.onNewEpoch The data were restored: nothing that is held of them is true any more.
   */
  constructor(given) {
    this.#given = given;
    this.#epoch = given.epoch;
    this.#heartbeat = new Heartbeat({
      clock: given.clock,
      ping: () => this.#transmit({ type: "ping", id: OWN_ID, positions: given.positions() }),
      dead: () => this.#lose(),
    });
  }

  get state() {
    return this.#state;
  }

  start() {
    if (this.#state.name === "idle" || this.#state.name === "lost") this.#connect();
  }

  /** For pages that go: no more coming back. */
  close() {
    this.#drop();
    this.#become({ name: "idle" });
  }

  /** The page woke or is looked at again: come back at once, or make sure that the socket still lives. */
  wake() {
    if (this.#state.name === "lost") this.#connect();
    else this.#heartbeat.hurry();
  }

  /** Only a welcome tells what this page needs to know: have another soon, but not all pages at once. */
  greetAnew() {
    const { clock } = this.#given;
    this.#cancelAnew ??= clock.after(ANEW_WITHIN * clock.random(), () => this.#transport && this.#lose());
  }

  /** The browser says the network is gone. It may err, so the usual return goes on. */
  wentOffline() {
    if (this.#transport) this.#lose();
  }

  /**
   * @param {Command} command
   * @returns {boolean} Whether it went out: only a greeted socket takes commands.
   */
  send(command) {
    if (this.#state.name !== "live" && this.#state.name !== "catching_up") return false;
    this.#transmit(command);
    return true;
  }

  /**
   * Something came: tell the server soon how far this page has got there.
   * @param {number} room
   */
  confirmSoon(room) {
    const { clock } = this.#given;
    // Not all at once: in a room of thousands the same event comes to all of them.
    const wait = CONFIRM_WITHIN * (0.5 + clock.random() / 2);
    if (!this.#unconfirmed.size) {
      this.#cancelConfirm();
      this.#cancelConfirm = clock.after(wait, () => this.#confirm());
      this.#hearsMore = false;
    }
    this.#unconfirmed.add(room);
  }

  #confirm() {
    const shown = Object.entries(this.#given.positions());
    const positions = Object.fromEntries(shown.filter(([room]) => this.#unconfirmed.has(Number(room))));
    this.#unconfirmed.clear();
    if (this.#hearsMore) {
      this.send({ type: "confirm", id: OWN_ID, positions });
      this.#hearsMore = false;
      this.#cancelConfirm = this.#given.clock.after(CONFIRM_WITHIN, () => this.#askIfSilent());
    } else this.#askIfSilent();
  }

  /** A ping says it of all rooms and is answered: it tells whether the other side is there, where nothing else has. */
  #askIfSilent() {
    if (!this.#hearsMore) this.#heartbeat.ask();
  }

  #connect() {
    this.#cancel();
    this.#asked = 0;
    this.#become({ name: "connecting" });
    const transport = this.#given.open(SUBPROTOCOL);
    transport.onopen = () => this.#greet();
    transport.onmessage = ({ data }) => this.#hear(JSON.parse(String(data)));
    transport.onclose = ({ code }) => this.#closed(code);
    this.#transport = transport;
    this.#cancel = this.#given.clock.after(OPENED_WITHIN, () => this.#lose());
  }

  #greet() {
    this.#cancel();
    this.#cancel = this.#given.clock.after(GREETED_WITHIN, () => this.#lose());
    this.#become({ name: "greeting" });
    /** @type {Hello} */
    const hello = { type: "hello", id: OWN_ID, positions: this.#given.positions() };
    if (this.#since) hello.since = this.#since;
    if (this.#epoch && !this.#isOldServer) hello.epoch = this.#epoch;
    this.#transmit(hello);
  }

  /** @param {Frame} frame */
  #hear(frame) {
    this.#heartbeat.heard();
    this.#hearsMore = true;
    if (frame.type === "welcome") this.#welcomed(frame);
    else if (frame.type === "goodbye") this.#asked = frame.delay * 1000;
    else if (frame.type === "error" && frame.id === OWN_ID && this.#state.name === "greeting") {
      this.#asked = (frame.retry_after ?? 0) * 1000;
      // A node of before knows no epochs, in the middle of an upgrade or after one that was taken back.
      this.#isOldServer = frame.code === "malformed";
      return this.#lose();
    }
    this.#given.onFrame(frame);
    if (frame.type === "caught_up") this.#liveNow();
  }

  /** @param {Welcome} welcome */
  #welcomed(welcome) {
    this.#cancel();
    this.#since = welcome.at;
    // Without one before, what the page shows is taken for what it was made from just now.
    if (this.#epoch && welcome.epoch && this.#epoch !== welcome.epoch) this.#given.onNewEpoch();
    this.#epoch = welcome.epoch || this.#epoch;
    this.#isOldServer = !welcome.epoch;
    this.#heartbeat.start(welcome.heartbeat);
    this.#become({ name: "catching_up" });
  }

  #liveNow() {
    this.#attempt = 0;
    this.#become({ name: "live" });
  }

  /** @param {number} code */
  #closed(code) {
    const reason = stopReason(code);
    if (reason === null) return this.#lose();
    this.#drop();
    this.#become({ name: "stopped", reason, signIn: asksToSignIn(code) });
  }

  #lose() {
    this.#drop();
    const { clock } = this.#given;
    const wait = this.#asked || backoff(this.#attempt, clock);
    this.#attempt += 1;
    this.#cancel = clock.after(wait, () => this.#connect());
    this.#become({ name: "lost", retryAt: clock.now() + wait });
  }

  #drop() {
    this.#cancel();
    this.#cancelConfirm();
    this.#cancelAnew?.();
    this.#cancelAnew = null;
    // The next hello says it of all rooms.
    this.#unconfirmed.clear();
    this.#heartbeat.stop();
    const transport = this.#transport;
    this.#transport = null;
    if (!transport) return;
    // A dropped transport may speak up later: nobody listens any more.
    transport.onopen = transport.onmessage = transport.onclose = null;
    transport.close();
  }

  /** @param {Command} command */
  #transmit(command) {
    // Where the other side is closing nothing goes out any more; what becomes of the command is told with the loss.
    if (this.#transport?.readyState === OPEN) this.#transport.send(JSON.stringify(command));
  }

  /** @param {SocketState} state */
  #become(state) {
    this.#state = state;
    this.#given.onState(state);
  }
}
