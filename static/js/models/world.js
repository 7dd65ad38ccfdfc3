import { HANDLERS } from "./handlers.js";
import { RoomReaders } from "./room_readers.js";
import { TypingSigns } from "./typing.js";

/** @import {RoomCount} from "./room_count.js" */
/** @import {Clock, Frame, Person} from "../live/protocol.d.ts" */

/** All that a page knows beyond its rows: counts, presence, typing, who has read how far. No DOM. */
export class World {
  /**
   * @param {object} given
   * @param {number} given.me
   * @param {Clock} given.clock
   * @param {(room: number) => void} given.typingChanged
   */
  constructor({ me, clock, typingChanged }) {
    this.me = me;
    /** @type {Map<number, RoomCount>} */
    this.rooms = new Map();
    /** People online, by workspace. @type {Map<number, Set<number>>} */
    this.online = new Map();
    /** By room. @type {Map<number, RoomReaders>} */
    this.readers = new Map();
    /** @type {Map<number, Person>} */
    this.people = new Map();
    this.typing = new TypingSigns({ clock, changed: typingChanged });
  }

  /** @param {Frame} frame */
  apply(frame) {
    const handle = /** @type {(world: World, frame: Frame) => void} */ (HANDLERS[frame.type]);
    handle(this, frame);
  }

  /** The data are others by now. What the welcome does not replace is told or asked for anew. */
  forget() {
    this.people.clear();
    this.readers.clear();
  }

  /** @param {number} person */
  isOnline(person) {
    return [...this.online.values()].some((people) => people.has(person));
  }

  /** Unread and mentions of all rooms, of a workspace or of all. @param {number} [workspace] */
  totals(workspace) {
    const rooms = [...this.rooms.values()].filter((room) => workspace === undefined || room.workspace === workspace);
    return {
      unread: rooms.reduce((sum, room) => sum + room.unread, 0),
      mentions: rooms.reduce((sum, room) => sum + room.mentions, 0),
    };
  }

  /** @param {number} room */
  readersOf(room) {
    const readers = this.readers.get(room) ?? new RoomReaders();
    this.readers.set(room, readers);
    return readers;
  }
}
