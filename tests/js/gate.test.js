import assert from "node:assert/strict";
import { test } from "node:test";

import { Gate } from "../../static/js/live/gate.js";
import { FakeClock, seeded } from "./fakes.js";

function gateAt(shown, clock, ask = () => {}) {
  const seen = [];
  const gate = new Gate({ shown, clock, ask, deliver: (event) => seen.push(event.seq) });
  return { gate, seen };
}

const upTo = (head, from = 1) => Array.from({ length: head - from + 1 }, (_, index) => index + from);

test("what comes in order goes through at once", () => {
  const { gate, seen } = gateAt(3, new FakeClock());
  for (const seq of [4, 5, 6]) gate.offer({ seq });
  assert.deepEqual(seen, [4, 5, 6]);
});

test("what comes early is held, what was there is dropped", () => {
  const { gate, seen } = gateAt(0, new FakeClock());
  for (const seq of [2, 2, 3, 1, 1, 3, 4]) gate.offer({ seq });
  assert.deepEqual(seen, [1, 2, 3, 4]);
});

test("a gap is asked for after a moment, and again while it stays", async () => {
  const clock = new FakeClock();
  const asked = [];
  const { gate, seen } = gateAt(0, clock, (after) => asked.push(after));
  gate.offer({ seq: 1 });
  gate.offer({ seq: 3 });
  assert.deepEqual(asked, []);
  await clock.pass(50);
  assert.deepEqual(asked, [1]);
  await clock.pass(2_000);
  assert.deepEqual(asked, [1, 1]);
  gate.offer({ seq: 2 });
  assert.deepEqual(seen, [1, 2, 3]);
  assert.equal(clock.waiting, 0);
});

test("what the server says was sent, and is not here, is asked for", async () => {
  const clock = new FakeClock();
  const asked = [];
  const { gate, seen } = gateAt(3, clock, (after) => asked.push(after));
  gate.expect(3);
  await clock.pass(10_000);
  assert.deepEqual(asked, []);
  gate.expect(5);
  await clock.pass(0);
  assert.deepEqual(asked, [3]);
  for (const seq of [4, 5]) gate.offer({ seq });
  await clock.pass(10_000);
  assert.deepEqual(asked, [3]);
  assert.deepEqual(seen, [4, 5]);
});

test("a lost socket is asked nothing, and what was early is forgotten", async () => {
  const clock = new FakeClock();
  const asked = [];
  const { gate, seen } = gateAt(0, clock, (after) => asked.push(after));
  gate.offer({ seq: 2 });
  gate.lost();
  await clock.pass(10_000);
  assert.deepEqual(asked, []);
  for (const seq of [1, 2]) gate.offer({ seq });
  assert.deepEqual(seen, [1, 2]);
});

test("a room loaded anew goes on from its head", () => {
  const { gate, seen } = gateAt(5, new FakeClock());
  gate.offer({ seq: 90 });
  gate.jump(100);
  for (const seq of [99, 100, 101]) gate.offer({ seq });
  assert.deepEqual(seen, [101]);
});

test("whatever is lost, doubled and disordered, each event arrives once and in order", async () => {
  for (let seed = 1; seed <= 500; seed++) await oneRun(seed);
});

async function oneRun(seed) {
  const luck = seeded(seed);
  const clock = new FakeClock();
  const head = 1 + Math.floor(luck() * 60);
  const lossy = luck() * 0.6;
  /** Anything sent arrives some time later, or twice, or never. */
  const travel = (seq) => {
    if (luck() < lossy) return;
    for (let copy = 0; copy <= (luck() < 0.3 ? 1 : 0); copy++) clock.after(luck() * 200, () => gate.offer({ seq }));
  };
  const { gate, seen } = gateAt(0, clock, (after) => upTo(head, after + 1).forEach(travel));
  upTo(head).forEach(travel);
  // The last one always gets through some day: without it nobody could know that anything is missing.
  clock.after(500, () => gate.offer({ seq: head }));
  await clock.pass(2_000_000);
  assert.deepEqual(seen, upTo(head), `seed ${seed}`);
}
