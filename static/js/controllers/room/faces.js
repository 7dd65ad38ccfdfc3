import { avatarOf } from "../../dom/person.js";

/** @import {Person} from "../../live/protocol.d.ts" */

/** Faces in the header, those who came first; the same number as in rooms/views/rooms.py. */
const FACES = 4;

/**
 * Somebody came into the room: they are seen among the first few.
 * @param {Person} person
 */
export function addFace(person) {
  const stack = stacked();
  if (!stack || faceOf(person) || facesIn(stack).length >= FACES) return;
  stack.querySelector(".people-stack__count")?.before(avatarOf(person, "xs"));
}

/**
 * @param {Person} person
 * @returns {boolean} Whether somebody who came later has to take the place.
 */
export function removeFace(person) {
  const face = faceOf(person);
  face?.remove();
  return face !== null;
}

/** @param {ParentNode} fresh The page as it is now. */
export function replaceFaces(fresh) {
  const stack = stacked();
  const drawn = fresh.querySelector("#room-header .people-stack");
  if (!stack || !drawn) return;
  for (const face of facesIn(stack)) face.remove();
  stack.prepend(...facesIn(drawn));
}

function stacked() {
  return document.querySelector("#room-header .people-stack");
}

/** @param {Element} stack */
function facesIn(stack) {
  return [...stack.querySelectorAll(".avatar")];
}

/** @param {Person} person */
function faceOf(person) {
  return document.querySelector(`#room-header .people-stack [data-person="${person.id}"]`);
}
