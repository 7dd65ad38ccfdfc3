/** As much of emoji-database.js as scripts use. */
export interface Emoji {
  unicode: string;
  annotation: string;
  shortcodes?: string[];
}

export default class Database {
  constructor(options: { dataSource: string; locale: string });
  getEmojiBySearchQuery(words: string): Promise<Emoji[]>;
  getEmojiByGroup(group: number): Promise<Emoji[]>;
  getTopFavoriteEmoji(limit: number): Promise<Emoji[]>;
  incrementFavoriteEmojiCount(emoji: string): Promise<void>;
}
