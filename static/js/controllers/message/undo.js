import { toast } from "../../dom/toasts.js";

/**
 * Deeds that wait a few seconds, so that they can be taken back. Those still waiting when the page goes are done.
 * @type {Set<() => void>}
 */
const waiting = new Set();

/**
 * @param {string} text What was done, as far as the person sees.
 * @param {{act: () => void, undo: () => void}} deed
 */
export function undoable(text, { act, undo }) {
  const leave = toast(text, { label: "Undo", act: () => (waiting.delete(leave), undo()), gone: () => (waiting.delete(leave), act()) });
  waiting.add(leave);
}

/** Does what still waits. */
export function flushUndoable() {
  for (const leave of [...waiting]) leave();
}
