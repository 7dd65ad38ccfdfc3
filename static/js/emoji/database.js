/**
 * Emoji by name and by group. The database (well over 1,800 of them) is loaded into the browser's own storage when
 * somebody first wants one, and looked up there from then on.
 */

/** @import Database, {Emoji} from "../../vendor/emoji-database.d.ts" */

/** @type {Promise<Database> | null} */
let opening = null;

/** @returns {Promise<Database>} */
function database() {
  opening ??= open();
  return opening;
}

/** @returns {Promise<Database>} */
async function open() {
  const { default: Database } = await import("../../vendor/emoji-database.js");
  const address = document.querySelector("meta[name='emoji-data']")?.getAttribute("content") ?? "";
  return new Database({ dataSource: address, locale: "en" });
}

/**
 * @param {string} words
 * @returns {Promise<Emoji[]>} What is called so comes before what merely has to do with it.
 */
export async function emojiNamed(words) {
  const found = await (await database()).getEmojiBySearchQuery(words.replaceAll("_", " "));
  const name = words.toLowerCase().replaceAll(" ", "_");
  const called = found.filter(({ shortcodes = [] }) => shortcodes.some((code) => code.startsWith(name)));
  return [...new Set([...called, ...found])];
}

/**
 * @param {number} group As Unicode numbers them.
 * @returns {Promise<Emoji[]>}
 */
export async function emojiOf(group) {
  return (await database()).getEmojiByGroup(group);
}

/** @returns {Promise<Emoji[]>} The ones this person uses most. */
export async function favourites() {
  return (await database()).getTopFavoriteEmoji(16);
}

/** @param {string} emoji */
export async function used(emoji) {
  await (await database()).incrementFavoriteEmojiCount(emoji);
}
