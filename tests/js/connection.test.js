import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Connection } from "../../static/js/live/connection.js";
import { MemoryWaitingStore } from "../../static/js/live/waiting_store.js";
import { FakeClock, FakeLocks, FakeTransport, person, settled } from "./fakes.js";

let clock, transports, heard, begunAnew, connection;

beforeEach(() => {
  clock = new FakeClock();
  transports = [];
  heard = [];
  begunAnew = 0;
  connection = new Connection({
    clock,
    open: (protocol) => {
      transports.push(new FakeTransport(protocol));
      return transports.at(-1);
    },
    store: new MemoryWaitingStore(),
    locks: new FakeLocks(),
    me: 1,
    shown: new Map([[5, 10]]),
    onFrame: (frame) => heard.push(frame),
    onState: () => {},
    epoch: "before",
    onNewEpoch: () => begunAnew++,
    onFailed: () => {},
    onTaken: () => {},
  });
  connection.start();
});

const far = () => transports.at(-1);
const state = (room, head) => ({ room, workspace: 1, head, position: head, unread: 0, mentions: 0 });
const posted = (seq, more = {}) => ({ type: "posted", room: 5, seq, actor: person(2), client_id: `c${seq}`, ...more });
const parted = (type, seq) => ({ type, room: 5, seq, person: person(1) });
const told = (type) => heard.filter((frame) => frame.type === type);
const seqs = () => heard.filter((frame) => "seq" in frame).map((frame) => frame.seq);

test("events come out in order and once, whatever comes in", () => {
  far().welcome({ rooms: [state(5, 10)] });
  for (const seq of [12, 10, 11, 11, 13]) far().says(posted(seq));
  assert.deepEqual(seqs(), [11, 12, 13]);
});

test("a gap is fetched", async () => {
  far().welcome({ rooms: [state(5, 10)] });
  far().says(posted(12));
  await clock.pass(100);
  assert.deepEqual(far().of("fetch").map(({ room, after }) => [room, after]), [[5, 10]]);
});

test("after a loss the hello says how far each room was shown", async () => {
  far().welcome({ rooms: [state(5, 10), state(6, 3)] });
  far().says(posted(11));
  far().closes(1006);
  await clock.pass(1_000);
  far().onopen();
  assert.deepEqual(far().of("hello")[0].positions, { 5: 11, 6: 3 });
});

test("rooms one is no longer in are left out of the next hello", async () => {
  far().welcome({ rooms: [state(6, 3)] });
  far().says({ type: "room_added", state: state(7, 2) });
  far().says({ type: "room_removed", room: 6 });
  far().closes(4100);
  await clock.pass(1_000);
  far().onopen();
  assert.deepEqual(far().of("hello")[0].positions, { 7: 2 });
});

test("a going that is heard late, after one has come back, ends nothing", () => {
  far().welcome({ rooms: [state(5, 10)] });
  far().says({ type: "room_added", state: state(5, 12) });
  far().says(parted("left", 11));
  far().says({ type: "room_removed", room: 5, head: 11 });
  far().says(posted(12));
  far().says(posted(13));
  assert.deepEqual(seqs(), [11, 12, 13]);
  assert.deepEqual(told("room_removed"), []);
});

for (const type of ["left", "removed"]) {
  test(`one's own ${type} ends the room, and the signal that comes after is nothing new`, () => {
    far().welcome({ rooms: [state(5, 10)] });
    far().says(parted(type, 11));
    assert.deepEqual(told("room_removed"), [{ type: "room_removed", room: 5, head: 11 }]);
    far().says({ type: "room_removed", room: 5, head: 11 });
    far().says(posted(12));
    assert.equal(told("room_removed").length, 1);
    assert.deepEqual(seqs(), [11]);
  });
}

test("a coming that is heard late, after one has gone, ends with the going that is sent again", () => {
  far().welcome({ rooms: [] });
  far().says({ type: "room_added", state: state(5, 10) });
  far().says(parted("left", 11));
  assert.equal(told("room_removed").length, 1);
});

test("a room that one is told of again, late, goes on from where it is", async () => {
  far().welcome({ rooms: [state(5, 10)] });
  for (const seq of [11, 12]) far().says(posted(seq));
  far().says({ type: "room_added", state: state(5, 10) });
  for (const seq of [11, 12, 13]) far().says(posted(seq));
  assert.deepEqual(seqs(), [11, 12, 13]);
  far().says({ type: "room_added", state: state(5, 20) });
  await clock.pass(100);
  assert.deepEqual(far().of("fetch").map(({ after }) => after), [13]);
});

