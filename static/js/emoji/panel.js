/**
 * The picker's parts.
 * @param {{group: number, sign: string, name: string}[]} groups
 */
export function draw(groups) {
  const search = document.createElement("input");
  Object.assign(search, { type: "search", className: "emoji-picker__search", placeholder: "Find an emoji", autocomplete: "off" });
  search.setAttribute("aria-label", "Find an emoji");
  const tabs = document.createElement("div");
  tabs.className = "emoji-picker__groups";
  tabs.append(...groups.map(tab));
  const grid = document.createElement("div");
  grid.className = "emoji-picker__grid";
  grid.setAttribute("role", "group");
  return { search, tabs, grid };
}

/** @param {{group: number, sign: string, name: string}} group */
function tab({ group, sign, name }) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "emoji-picker__group";
  element.dataset.group = String(group);
  element.title = name;
  element.setAttribute("aria-label", name);
  element.textContent = sign;
  return element;
}

/**
 * Arrow keys go through the emoji, by rows as they are drawn.
 * @param {KeyboardEvent} event
 * @param {{search: HTMLElement, grid: HTMLElement}} parts
 */
export function moveFocus(event, { search, grid }) {
  const buttons = /** @type {HTMLElement[]} */ ([...grid.querySelectorAll("button")]);
  const at = buttons.indexOf(/** @type {HTMLElement} */ (event.target));
  if (event.target === search && event.key === "ArrowDown") return go(event, buttons[0]);
  if (at < 0) return;
  const row = buttons.filter((one) => one.offsetTop === buttons[0].offsetTop).length;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row }[event.key];
  if (step) go(event, buttons[at + step] ?? (step < 0 ? search : buttons[at]));
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement | undefined} next
 */
function go(event, next) {
  event.preventDefault();
  next?.focus();
}
