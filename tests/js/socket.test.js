import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { LiveSocket } from "../../static/js/live/socket.js";
import { FakeClock, FakeTransport } from "./fakes.js";

let clock, transports, states, frames, socket;

beforeEach(() => {
  clock = new FakeClock();
  transports = [];
  states = [];
  frames = [];
  socket = new LiveSocket({
    clock,
    open: (protocol) => {
      transports.push(new FakeTransport(protocol));
      return transports.at(-1);
    },
    positions: () => ({ 5: 12, 6: 3 }),
    onFrame: (frame) => frames.push(frame),
    onState: (state) => states.push(state.name),
  });
});

const newest = () => transports.at(-1);
const EVENT = { type: "presence", workspace: 1, online: [], offline: [] };

function live() {
  socket.start();
  newest().welcome();
}

test("it connects, says hello with its positions, catches up and is live", () => {
  live();
  assert.deepEqual(states, ["connecting", "greeting", "catching_up", "live"]);
  assert.equal(newest().protocol, "collab.v1");
  assert.deepEqual(newest().sent, [{ type: "hello", id: 0, positions: { 5: 12, 6: 3 } }]);
});

test("starting twice opens one socket", () => {
  socket.start();
  socket.start();
  assert.equal(transports.length, 1);
});

test("asked for another welcome, several times, it says hello once more, within ten seconds", async () => {
  live();
  clock.luck = 0.5;
  socket.greetAnew();
  socket.greetAnew();
  await clock.pass(4_900);
  assert.equal(transports.length, 1);
  await clock.pass(1_000);
  newest().welcome();
  await clock.pass(10_000);
  assert.equal(transports.length, 2);
  assert.equal(socket.state.name, "live");
});

test("a loss brings the welcome that was asked for", async () => {
  live();
  clock.luck = 0.5;
  socket.greetAnew();
  newest().closes(1006);
  await clock.pass(1_000);
  newest().welcome();
  await clock.pass(20_000);
  assert.equal(transports.length, 2);
});

test("commands wait for the welcome", () => {
  socket.start();
  assert.equal(socket.send({ type: "typing", id: 1, room: 5 }), false);
  newest().welcome();
  assert.equal(socket.send({ type: "typing", id: 1, room: 5 }), true);
  assert.equal(newest().of("typing").length, 1);
});

test("after a loss it comes back with a longer wait each time, ten seconds at most", async () => {
  clock.luck = 0.999;
  live();
  const waits = [];
  for (let round = 0; round < 8; round++) {
    newest().closes(1006);
    waits.push(Math.round((socket.state.retryAt - clock.now()) / 100) / 10);
    await clock.pass(10_000);
  }
  assert.deepEqual(waits, [0.5, 1, 2, 4, 8, 10, 10, 10]);
  assert.equal(transports.length, 9);
});

test("once live again the waits begin anew, and the hello says since when", async () => {
  live();
  newest().closes(1006);
  await clock.pass(500);
  newest().closes(1006);
  await clock.pass(1_000);
  newest().welcome();
  assert.equal(newest().of("hello")[0].since, "2026-11-24T09:00:00Z");
  newest().closes(1006);
  assert.equal(socket.state.retryAt - clock.now(), 250);
});

test("a socket that does not open is given up after ten seconds", async () => {
  socket.start();
  const first = newest();
  await clock.pass(9_900);
  assert.equal(first.closed, false);
  await clock.pass(100);
  assert.equal(first.closed, true);
  assert.equal(socket.state.name, "lost");
});

test("one that is open has half a minute to answer the hello, and is given up then", async () => {
  socket.start();
  await clock.pass(9_000);
  newest().onopen();
  const first = newest();
  await clock.pass(29_900);
  assert.equal(first.closed, false);
  await clock.pass(100);
  assert.equal(first.closed, true);
  assert.equal(socket.state.name, "lost");
});

test("a refused hello is said again after the time the server asks for", async () => {
  socket.start();
  newest().onopen();
  newest().says({ type: "error", id: 0, code: "unavailable", message: "Later.", retry_after: 2 });
  assert.equal(socket.state.name, "lost");
  await clock.pass(1_999);
  assert.equal(transports.length, 1);
  await clock.pass(1);
  assert.equal(transports.length, 2);
});

test("nothing is said to a socket that is closing", async () => {
  live();
  newest().readyState = 2;
  socket.send({ type: "typing", room: 5 });
  assert.equal(newest().of("typing").length, 0);
});

test("goodbye names the wait", async () => {
  live();
  newest().says({ type: "goodbye", delay: 3.5 });
  newest().closes(4100);
  assert.equal(socket.state.retryAt - clock.now(), 3_500);
});

for (const code of [1000, 1001, 1006, 1011, 4100, 4101, 4102, 4103]) {
  test(`close code ${code} says come back`, () => {
    live();
    newest().closes(code);
    assert.equal(socket.state.name, "lost");
  });
}

for (const code of [4201, 4202, 4203, 4204, 4205, 4299]) {
  test(`close code ${code} says stop, and tells why`, async () => {
    live();
    newest().closes(code);
    assert.equal(socket.state.name, "stopped");
    assert.match(socket.state.reason, /\w+/);
    await clock.pass(600_000);
    assert.equal(transports.length, 1);
  });
}

