import { fetchFragment } from "./fragments.js";
import { toast } from "./toasts.js";

/**
 * Shows a partial of the site in the page's dialog.
 * @param {string} url
 */
export async function openDialog(url) {
  const body = document.getElementById("dialog-body");
  try {
    body?.replaceChildren(await fetchFragment(url));
    showDialog();
  } catch {
    toast("That could not be loaded. Check the connection and try again.");
  }
}

/** Opens the page's dialog with what is in it. */
export function showDialog() {
  const dialog = document.getElementById("dialog");
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}
