/**
 * What is being typed that can be completed.
 * @typedef {{kind: "person" | "emoji", start: number, words: string}} Query `start`: where its sign stands.
 */

const PERSON = /(?<![\p{L}\p{N}_@.+-])@([a-z0-9._-]{0,30})$/iu;
/** Two letters at least: ":)" and "10:30" are no names. */
const EMOJI = /(?<![\p{L}\p{N}_:]):([a-z0-9_+-]{2,40})$/iu;

/**
 * @param {string} text
 * @param {number} caret
 * @returns {Query | null}
 */
export function queryAt(text, caret) {
  const before = text.slice(0, caret);
  const person = PERSON.exec(before);
  if (person) return { kind: "person", start: person.index, words: person[1].toLowerCase() };
  const emoji = EMOJI.exec(before);
  return emoji && { kind: "emoji", start: emoji.index, words: emoji[1].toLowerCase() };
}

/**
 * @param {string} text
 * @param {number} caret
 * @param {Query} query
 * @param {string} chosen What takes the place of what was typed.
 * @returns {{text: string, caret: number}}
 */
export function complete(text, caret, query, chosen) {
  const after = text.slice(caret);
  const space = after.startsWith(" ") ? "" : " ";
  const before = text.slice(0, query.start) + chosen + space;
  return { text: before + after, caret: before.length };
}
