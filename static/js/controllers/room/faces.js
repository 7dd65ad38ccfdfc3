import { drawAvatar } from "../../dom/person.js";

/** @import {Person} from "../../live/protocol.d.ts" */

/** Faces in the header; the same number as in rooms/views/rooms.py. */
const FACES = 4;

/**
 * Somebody came into the room: they are seen among the first few.
 * @param {Person} person
 */
export function addFace(person) {
  const stack = document.querySelector("#room-header .people-stack");
  if (!stack || faceOf(person) || stack.querySelectorAll(".avatar").length >= FACES) return;
  const avatar = document.createElement("span");
  avatar.className = "avatar avatar--xs";
  avatar.dataset.slot = "avatar";
  avatar.setAttribute("aria-hidden", "true");
  drawAvatar(avatar, person);
  stack.querySelector(".people-stack__count")?.before(avatar);
}

/** @param {Person} person */
export function removeFace(person) {
  faceOf(person)?.remove();
}

/** @param {Person} person */
function faceOf(person) {
  return document.querySelector(`#room-header .people-stack [data-person="${person.id}"]`);
}
