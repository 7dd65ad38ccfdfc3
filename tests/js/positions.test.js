import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { ReadPositions } from "../../static/js/live/positions.js";
import { FakeClock } from "./fakes.js";

let clock, sent, positions, fate;

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  fate = () => Promise.resolve(null);
  positions = new ReadPositions({
    clock,
    send: (room, position) => {
      sent.push([room, position]);
      return fate();
    },
  });
});

test("many steps of a room are told as one", async () => {
  for (const position of [3, 4, 7, 5]) positions.read(1, position);
  positions.read(2, 9);
  await clock.pass(1_000);
  assert.deepEqual(sent, [
    [1, 7],
    [2, 9],
  ]);
});

test("what the server knows is not told again", async () => {
  positions.known(1, 7);
  positions.read(1, 7);
  positions.read(1, 3);
  await clock.pass(1_000);
  assert.deepEqual(sent, []);
});

test("a page that goes tells at once", () => {
  positions.read(1, 7);
  positions.flush();
  assert.deepEqual(sent, [[1, 7]]);
  assert.equal(clock.waiting, 0);
});

test("what was not taken can be told again", async () => {
  fate = () => Promise.reject(new Error("lost"));
  positions.read(1, 7);
  await clock.pass(1_000);
  positions.read(1, 7);
  await clock.pass(1_000);
  assert.equal(sent.length, 2);
});
