import { RoomCount } from "./room_count.js";

/** @import {AnyEvent, Deleted, Expired, Frame, Joined, Person, PersonChanged, Posted, Presence, ReadTo, Readers, RoomAdded, RoomRemoved, RoomState, Typing, Welcome} from "../live/protocol.d.ts" */
/** @import {World} from "./world.js" */

/**
 * @param {World} world
 * @param {Person | null} person
 */
function met(world, person) {
  if (person) world.people.set(person.id, person);
}

/**
 * @param {World} world
 * @param {AnyEvent} event
 */
function seen(world, event) {
  met(world, event.actor);
  world.rooms.get(event.room)?.saw(event.seq);
}

/**
 * @param {World} world
 * @param {Posted} event
 */
function posted(world, event) {
  met(world, event.actor);
  world.rooms.get(event.room)?.posted(event, world.me);
  if (event.actor) world.typing.ended(event.room, event.actor.id);
}

/**
 * @param {World} world
 * @param {Deleted} event
 */
function deleted(world, event) {
  world.rooms.get(event.room)?.deleted(event, world.me);
}

/**
 * @param {World} world
 * @param {Expired} event
 */
function expired(world, event) {
  world.rooms.get(event.room)?.expired(event);
}

/**
 * @param {World} world
 * @param {Joined} event
 */
function joined(world, event) {
  seen(world, event);
  met(world, event.person);
  world.readersOf(event.room).came(event.person.id, event.seq);
}

/**
 * @param {World} world
 * @param {AnyEvent & {person: Person}} event
 */
function wentAway(world, event) {
  seen(world, event);
  world.typing.ended(event.room, event.person.id);
  world.readersOf(event.room).went(event.person.id);
}

/**
 * @param {World} world
 * @param {Typing} signal
 */
function typing(world, { room, person }) {
  met(world, person);
  if (person.id !== world.me) world.typing.began(room, person);
}

/**
 * @param {World} world
 * @param {ReadTo} signal
 */
function readTo(world, { room, person, position }) {
  met(world, person);
  if (person.id === world.me) return world.rooms.get(room)?.readTo(position);
  world.readersOf(room).read(person.id, position);
}

/**
 * @param {World} world
 * @param {Readers} signal
 */
function readers(world, signal) {
  for (const { person } of signal.readers) met(world, person);
  world.readersOf(signal.room).tell(signal);
}

/**
 * @param {World} world
 * @param {Presence} signal
 */
function presence(world, { workspace, online = [], offline = [] }) {
  const people = world.online.get(workspace) ?? new Set();
  for (const person of online) people.add(person);
  for (const person of offline) people.delete(person);
  world.online.set(workspace, people);
}

/**
 * @param {World} world
 * @param {PersonChanged} signal
 */
function personChanged(world, { person }) {
  met(world, person);
}

/**
 * @param {World} world
 * @param {RoomState} state
 */
function entered(world, state) {
  world.rooms.set(state.room, new RoomCount(state));
}

/**
 * @param {World} world
 * @param {RoomAdded} signal
 */
function roomAdded(world, { state }) {
  // Told twice, or late: what was counted since is not counted back.
  if (state.head > (world.rooms.get(state.room)?.head ?? -1)) entered(world, state);
}

/**
 * @param {World} world
 * @param {RoomRemoved} signal
 */
function roomRemoved(world, { room }) {
  world.rooms.delete(room);
}

/**
 * The server counted anew: its word replaces what was counted here.
 * @param {World} world
 * @param {Welcome} signal
 */
function welcome(world, { you, rooms, online = {}, changed = [] }) {
  for (const person of [you, ...changed]) met(world, person);
  world.rooms.clear();
  for (const state of rooms) entered(world, state);
  world.online = new Map(Object.entries(online).map(([workspace, people]) => [Number(workspace), new Set(people)]));
}

/** What concerns the connection or the page and not the world. */
function nothing() {}

/**
 * What each thing the server says changes in the world. Complete: a test holds it against rooms/events.py and
 * rooms/signals.py.
 * @type {{[T in Frame["type"]]: (world: World, frame: Extract<Frame, {type: T}>) => void}}
 */
export const HANDLERS = {
  created: seen,
  posted,
  edited: seen,
  deleted,
  expired,
  reacted: seen,
  unreacted: seen,
  pinned: seen,
  unpinned: seen,
  renamed: seen,
  topic_changed: seen,
  joined,
  left: wentAway,
  removed: wentAway,
  role_changed: seen,
  archived: seen,
  unarchived: seen,
  typing,
  read_to: readTo,
  readers,
  presence,
  person_changed: personChanged,
  workspace_renamed: nothing,
  room_added: roomAdded,
  room_removed: roomRemoved,
  reload: nothing,
  welcome,
  heads: nothing,
  caught_up: nothing,
  goodbye: nothing,
  ok: nothing,
  error: nothing,
};
