/**
 * @param {ParentNode} within
 * @param {string} name
 * @returns {HTMLElement | null} The part of a partial with that `data-slot`.
 */
export function slot(within, name) {
  return within.querySelector(`[data-slot="${name}"]`);
}

/**
 * Puts plain text into a slot, where there is such a slot.
 * @param {ParentNode} within
 * @param {string} name
 * @param {string} text
 */
export function fill(within, name, text) {
  const part = slot(within, name);
  if (part) part.textContent = text;
}

/**
 * @param {string} id Of a `<template>` in the page.
 * @returns {HTMLElement} A copy of its only element.
 */
export function copyOf(id) {
  const template = document.getElementById(id);
  if (!(template instanceof HTMLTemplateElement)) throw new Error(`no template ${id}`);
  const first = template.content.firstElementChild;
  if (!first) throw new Error(`template ${id} is empty`);
  return /** @type {HTMLElement} */ (document.importNode(first, true));
}
