import { realClock } from "./live/clock.js";
import { Connection } from "./live/connection.js";
import { LocalWaitingStore } from "./live/waiting_store.js";
import { World } from "./models/world.js";

/** @import {Frame, Locks, SocketState, Waiting} from "./live/protocol.d.ts" */

/**
 * What is heard on a page: every frame by its type, and what the page itself makes known.
 * @typedef {{[T in Frame["type"]]: Extract<Frame, {type: T}>} & {
 *   state: SocketState, new_epoch: null, queued: Waiting, failed: Waiting, dropped: {client_id: string}, taken: number, typing_changed: number,
 *   world_changed: Frame, rights_changed: null, unkept: null, shown: null, edit_last: null, titled: string,
 *   workspace_titled: {before: string, name: string}
 * }} Heard
 */

/** The page's one place to ask who and where one is, to say things live and to hear them. */
class Page {
  /** @type {Map<string, Set<(what: any) => void>>} */
  #listeners = new Map();
  me = 0;
  timeZone = "UTC";
  workspace = 0;
  /** 0 on pages without a room. */
  room = 0;
  member = false;
  mayManage = false;
  /** One's role in the workspace. */
  role = "";
  /** Whether the end of the open room is in view. */
  atEnd = false;
  /** @type {Connection | null} */
  connection = null;
  /** @type {World | null} */
  world = null;

  /**
   * @template {keyof Heard} T
   * @param {T} type
   * @param {(what: Heard[T]) => void} act
   * @returns {() => void} Stops hearing.
   */
  on(type, act) {
    const acts = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, acts.add(act));
    return () => acts.delete(act);
  }

  /**
   * @template {keyof Heard} T
   * @param {T} type
   * @param {Heard[T]} what
   */
  emit(type, what) {
    for (const act of this.#listeners.get(type) ?? []) attempt(() => act(what));
  }

  /** @param {HTMLElement} shell */
  open(shell) {
    const { dataset } = shell;
    this.workspace = Number(dataset.workspaceId);
    this.room = Number(dataset.room ?? 0);
    this.member = dataset.member === "true";
    this.mayManage = dataset.mayManage === "true";
    this.role = dataset.role ?? "";
    this.world = new World({
      me: this.me,
      clock: realClock,
      typingChanged: (room) => this.emit("typing_changed", room),
    });
    this.connection = this.#connect(socketAddress(dataset.socket ?? "/ws/"), shell);
  }

  /** @param {{mayManage: string, role: string}} rights What one may from now on, as the shell has it. */
  allow(rights) {
    Object.assign(document.getElementById("shell")?.dataset ?? {}, rights);
    this.mayManage = rights.mayManage === "true";
    this.role = rights.role;
  }

  /**
   * @param {string} address
   * @param {HTMLElement} shell
   */
  #connect(address, shell) {
    return new Connection({
      clock: realClock,
      open: (protocol) => /** @type {import("./live/protocol.d.ts").Transport} */ (new WebSocket(address, protocol)),
      store: new LocalWaitingStore(this.me, window.indexedDB, () => this.emit("unkept", null)),
      locks: locksOf(this.me),
      me: this.me,
      shown: shownRooms(shell),
      epoch: shell.dataset.epoch,
      onFrame: (frame) => this.#hear(frame),
      onNewEpoch: () => this.#beginAnew(),
      onState: (state) => this.emit("state", state),
      onFailed: (waiting) => this.emit("failed", waiting),
      onTaken: (room) => this.emit("taken", room),
    });
  }

  #beginAnew() {
    this.world?.forget();
    this.emit("new_epoch", null);
  }

  /** @param {Frame} frame */
  #hear(frame) {
    this.world?.apply(frame);
    this.emit(frame.type, /** @type {any} */ (frame));
    this.emit("world_changed", frame);
    if (frame.type === "expired" && this.world?.rooms.get(frame.room)?.unsure) this.connection?.socket.greetAnew();
  }
}

/**
 * One listener's fault must not keep the others, or the next event, from being heard.
 * @param {() => void} act
 */
function attempt(act) {
  try {
    act();
  } catch (error) {
    reportError(error);
  }
}

/** @param {string} path */
function socketAddress(path) {
  const address = new URL(path, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  return address.href;
}

/**
 * How far each room stood when the page was made; the open room's timeline is of that moment too.
 * @param {HTMLElement} shell
 * @returns {Map<number, number>}
 */
function shownRooms(shell) {
  const links = /** @type {NodeListOf<HTMLElement>} */ (shell.querySelectorAll(".room-link[data-room]"));
  const shown = new Map([...links].map(({ dataset }) => [Number(dataset.room), Number(dataset.head)]));
  const room = Number(shell.dataset.room ?? 0);
  if (room && shell.dataset.member === "true") shown.set(room, Number(shell.dataset.head));
  return shown;
}

/**
 * Shared by this person's tabs. Without Web Locks the server's own check of client ids still holds.
 * @param {number} me
 * @returns {Locks}
 */
function locksOf(me) {
  if (!navigator.locks) return { request: (_name, act) => act() };
  return { request: (name, act) => navigator.locks.request(`collab-${me}-${name}`, act) };
}

export const page = new Page();

/** Reads who one is and where; opens the live connection's parts where the page is one of the shell. */
export function openPage() {
  page.me = Number(document.body.dataset.me ?? 0);
  page.timeZone = document.body.dataset.timeZone || "UTC";
  const shell = document.getElementById("shell");
  if (shell && page.me) page.open(shell);
}
