import { parseSafe } from "./safe_html.js";

/** The server answered, and not with what was asked for. */
export class NoFragment extends Error {
  /**
   * @param {string} url
   * @param {number} status
   */
  constructor(url, status) {
    super(`${url} answered ${status}`);
    this.status = status;
  }
}

/** The server did not answer. */
export class NoAnswer extends Error {}

/**
 * A partial of a page, from this site.
 * @param {string} url
 * @returns {Promise<DocumentFragment>} Rejects with NoAnswer where the server is away, with NoFragment where it says no.
 */
export async function fetchFragment(url) {
  const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" }).catch(() => {
    throw new NoAnswer(url);
  });
  // Signed out meanwhile: the whole page goes where the server says.
  const away = answer.headers.get("HX-Redirect");
  if (away) location.assign(away);
  if (away || !answer.ok || answer.redirected) throw new NoFragment(url, answer.status);
  return parseSafe(await answer.text());
}
