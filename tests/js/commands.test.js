import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Commands } from "../../static/js/live/commands.js";
import { FakeClock } from "./fakes.js";

let clock, sent, up, commands;

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  up = true;
  commands = new Commands({ clock, transmit: (command) => up && sent.push(command) > 0 });
});

const react = { type: "react", room: 5, message: 2, emoji: "🎉" };
const post = { type: "post", room: 5, client_id: "c", text: "hello" };

test("each command has its own id and takes its own reply", async () => {
  const first = commands.send(react);
  const second = commands.send(post);
  commands.settle({ type: "ok", id: sent[1].id, seq: 8 });
  commands.settle({ type: "ok", id: sent[0].id, seq: null });
  assert.equal(await first, null);
  assert.equal(await second, 8);
  assert.equal(clock.waiting, 0);
});

test("a refusal carries the server's code, words and time", async () => {
  const answer = commands.send(post);
  commands.settle({ type: "error", id: sent[0].id, code: "too_fast", message: "Wait.", retry_after: 1 });
  await assert.rejects(answer, { code: "too_fast", message: "Wait.", retryAfter: 1 });
});

test("no answer in time is of unknown fate", async () => {
  const answer = assert.rejects(commands.send(post), { code: "unknown" });
  await clock.pass(15_000);
  await answer;
});

test("a loss leaves what may not be said twice of unknown fate", async () => {
  const answer = commands.send(post);
  commands.lost();
  await assert.rejects(answer, { code: "unknown" });
});

test("what may be said twice is said again after a loss", async () => {
  const answer = commands.send(react, { again: true });
  commands.lost();
  commands.live();
  assert.deepEqual(sent.map((command) => command.id), [1, 1]);
  commands.settle({ type: "ok", id: 1, seq: 9 });
  assert.equal(await answer, 9);
});

test("without a socket it waits for one, or fails at once", async () => {
  up = false;
  const waits = commands.send(react, { again: true });
  await assert.rejects(commands.send(post), { code: "unknown" });
  up = true;
  commands.live();
  commands.settle({ type: "ok", id: 1, seq: 4 });
  assert.equal(await waits, 4);
});

test("what may be said twice is said again when the server asks for patience", async () => {
  const answer = commands.send(react, { again: true });
  commands.settle({ type: "error", id: 1, code: "too_fast", message: "Wait.", retry_after: 1 });
  await clock.pass(1_000);
  assert.equal(sent.length, 2);
  commands.settle({ type: "ok", id: 1, seq: 4 });
  assert.equal(await answer, 4);
});

test("replies nobody waits for change nothing", () => {
  commands.tell({ type: "typing", room: 5 });
  commands.settle({ type: "ok", id: 1, seq: null });
  commands.settle({ type: "error", id: null, code: "malformed", message: "What?", retry_after: null });
});

test("what no frame can hold is refused at once: the server could not say whose it was", async () => {
  await assert.rejects(commands.send({ ...post, text: "\u0001".repeat(16_000) }), { code: "frame_too_large", retryAfter: null });
  assert.equal(sent.length, 0);
});
