import { emojiNamed } from "../../emoji/database.js";

/** @import {Query} from "./query.js" */
/** @import {Person} from "../../live/protocol.d.ts" */

const MOST = 8;

/**
 * One thing to choose.
 * @typedef {{insert: string, name: string, hint: string, person: Person | null, emoji: string}} Option
 */

/**
 * @param {Query} query
 * @param {string} peopleUrl
 * @param {AbortSignal} signal Another letter was typed: nobody wants this answer any more.
 * @returns {Promise<Option[]>} Empty also where the server is away: completing is a help, not a need.
 */
export async function optionsFor(query, peopleUrl, signal) {
  try {
    return query.kind === "person" ? await people(query.words, peopleUrl, signal) : await emoji(query.words);
  } catch {
    return [];
  }
}

/**
 * @param {string} words
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {Promise<Option[]>}
 */
async function people(words, url, signal) {
  const answer = await fetch(`${url}?${new URLSearchParams({ q: words })}`, { signal });
  if (!answer.ok) return [];
  const found = /** @type {Person[]} */ (await answer.json());
  const options = found.map((person) => ({
    insert: `@${person.handle}`,
    name: person.name,
    hint: `@${person.handle}`,
    person,
    emoji: "",
  }));
  return "room".startsWith(words) ? [...options.slice(0, MOST - 1), everyone()] : options.slice(0, MOST);
}

/** @returns {Option} */
function everyone() {
  return { insert: "@room", name: "Everyone in this room", hint: "@room", person: null, emoji: "" };
}

/**
 * @param {string} words
 * @returns {Promise<Option[]>}
 */
async function emoji(words) {
  const found = await emojiNamed(words);
  return found.slice(0, MOST).map(({ unicode, shortcodes = [], annotation }) => ({
    insert: unicode,
    name: `:${shortcodes.find((code) => code.startsWith(words)) ?? shortcodes[0] ?? annotation}:`,
    hint: annotation,
    person: null,
    emoji: unicode,
  }));
}
