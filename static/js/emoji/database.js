/**
 * Emoji by name and by group. The database (well over 1,800 of them) is loaded into the browser's own storage when
 * somebody first wants one, and looked up there from then on.
 */

/** @import Database, {Emoji} from "../../vendor/emoji-database.d.ts" */

/** Signs that are emoji anyway, and the database asks for that once more: 👍 and 👍️ would be two reactions. */
const ASKED_AGAIN = /(\p{Emoji_Presentation})\uFE0F/gu;

/** How the database writes what is shown shorter. @type {Map<string, string>} */
const written = new Map();

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
 * @param {Emoji[]} found
 * @returns {Emoji[]} As Unicode wants them exchanged, and as the server knows them.
 */
function plain(found) {
  return found.map((emoji) => {
    const unicode = emoji.unicode.replace(ASKED_AGAIN, "$1");
    written.set(unicode, emoji.unicode);
    return { ...emoji, unicode };
  });
}

/**
 * @param {string} words
 * @returns {Promise<Emoji[]>} What is called just so, then what begins so, then what merely has to do with it.
 */
export async function emojiNamed(words) {
  const found = await (await database()).getEmojiBySearchQuery(words.replaceAll("_", " "));
  const name = words.toLowerCase().replaceAll(" ", "_");
  const called = found.filter(({ shortcodes = [] }) => shortcodes.some((code) => code.startsWith(name)));
  const just = called.filter(({ shortcodes = [] }) => shortcodes.includes(name));
  return plain([...new Set([...just, ...called, ...found])]);
}

/**
 * @param {number} group As Unicode numbers them.
 * @returns {Promise<Emoji[]>}
 */
export async function emojiOf(group) {
  return plain(await (await database()).getEmojiByGroup(group));
}

/** @returns {Promise<Emoji[]>} The ones this person uses most. */
export async function favourites() {
  return plain(await (await database()).getTopFavoriteEmoji(16));
}

/** @param {string} emoji */
export async function used(emoji) {
  await (await database()).incrementFavoriteEmojiCount(written.get(emoji) ?? emoji);
}
