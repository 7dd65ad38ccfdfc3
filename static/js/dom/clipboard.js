import { toast } from "./toasts.js";

/**
 * @param {string} text
 * @param {string} [done] Said once it is copied.
 */
export async function copyText(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    if (done) toast(done);
  } catch {
    // Over plain HTTP from another machine browsers lend no clipboard.
    toast(`This browser does not let the page copy. Here it is: ${text}`);
  }
}
