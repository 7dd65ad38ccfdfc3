import { page } from "../page.js";
import { slot } from "./slots.js";

/** @import {Person} from "../live/protocol.d.ts" */

/**
 * Oneself as others see one: as the server said, or, before it spoke, as the page shows one in the sidebar.
 * @returns {Person}
 */
export function ownCard() {
  return page.world?.people.get(page.me) ?? drawnCard();
}

/** @returns {Person} */
function drawnCard() {
  const me = /** @type {HTMLElement | null} */ (document.querySelector(".me"));
  const avatar = me && slot(me, "avatar");
  return {
    id: page.me,
    name: me ? nameIn(me) : "",
    handle: "",
    initials: avatar?.textContent ?? "",
    tint: avatar ? tintOf(avatar) : 0,
    avatar: avatar?.querySelector("img")?.src ?? "",
    ...statusIn(me),
  };
}

/** @param {HTMLElement | null} me */
function statusIn(me) {
  const { emoji = "", text = "" } = me?.dataset ?? {};
  return { status_emoji: emoji, status_text: text };
}

/** @param {Element} me */
function nameIn(me) {
  return slot(me, "name")?.textContent ?? "";
}

/** @param {Element} avatar */
function tintOf(avatar) {
  return Number(/avatar--tint-(\d+)/.exec(avatar.className)?.[1] ?? 0);
}
