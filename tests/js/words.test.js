import assert from "node:assert/strict";
import { test } from "node:test";

import { dayKey, dayOf, timeOf } from "../../static/js/dom/dates.js";
import { uuid } from "../../static/js/live/uuid.js";
import { typingSentence } from "../../static/js/models/typing.js";

test("who is typing is said of one, two and many", () => {
  assert.equal(typingSentence([]), "");
  assert.equal(typingSentence(["Ada"]), "Ada is typing");
  assert.equal(typingSentence(["Ada", "Ben"]), "Ada and Ben are typing");
  assert.equal(typingSentence(["Ada", "Ben", "Cleo"]), "Several people are typing");
});

test("days and times are those of the person's own zone", () => {
  const at = new Date("2026-11-23T23:05:00Z");
  assert.equal(timeOf(at, "Europe/Berlin"), "00:05");
  assert.equal(dayOf(at, "Europe/Berlin"), "Tuesday, 24 November 2026");
  assert.equal(dayKey(at, "Europe/Berlin"), "2026-11-24");
  assert.equal(dayKey(at, "America/New_York"), "2026-11-23");
});

test("client ids are UUIDs and never the same", () => {
  const ids = new Set(Array.from({ length: 1_000 }, uuid));
  assert.equal(ids.size, 1_000);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
