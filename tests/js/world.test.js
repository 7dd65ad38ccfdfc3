import assert from "node:assert/strict";
import { test } from "node:test";

import { HANDLERS } from "../../static/js/models/handlers.js";
import { World } from "../../static/js/models/world.js";
import { FakeClock, person, seeded } from "./fakes.js";

const ME = 1;

function world() {
  const clock = new FakeClock();
  const typed = [];
  const made = new World({ me: ME, clock, typingChanged: (room) => typed.push(room) });
  return Object.assign(made, { clock, typed });
}

const state = (more = {}) => ({ room: 5, workspace: 1, head: 0, position: 0, unread: 0, mentions: 0, direct: false, ...more });
const welcome = (...rooms) => ({ type: "welcome", you: person(ME), rooms, workspaces: {}, online: { 1: [1, 2] }, changed: [], heartbeat: 25, at: "" });
const posted = (seq, by, more = {}) => ({ type: "posted", room: 5, seq, actor: person(by), mentions: [], mentions_room: false, deleted: false, ...more });

/** The rule itself, read from the whole log: RoomState in rooms/events.py. */
function recount(log, position, direct) {
  const gone = new Set(log.filter((event) => event.type === "deleted").map((event) => event.message));
  const kept = Math.max(position, ...log.filter((event) => event.type === "expired").map((event) => event.through));
  const unread = log.filter((e) => e.type === "posted" && e.seq > kept && e.actor.id !== ME && !gone.has(e.seq));
  const mentions = unread.filter((event) => direct || event.mentions_room || event.mentions.includes(ME));
  return { unread: unread.length, mentions: mentions.length };
}

const counts = (made) => ({ unread: made.rooms.get(5).unread, mentions: made.rooms.get(5).mentions });

/** A room's life at random: messages, deletions, others things, one reads now and then. */
function life(luck, length) {
  const log = [];
  for (let seq = 1; seq <= length; seq++) log.push(happening(luck, log, seq));
  return log;
}

function happening(luck, log, seq) {
  if (luck() < 0.1) return { type: "expired", room: 5, seq, actor: null, through: Math.floor(luck() * seq) };
  const kept = Math.max(0, ...log.map((event) => event.through ?? 0));
  const gone = new Set(log.map((event) => event.message));
  const standing = log.filter((event) => event.type === "posted" && event.seq > kept && !gone.has(event.seq));
  if (luck() < 0.25 && standing.length) {
    const old = standing[Math.floor(luck() * standing.length)];
    const { mentions, mentions_room } = old;
    return { type: "deleted", room: 5, seq, actor: old.actor, message: old.seq, author: old.actor.id, mentions, mentions_room };
  }
  if (luck() < 0.2) return { type: "reacted", room: 5, seq, actor: person(2), message: 1, emoji: "🎉" };
  const mentions = luck() < 0.3 ? [ME] : [];
  return posted(seq, 1 + Math.floor(luck() * 3), { mentions, mentions_room: luck() < 0.1 });
}

test("counts agree with a recount of the whole log, whatever happens", () => {
  for (let seed = 1; seed <= 400; seed++) oneLife(seed);
});

function oneLife(seed) {
  const luck = seeded(seed);
  const direct = luck() < 0.2;
  const log = life(luck, 5 + Math.floor(luck() * 40));
  const begin = Math.floor(luck() * log.length);
  const told = log.slice(0, begin);
  let position = Math.floor(luck() * (begin + 1));
  let counted = begin;
  const made = world();
  made.apply(welcome(state({ head: begin, position, direct, ...recount(told, position, direct) })));
  for (const event of log) {
    // What the server counted comes again now and then, as after a reconnect.
    made.apply(event);
    const seen = log.slice(0, Math.max(begin, event.seq));
    if (made.rooms.get(5).unsure) {
      counted = seen.length;
      made.apply(welcome(state({ head: counted, position, direct, ...recount(seen, position, direct) })));
    }
    assert.deepEqual(counts(made), recount(seen, position, direct), `seed ${seed} at ${event.seq}`);
    if (event.seq < counted || luck() > 0.2) continue;
    position = Math.max(position, event.seq - (luck() < 0.5 ? Math.min(2, event.seq - counted) : 0));
    made.apply({ type: "read_to", room: 5, person: person(ME), position });
    assert.deepEqual(counts(made), recount(seen, position, direct), `seed ${seed} read to ${position}`);
  }
}

test("of expired messages those that were counted here are counted no more, and of others the server is asked", () => {
  const made = world();
  made.apply(welcome(state({ head: 4, position: 1, unread: 2 })));
  for (const seq of [5, 6]) made.apply(posted(seq, 2));
  const expired = (seq, through) => made.apply({ type: "expired", room: 5, seq, actor: null, through });
  expired(7, 1);
  assert.deepEqual([counts(made).unread, made.rooms.get(5).unsure], [4, false]);
  expired(8, 3);
  assert.deepEqual([counts(made).unread, made.rooms.get(5).unsure], [4, true]);
  expired(9, 5);
  assert.deepEqual(counts(made), { unread: 1, mentions: 0 });
});

