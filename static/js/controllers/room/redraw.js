import { page } from "../../page.js";
import { fetchFragment, NoFragment } from "../../dom/fragments.js";
import { fill, slot } from "../../dom/slots.js";
import { replaceFaces } from "./faces.js";

/** How often a page is asked for that is already older than what was heard meanwhile. */
const TRIES = 3;

/**
 * The room's page as it is now; the server alone knows how to say what stands around the rows.
 * @returns {Promise<ParentNode | null>} Null where one may not see it any more.
 */
export async function freshPage() {
  try {
    return await fetchFragment(location.pathname);
  } catch (error) {
    if (error instanceof NoFragment) return null;
    throw error;
  }
}

/** The same, with all that was heard so far: for what events go on counting. */
export async function currentPage() {
  let fresh = await freshPage();
  for (let tries = 1; tries < TRIES && fresh && isBehind(fresh); tries++) fresh = await freshPage();
  return fresh;
}

/** @param {ParentNode} fresh */
function isBehind(fresh) {
  const head = Number(shellIn(fresh)?.dataset.head);
  return head < (page.world?.rooms.get(page.room)?.head ?? 0);
}

/**
 * The page's title, how the room begins, whom one writes to.
 * @param {ParentNode} fresh
 */
export function redrawAround(fresh) {
  replace(".timeline-start", fresh);
  const input = fresh.querySelector("#composer-input");
  for (const name of ["placeholder", "aria-label"]) {
    if (input) document.getElementById("composer-input")?.setAttribute(name, input.getAttribute(name) ?? "");
  }
  page.emit("titled", fresh.querySelector("title")?.textContent ?? document.title);
}

/**
 * Where one writes, or why one cannot.
 * @param {ParentNode} fresh
 */
export function redrawFoot(fresh) {
  // Somebody may be writing in it: a composer gives way to something else only.
  if (!document.querySelector("#room-foot #composer") || !fresh.querySelector("#room-foot #composer")) replace("#room-foot", fresh);
}

/**
 * @param {ParentNode} fresh
 */
export function redrawHeader(fresh) {
  for (const name of ["room-name", "people-count"]) drawHead(name, headIn(fresh, name));
  drawTopic(headIn(fresh, "room-topic"));
  replaceFaces(fresh);
}

/**
 * @param {string} name Of the slot.
 * @param {string} text
 */
export function drawHead(name, text) {
  const header = document.getElementById("room-header");
  if (header) fill(header, name, text);
}

/** @param {string} text */
export function drawTopic(text) {
  drawHead("room-topic", text);
  const header = document.getElementById("room-header");
  if (header) slot(header, "room-topic")?.setAttribute("title", text);
}

/**
 * What one's role lets one do.
 * @param {ParentNode} fresh
 */
export function redrawRights(fresh) {
  const { mayManage = "false", role = "" } = shellIn(fresh)?.dataset ?? {};
  page.allow({ mayManage, role });
  replace(".timeline-start", fresh);
  redrawFoot(fresh);
  replace("#workspace-menu", fresh);
  page.emit("rights_changed", null);
}

/**
 * @param {ParentNode} fresh
 * @param {string} name Of the slot.
 */
function headIn(fresh, name) {
  const header = fresh.querySelector("#room-header");
  return (header && slot(header, name)?.textContent) ?? "";
}

/**
 * @param {ParentNode} fresh
 * @returns {HTMLElement | null}
 */
function shellIn(fresh) {
  return fresh.querySelector("#shell");
}

/**
 * @param {string} place Selector of what is drawn anew.
 * @param {ParentNode} fresh The page as it is now.
 */
function replace(place, fresh) {
  const element = document.querySelector(place);
  const drawn = fresh.querySelector(place);
  if (!element || !drawn) return;
  element.replaceChildren(...drawn.childNodes);
  window.htmx?.process(element);
}