test("of a room one is no longer in nothing is asked any more", async () => {
  far().welcome({ rooms: [state(5, 10)] });
  far().says(posted(12));
  far().says({ type: "room_removed", room: 5 });
  await clock.pass(10_000);
  assert.deepEqual(far().of("fetch"), []);
});

test("a room to be loaded anew goes on from its head", () => {
  far().welcome({ rooms: [state(5, 5_000)] });
  far().says({ type: "reload", room: 5, head: 5_000 });
  far().says(posted(5_001));
  assert.deepEqual(seqs(), [5_001]);
});

test("one's own event settles a message whose reply was lost", async () => {
  await connection.outbox.add({ client_id: "c11", room: 5, text: "hello" });
  far().welcome({ rooms: [state(5, 10)] });
  await settled();
  assert.equal(far().of("post").length, 1);
  // Ids are each author's own.
  far().says(posted(11, { client_id: "c11" }));
  await settled();
  assert.equal((await connection.outbox.waiting()).length, 1);
  far().says(posted(12, { client_id: "c11", actor: person(1) }));
  far().closes(1006);
  await clock.pass(1_000);
  far().welcome({ rooms: [state(5, 11)] });
  await settled();
  assert.equal(far().of("post").length, 0);
});

test("what was done while away is done once back", async () => {
  const done = connection.act({ type: "react", room: 5, message: 2, emoji: "🎉" });
  far().welcome({ rooms: [state(5, 10)] });
  const [command] = far().of("react");
  far().says({ type: "ok", id: command.id, seq: 12 });
  assert.equal(await done, 12);
});

/** Away, and back at a site whose data were restored meanwhile. */
async function restored(rooms) {
  far().closes(1006);
  await clock.pass(1_000);
  far().welcome({ epoch: "after", rooms });
}

test("the hello says of which life of the data the positions are, and the next one of which life the welcome was", async () => {
  far().welcome({ epoch: "before", rooms: [state(5, 10)] });
  assert.equal(far().of("hello")[0].epoch, "before");
  assert.equal(begunAnew, 0);
  await restored([state(5, 10)]);
  assert.equal(far().of("hello")[0].epoch, "before");
  assert.equal(begunAnew, 1);
  far().closes(1006);
  await clock.pass(1_000);
  far().welcome({ epoch: "after", rooms: [state(5, 10)] });
  assert.equal(far().of("hello")[0].epoch, "after");
  assert.equal(begunAnew, 1);
});

test("a page that was made before the restore and connects after it begins anew", () => {
  far().welcome({ epoch: "after", rooms: [state(5, 3)] });
  assert.equal(begunAnew, 1);
});

for (const head of [4, 400]) {
  test(`after a restore each room goes on from its head ${head}, wherever it was before`, async () => {
    far().welcome({ epoch: "before", rooms: [state(5, 10)] });
    far().says(posted(11));
    await restored([state(5, head)]);
    far().says({ type: "reload", room: 5, head });
    far().says(posted(head + 1));
    assert.deepEqual(seqs(), [11, head + 1]);
  });
}

test("after a restore what was written and not accepted is sent, and what was to be done to messages is not", async () => {
  far().welcome({ epoch: "before", rooms: [state(5, 10)] });
  far().closes(1006);
  await connection.outbox.add({ client_id: "c11", room: 5, text: "kept" });
  const refused = assert.rejects(connection.act({ type: "delete", room: 5, message: 7 }), { code: "unknown" });
  await restored([state(5, 4)]);
  await refused;
  await settled();
  assert.deepEqual(far().of("delete"), []);
  assert.deepEqual(far().of("post").map(({ text }) => text), ["kept"]);
});

test("after a restore it is told again how far one has read, however far that was before", async () => {
  far().welcome({ epoch: "before", rooms: [state(5, 10)] });
  connection.reading.read(5, 50);
  await clock.pass(400);
  await restored([state(5, 4)]);
  connection.reading.read(5, 6);
  await clock.pass(400);
  assert.deepEqual(far().of("read").map(({ position }) => position), [6]);
});

test("a node of before, which knows no epoch, is said hello to without one", async () => {
  far().onopen();
  assert.equal(far().of("hello")[0].epoch, "before");
  far().says({ type: "error", id: 0, code: "malformed", message: "?", retry_after: null });
  await clock.pass(1_000);
  far().welcome({ rooms: [state(5, 10)] });
  assert.equal(far().of("hello")[0].epoch, undefined);
  assert.equal(begunAnew, 0);
});
