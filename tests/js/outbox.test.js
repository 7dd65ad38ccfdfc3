import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Refused } from "../../static/js/live/commands.js";
import { Outbox } from "../../static/js/live/outbox.js";
import { MemoryWaitingStore } from "../../static/js/live/waiting_store.js";
import { FakeClock, FakeLocks, seeded, settled } from "./fakes.js";

let clock, store, locks, server;

beforeEach(() => {
  clock = new FakeClock();
  store = new MemoryWaitingStore();
  locks = new FakeLocks();
  server = { log: [], attempts: 0, answer: () => {} };
});

/** One page; several share store, locks and server as the tabs of a browser do. */
function tab(answer = (message) => server.answer(message)) {
  const failed = [];
  const taken = [];
  const send = async (message) => {
    server.attempts += 1;
    await answer(message);
    accept(message);
  };
  const outbox = new Outbox({ store, locks, clock, send, onFailed: (message) => failed.push(message), onTaken: (room) => taken.push(room) });
  return { outbox, failed, taken };
}

/** As the server does: each client id once. */
function accept({ client_id, room, text }) {
  if (!server.log.some((one) => one.client_id === client_id)) server.log.push({ client_id, room, text });
}

const texts = () => server.log.map((one) => one.text);
const write = (outbox, text, room = 5) => outbox.add({ client_id: `id-${text}`, room, text });

test("a message goes out once there is a socket, and is kept until then", async () => {
  const { outbox } = tab();
  await write(outbox, "one");
  assert.equal((await outbox.waiting()).length, 1);
  await outbox.live();
  assert.deepEqual(texts(), ["one"]);
  assert.deepEqual(await outbox.waiting(), []);
});

test("a room's messages go in the order they were written, one after another", async () => {
  const { outbox } = tab();
  await outbox.live();
  let inFlight = 0;
  server.answer = async () => {
    assert.equal(++inFlight, 1);
    await settled();
    inFlight -= 1;
  };
  await Promise.all(["one", "two", "three", "four"].map((text) => write(outbox, text)));
  assert.deepEqual(texts(), ["one", "two", "three", "four"]);
});

test("a reload sends what was waiting, in order", async () => {
  const before = tab();
  for (const text of ["one", "two"]) await write(before.outbox, text);
  const after = tab();
  await after.outbox.live();
  assert.deepEqual(texts(), ["one", "two"]);
});

test("a crash after the server accepted leads to one message", async () => {
  const before = tab();
  await before.outbox.live();
  server.answer = (message) => {
    accept(message);
    return new Promise(() => {});
  };
  void write(before.outbox, "one");
  await settled();
  // The browser died: its lock went with it.
  locks = new FakeLocks();
  server.answer = () => {};
  await tab().outbox.live();
  assert.deepEqual(texts(), ["one"]);
  assert.deepEqual(await store.all(), []);
});

test("a loss while sending keeps the message for the next socket", async () => {
  const { outbox } = tab();
  await outbox.live();
  server.answer = () => {
    outbox.lost();
    throw Refused.unknown();
  };
  await write(outbox, "one");
  assert.equal((await outbox.waiting()).length, 1);
  server.answer = () => {};
  await outbox.live();
  assert.deepEqual(texts(), ["one"]);
});

test("it waits as long as the server asks and then sends the same message", async () => {
  const { outbox } = tab();
  await outbox.live();
  server.answer = () => {
    throw new Refused("too_fast", "Wait.", 2);
  };
  const sending = Promise.all([write(outbox, "one"), write(outbox, "two")]);
  await clock.pass(1_900);
  assert.equal(server.attempts, 1);
  server.answer = () => {};
  await clock.pass(200);
  await sending;
  assert.deepEqual(texts(), ["one", "two"]);
});

test("while one tab has to wait, another that is luckier sends", async () => {
  const unlucky = tab(() => {
    throw new Refused("unavailable", "Later.", 60);
  });
  const lucky = tab();
  await Promise.race([unlucky.outbox.live(), settled()]);
  await lucky.outbox.live();
  void write(unlucky.outbox, "one");
  await settled();
  assert.deepEqual(texts(), []);
  await write(lucky.outbox, "two");
  assert.deepEqual(texts(), ["one", "two"]);
});

test("what became of a message in another tab can be looked up", async () => {
  const tabs = [tab(), tab()];
  await write(tabs[1].outbox, "one");
  server.answer = () => {
    throw new Refused("room_archived", "Archived.");
  };
  await Promise.all(tabs.map(({ outbox }) => outbox.live()));
  assert.equal(tabs[0].failed.length, 1);
  assert.deepEqual(tabs[1].failed, []);
  assert.deepEqual(tabs[1].taken, [5]);
});

