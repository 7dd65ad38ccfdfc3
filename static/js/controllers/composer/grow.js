/**
 * A text area as tall as its words, up to what the style sheet allows.
 * @param {HTMLTextAreaElement} input
 */
export function grow(input) {
  if (CSS.supports("field-sizing", "content")) return;
  input.style.blockSize = "auto";
  input.style.blockSize = `${input.scrollHeight}px`;
}