test("it pings at the interval of the welcome", async () => {
  live();
  for (let beat = 0; beat < 3; beat++) {
    await clock.pass(25_000);
    newest().says({ type: "ok", id: 0, seq: null });
  }
  assert.equal(newest().of("ping").length, 3);
  assert.equal(socket.state.name, "live");
});

test("what came is confirmed once within five seconds, with how far the page has got in those rooms", async () => {
  clock.luck = 1;
  live();
  socket.confirmSoon(5);
  await clock.pass(1_000);
  newest().says(EVENT);
  socket.confirmSoon(5);
  await clock.pass(3_900);
  assert.equal(newest().of("confirm").length, 0);
  await clock.pass(100);
  assert.deepEqual(newest().of("confirm"), [{ type: "confirm", id: 0, positions: { 5: 12 } }]);
  await clock.pass(1_000);
  socket.confirmSoon(6);
  newest().says(EVENT);
  await clock.pass(5_000);
  assert.deepEqual(newest().of("confirm")[1].positions, { 6: 3 });
});

test("where nothing was heard since, a ping confirms what came, and finds a connection that is dead", async () => {
  clock.luck = 1;
  live();
  await clock.pass(3_000);
  newest().says(EVENT);
  socket.confirmSoon(5);
  await clock.pass(5_000);
  assert.equal(newest().of("confirm").length, 0);
  assert.deepEqual(newest().of("ping"), [{ type: "ping", id: 0, positions: { 5: 12, 6: 3 } }]);
  await clock.pass(10_000);
  assert.equal(socket.state.name, "lost");
});

test("a busy page that falls silent asks soon after it has confirmed", async () => {
  clock.luck = 1;
  live();
  socket.confirmSoon(5);
  newest().says(EVENT);
  await clock.pass(5_000);
  assert.equal(newest().of("confirm").length, 1);
  await clock.pass(4_900);
  assert.equal(newest().of("ping").length, 0);
  await clock.pass(100);
  assert.equal(newest().of("ping").length, 1);
  await clock.pass(10_000);
  assert.equal(socket.state.name, "lost");
});

test("one that goes on hearing does not", async () => {
  clock.luck = 1;
  live();
  for (let second = 0; second < 23; second++) {
    newest().says(EVENT);
    socket.confirmSoon(5);
    await clock.pass(1_000);
  }
  assert.equal(newest().of("ping").length, 0);
  assert.equal(newest().of("confirm").length, 4);
});

test("after such a ping the next is sent an interval later", async () => {
  clock.luck = 1;
  live();
  socket.confirmSoon(5);
  await clock.pass(5_000);
  newest().says({ type: "ok", id: 0, seq: null });
  await clock.pass(24_900);
  assert.equal(newest().of("ping").length, 1);
  await clock.pass(100);
  assert.equal(newest().of("ping").length, 2);
});

test("pages to which the same comes do not confirm it at the same time", async () => {
  clock.luck = 0;
  live();
  socket.confirmSoon(5);
  newest().says(EVENT);
  await clock.pass(2_400);
  assert.equal(newest().of("confirm").length, 0);
  await clock.pass(100);
  assert.equal(newest().of("confirm").length, 1);
});

test("what came before a loss is not confirmed after it: the hello has said it", async () => {
  live();
  socket.confirmSoon(5);
  newest().closes(1006);
  await clock.pass(1_000);
  newest().welcome();
  await clock.pass(10_000);
  assert.deepEqual(newest().sent.map((command) => command.type), ["hello"]);
  socket.confirmSoon(6);
  newest().says(EVENT);
  await clock.pass(5_000);
  assert.deepEqual(newest().of("confirm")[0].positions, { 6: 3 });
});

test("a ping without an answer is a loss", async () => {
  live();
  await clock.pass(25_000 + 10_000);
  assert.equal(socket.state.name, "lost");
});

test("anything heard counts as an answer", async () => {
  live();
  await clock.pass(25_000 + 9_000);
  newest().says({ type: "presence", workspace: 1, online: [], offline: [] });
  await clock.pass(5_000);
  assert.equal(socket.state.name, "live");
});

test("after sleep it finds out within three seconds that the other side is gone", async () => {
  live();
  await clock.sleep(3_600_000);
  assert.equal(newest().of("ping").length, 1);
  await clock.pass(3_000);
  assert.equal(socket.state.name, "lost");
});

test("a page looked at again comes back at once", async () => {
  clock.luck = 0.9;
  live();
  newest().closes(1006);
  socket.wake();
  assert.equal(socket.state.name, "connecting");
  await clock.pass(5_000);
  assert.equal(transports.length, 2);
});

test("waking a live socket makes sure of it", async () => {
  live();
  socket.wake();
  assert.equal(newest().of("ping").length, 1);
  newest().says({ type: "ok", id: 0, seq: null });
  await clock.pass(3_000);
  assert.equal(socket.state.name, "live");
});

test("without network it is lost at once and goes on trying", async () => {
  live();
  socket.wentOffline();
  assert.equal(socket.state.name, "lost");
  await clock.pass(500);
  assert.equal(transports.length, 2);
});

test("a dropped transport that speaks up later is not heard", async () => {
  live();
  const old = newest();
  const before = old.onmessage;
  socket.wentOffline();
  assert.equal(old.onmessage, null);
  assert.notEqual(before, null);
  assert.equal(old.closed, true);
});

test("closing it leaves no timer behind", () => {
  live();
  socket.close();
  assert.equal(clock.waiting, 0);
});
