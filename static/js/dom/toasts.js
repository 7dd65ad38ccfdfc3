import { copyOf, fill, slot } from "./slots.js";

const STAYS = 5_000;

/**
 * Says something for a few seconds at the page's edge.
 *
 * @param {string} text
 * @param {{label?: string, act?: () => void, gone?: () => void}} more A button's label and deed; `gone` is called
 *   once the toast leaves without the button having been pressed.
 * @returns {() => void} Takes it away at once, as if its time were over.
 */
export function toast(text, { label, act, gone } = {}) {
  const element = copyOf("toast-template");
  fill(element, "text", text);
  let open = true;
  const end = (/** @type {(() => void) | undefined} */ then) => {
    if (!open) return;
    open = false;
    element.remove();
    then?.();
  };
  const leave = stayingWhileLookedAt(element, () => end(gone));
  slot(element, "close")?.addEventListener("click", leave);
  if (label) offer(element, label, () => end(act));
  document.getElementById("toasts")?.append(element);
  return leave;
}

/**
 * @param {HTMLElement} element
 * @param {string} label
 * @param {() => void} act
 */
function offer(element, label, act) {
  const button = slot(element, "action");
  if (!button) return;
  button.textContent = label;
  button.hidden = false;
  button.addEventListener("click", act);
}

/**
 * Somebody who reads or reaches for the button is not hurried.
 * @param {HTMLElement} element
 * @param {() => void} leave
 */
function stayingWhileLookedAt(element, leave) {
  let timer = setTimeout(leave, STAYS);
  const hold = () => clearTimeout(timer);
  const release = () => {
    clearTimeout(timer);
    timer = setTimeout(leave, STAYS);
  };
  for (const type of ["pointerenter", "focusin"]) element.addEventListener(type, hold);
  for (const type of ["pointerleave", "focusout"]) element.addEventListener(type, release);
  return leave;
}
