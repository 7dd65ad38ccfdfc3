import { page } from "../page.js";

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
  const name = document.querySelector(".me [data-slot='name']")?.textContent ?? "";
  const avatar = document.querySelector(".me [data-slot='avatar']");
  const tint = [...(avatar?.classList ?? [])].find((one) => one.startsWith("avatar--tint-")) ?? "";
  return {
    id: page.me,
    name,
    handle: "",
    initials: avatar?.textContent ?? "",
    tint: Number(tint.slice("avatar--tint-".length)),
    avatar: avatar?.querySelector("img")?.src ?? "",
    status_emoji: "",
    status_text: "",
  };
}
