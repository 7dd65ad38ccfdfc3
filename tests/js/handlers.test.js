import assert from "node:assert/strict";
import { test } from "node:test";

import { ROWS } from "../../static/js/controllers/timeline/apply.js";
import { HANDLERS } from "../../static/js/models/handlers.js";

const NOT_EVENTS = [
  "typing", "read_to", "readers", "presence", "person_changed", "workspace_renamed", "room_added", "room_removed", "reload", "welcome", "heads", "caught_up", "goodbye", "ok", "error",
];

test("every event of a room changes its rows in some way, and every frame has a handler", () => {
  assert.deepEqual([...Object.keys(ROWS), ...NOT_EVENTS].sort(), Object.keys(HANDLERS).sort());
});