test("what another tab saw to before this one was back can be looked up, too", async () => {
  const [early, late] = [tab(), tab()];
  await write(late.outbox, "one");
  server.answer = () => {
    throw new Refused("room_archived", "Archived.");
  };
  await early.outbox.live();
  await late.outbox.live();
  assert.equal(early.failed.length, 1);
  assert.deepEqual(late.taken, [5]);
});

test("so can what it saw to before this one sent the next", async () => {
  const [early, late] = [tab(), tab()];
  await write(late.outbox, "one");
  server.answer = (message) => {
    if (message.text === "one") throw new Refused("too_long", "Too long.");
  };
  await early.outbox.live();
  await write(late.outbox, "two");
  await late.outbox.live();
  assert.deepEqual(texts(), ["two"]);
  assert.deepEqual(late.taken, [5]);
});

test("a clock that was put back changes no order", async () => {
  await clock.pass(60_000);
  await write(tab().outbox, "one");
  clock = new FakeClock();
  const { outbox } = tab();
  await write(outbox, "two");
  await outbox.live();
  assert.deepEqual(texts(), ["one", "two"]);
});

test("a message refused for good is marked with the server's words and lets the next one pass", async () => {
  const { outbox, failed } = tab();
  await outbox.live();
  server.answer = (message) => {
    if (message.text === "bad") throw new Refused("text_invalid", "That cannot be stored.");
  };
  await write(outbox, "bad");
  await write(outbox, "good");
  assert.deepEqual(texts(), ["good"]);
  assert.equal(failed[0].failed, "That cannot be stored.");
  assert.equal((await outbox.waiting())[0].text, "bad");
});

test("a refused message stays over a reload and is not sent by itself", async () => {
  const { outbox } = tab();
  await outbox.live();
  server.answer = () => {
    throw new Refused("room_archived", "Archived.");
  };
  await write(outbox, "one");
  server.answer = () => {};
  await tab().outbox.live();
  assert.deepEqual(texts(), []);
  await outbox.tryAgain("id-one");
  assert.deepEqual(texts(), ["one"]);
});

test("a discarded message is never sent", async () => {
  const { outbox } = tab();
  await write(outbox, "one");
  await outbox.discard("id-one");
  await outbox.live();
  assert.equal(server.attempts, 0);
});

test("the event of a message settles it even where its reply was lost", async () => {
  const { outbox } = tab();
  await write(outbox, "one");
  await outbox.accepted("id-one");
  await outbox.live();
  assert.equal(server.attempts, 0);
});

test("two tabs that come back together send each message once", async () => {
  const tabs = [tab(), tab()];
  for (const [index, text] of ["one", "two", "three", "four"].entries()) await write(tabs[index % 2].outbox, text);
  await clock.pass(10);
  server.answer = () => settled();
  await Promise.all(tabs.map(({ outbox }) => outbox.live()));
  assert.equal(server.attempts, 4);
  assert.deepEqual(texts().sort(), ["four", "one", "three", "two"]);
});

test("rooms do not wait for each other", async () => {
  const { outbox } = tab();
  await outbox.live();
  server.answer = (message) => {
    if (message.room === 5) throw new Refused("unavailable", "Later.", 60);
  };
  void write(outbox, "slow", 5);
  await write(outbox, "fast", 6);
  assert.deepEqual(texts(), ["fast"]);
});

test("whatever is lost on the way, each message is stored once and in order", async () => {
  for (let seed = 1; seed <= 200; seed++) await oneRun(seed);
});

async function oneRun(seed) {
  const luck = seeded(seed);
  store = new MemoryWaitingStore();
  locks = new FakeLocks();
  server.log = [];
  const { outbox } = tab();
  server.answer = (message) => {
    const fate = luck();
    if (fate < 0.2) accept(message);
    if (fate < 0.4) {
      outbox.lost();
      clock.after(luck() * 3_000, () => void outbox.live());
      throw Refused.unknown();
    }
    if (fate < 0.5) throw new Refused("too_fast", "Wait.", luck() * 2);
  };
  await outbox.live();
  const written = Array.from({ length: 8 }, (_, index) => `m${index}`);
  for (const text of written) {
    void write(outbox, text);
    await clock.pass(luck() * 800);
  }
  await clock.pass(300_000);
  assert.deepEqual(texts(), written, `seed ${seed}`);
  assert.deepEqual(await store.all(), []);
}
