import assert from "node:assert/strict";
import { test } from "node:test";

import { complete, queryAt } from "../../static/js/controllers/composer/query.js";

const at = (text) => queryAt(text, text.length);

test("an @ with what follows asks for people", () => {
  assert.deepEqual(at("hello @Be"), { kind: "person", start: 6, words: "be" });
  assert.deepEqual(at("@"), { kind: "person", start: 0, words: "" });
  assert.deepEqual(at("(@ada.l"), { kind: "person", start: 1, words: "ada.l" });
});

for (const text of ["ada@example", "a@", "@ada ", "foo.@bar", "hello"]) {
  test(`"${text}" asks for nobody`, () => assert.equal(at(text), null));
}

test("a colon with two letters asks for emoji", () => {
  assert.deepEqual(at("done :ta"), { kind: "emoji", start: 5, words: "ta" });
  assert.deepEqual(at(":+1"), { kind: "emoji", start: 0, words: "+1" });
});

for (const text of [":", ":t", ":)", "10:30", "note:this", "::ab", ":tada: "]) {
  test(`"${text}" asks for no emoji`, () => assert.equal(at(text), null));
}

test("only what stands before the caret counts", () => {
  assert.deepEqual(queryAt("hi @be there", 6), { kind: "person", start: 3, words: "be" });
  assert.equal(queryAt("hi @be there", 2), null);
});

test("what is chosen takes the place of what was typed, with one space after it", () => {
  const query = { kind: "person", start: 3, words: "be" };
  assert.deepEqual(complete("hi @be", 6, query, "@ben"), { text: "hi @ben ", caret: 8 });
  assert.deepEqual(complete("hi @be there", 6, query, "@ben"), { text: "hi @ben there", caret: 7 });
});
