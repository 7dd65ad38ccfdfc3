/**
 * Why a socket ended and what to do about it; the numbers are those of collab/live/errors.py.
 * 41xx and the browser's own codes (1006 and the like) say come back; 42xx say do not, until the person acts.
 */

/** @type {Record<number, string>} What the person is told where coming back by itself would not help. */
const STOPS = {
  4201: "You are signed out. Sign in again to go on.",
  4202: "You have been signed out. Sign in again to go on.",
  4203: "This page was opened from an address the site does not know. Open the site at its own address.",
  4205: "You have this site open in too many tabs. Close some of them and reload this one.",
  4204: "This page is out of date. Reload it to go on.",
};

/**
 * @param {number} code
 * @returns {string | null} Words for the person where one must not come back; null where one should.
 */
export function stopReason(code) {
  if (code < 4200 || code > 4299) return null;
  return STOPS[code] ?? "The site closed this connection. Reload the page to go on.";
}

/**
 * @param {number} code
 * @returns {boolean} Whether signing in is what helps.
 */
export function asksToSignIn(code) {
  return code === 4201 || code === 4202;
}