test("an own message moves nothing", () => {
  const made = world();
  made.apply(welcome(state()));
  made.apply(posted(1, 2));
  made.apply(posted(2, ME));
  assert.deepEqual(counts(made), { unread: 1, mentions: 0 });
});

test("a welcome replaces what was counted", () => {
  const made = world();
  made.apply(welcome(state()));
  made.apply(posted(1, 2));
  made.apply(welcome(state({ head: 9, position: 9 })));
  assert.deepEqual(counts(made), { unread: 0, mentions: 0 });
});

test("a room one was put out of counts no more", () => {
  const made = world();
  made.apply(welcome(state({ unread: 3, mentions: 1 })));
  made.apply({ type: "room_removed", room: 5 });
  made.apply(posted(1, 2));
  assert.deepEqual(made.totals(), { unread: 0, mentions: 0 });
  made.apply({ type: "room_added", state: state({ unread: 2 }) });
  assert.deepEqual(made.totals(1), { unread: 2, mentions: 0 });
});

test("a room one is told of again, late, is not counted back", () => {
  const made = world();
  made.apply(welcome(state({ head: 3, position: 3 })));
  made.apply(posted(4, 2));
  made.apply({ type: "read_to", room: 5, person: person(ME), position: 4 });
  made.apply({ type: "room_added", state: state({ head: 3, position: 2, unread: 1 }) });
  assert.deepEqual(counts(made), { unread: 0, mentions: 0 });
  made.apply({ type: "room_added", state: state({ head: 9, position: 2, unread: 5 }) });
  assert.deepEqual(counts(made), { unread: 5, mentions: 0 });
});

test("typing lasts five seconds, or until the message is there", async () => {
  const made = world();
  made.apply(welcome(state()));
  made.apply({ type: "typing", room: 5, person: person(2) });
  made.apply({ type: "typing", room: 5, person: person(3) });
  made.apply({ type: "typing", room: 5, person: person(ME) });
  assert.deepEqual(made.typing.of(5).map((one) => one.id), [2, 3]);
  made.apply(posted(1, 2));
  assert.deepEqual(made.typing.of(5).map((one) => one.id), [3]);
  await made.clock.pass(3_000);
  made.apply({ type: "typing", room: 5, person: person(3) });
  await made.clock.pass(3_000);
  assert.equal(made.typing.of(5).length, 1);
  await made.clock.pass(2_000);
  assert.deepEqual(made.typing.of(5), []);
});

test("presence comes with the welcome and goes on by coming and going", () => {
  const made = world();
  made.apply(welcome(state()));
  assert.equal(made.isOnline(2), true);
  made.apply({ type: "presence", workspace: 1, online: [3], offline: [2] });
  assert.equal(made.isOnline(2), false);
  assert.equal(made.isOnline(3), true);
});

test("who has read a message is known by positions, which only go forward", () => {
  const made = world();
  made.apply(welcome(state()));
  made.apply({ type: "read_to", room: 5, person: person(2), position: 7 });
  made.apply({ type: "read_to", room: 5, person: person(2), position: 4 });
  made.apply({ type: "read_to", room: 5, person: person(3), position: 5 });
  assert.deepEqual(made.readersOf(5).upTo(6), [2]);
  assert.deepEqual(made.readersOf(5).upTo(5), [2, 3]);
});

test("who is in a room stands in the order of coming, and what was heard meanwhile holds", () => {
  const made = world();
  made.apply(welcome(state()));
  assert.equal(made.readersOf(5).told, false);
  made.apply({ type: "read_to", room: 5, person: person(2), position: 7 });
  made.apply({ type: "readers", room: 5, readers: [{ person: person(3), position: 5 }, { person: person(2), position: 6 }] });
  assert.equal(made.readersOf(5).told, true);
  made.apply({ type: "joined", room: 5, seq: 8, actor: person(4), person: person(4) });
  assert.deepEqual(made.readersOf(5).upTo(5), [3, 2, 4]);
  assert.deepEqual(made.readersOf(5).upTo(7), [2, 4]);
  made.apply({ type: "left", room: 5, seq: 9, actor: person(3), person: person(3) });
  made.apply({ type: "joined", room: 5, seq: 10, actor: person(3), person: person(3) });
  assert.deepEqual(made.readersOf(5).upTo(1), [2, 4, 3]);
  assert.equal(made.people.get(4).name, "Person 4");
});

test("in a room of more than a hundred nobody is told who has read", () => {
  const made = world();
  made.apply(welcome(state()));
  const readers = Array.from({ length: 100 }, (_, id) => ({ person: person(id + 1), position: 5 }));
  made.apply({ type: "readers", room: 5, readers });
  assert.equal(made.readersOf(5).upTo(5).length, 100);
  made.apply({ type: "joined", room: 5, seq: 6, actor: person(101), person: person(101) });
  assert.deepEqual(made.readersOf(5).upTo(5), []);
});

test("every handler is a function", () => {
  for (const handle of Object.values(HANDLERS)) assert.equal(typeof handle, "function");
});
