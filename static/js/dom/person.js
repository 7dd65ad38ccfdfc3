import { slot } from "./slots.js";

/** @import {Person} from "../live/protocol.d.ts" */

const GONE = "Someone who left";

/**
 * Draws a person into an avatar: their picture, or initials on their colour.
 * @param {HTMLElement} avatar
 * @param {Person | null} person
 */
export function drawAvatar(avatar, person) {
  const size = [...avatar.classList].filter((name) => !name.startsWith("avatar--tint-"));
  avatar.className = [...size, `avatar--tint-${person?.tint ?? ""}`].join(" ");
  avatar.dataset.person = String(person?.id ?? "");
  avatar.replaceChildren(person?.avatar ? picture(person.avatar) : (person?.initials ?? "?"));
}

/**
 * A new avatar, as `_avatar.html` has it.
 * @param {Person | null} person
 * @param {"xs" | "sm"} size
 */
export function avatarOf(person, size) {
  const avatar = document.createElement("span");
  avatar.className = `avatar avatar--${size}`;
  avatar.dataset.slot = "avatar";
  avatar.setAttribute("aria-hidden", "true");
  drawAvatar(avatar, person);
  return avatar;
}

/** @param {string} address */
function picture(address) {
  const image = new Image();
  image.src = address;
  image.alt = "";
  image.loading = "lazy";
  return image;
}

/**
 * Draws the author of a message into its row.
 * @param {ParentNode} row
 * @param {Person | null} person
 */
export function drawAuthor(row, person) {
  const avatar = slot(row, "avatar");
  if (avatar) drawAvatar(avatar, person);
  for (const name of ["name", "status"]) {
    const part = slot(row, name);
    if (part) part.dataset.person = String(person?.id ?? "");
    if (part) drawBit(part, person);
  }
}

/**
 * How each bit of a person is drawn, by its slot.
 * @type {Record<string, (bit: HTMLElement, person: Person | null) => void>}
 */
const BITS = {
  avatar: drawAvatar,
  name: (bit, person) => (bit.textContent = person?.name ?? GONE),
  status(bit, person) {
    bit.textContent = person?.status_emoji ?? "";
    bit.title = person?.status_text ?? "";
  },
  doing: (bit, person) =>
    (bit.textContent = [person?.status_emoji, person?.status_text].filter(Boolean).join(" ")),
};

/**
 * Draws whatever bit of a person an element shows.
 * @param {HTMLElement} bit
 * @param {Person | null} person
 */
export function drawBit(bit, person) {
  BITS[bit.dataset.slot ?? ""]?.(bit, person);
}
