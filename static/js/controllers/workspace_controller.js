import { page } from "../page.js";
import { PageController } from "./page_controller.js";

/** What the workspaces one is in are called, wherever the page says it. */
export class WorkspaceController extends PageController {
  connect() {
    this.hear("workspace_renamed", ({ workspace, name }) => this.redraw(workspace, name));
    this.hear("welcome", ({ workspaces }) => this.welcomed(workspaces));
  }

  /** @param {Record<string, string>} workspaces While one was away no signal said it. */
  welcomed(workspaces) {
    for (const [id, name] of Object.entries(workspaces)) this.redraw(Number(id), name);
  }

  /**
   * @param {number} id
   * @param {string} name
   */
  redraw(id, name) {
    for (const part of parts(`[data-workspace-name="${id}"]`)) part.textContent = name;
    for (const part of parts(`[data-workspace-sign="${id}"]`)) part.textContent = [...name].slice(0, 1).join("").toUpperCase();
    if (id === page.workspace) this.retitle(name);
  }

  /** @param {string} name */
  retitle(name) {
    const before = this.element.getAttribute("aria-label") ?? "";
    this.element.setAttribute("aria-label", name);
    if (name !== before) page.emit("workspace_titled", { before, name });
  }
}

/** @param {string} selector */
function parts(selector) {
  const template = /** @type {HTMLTemplateElement | null} */ (document.getElementById("outside-template"));
  return [...document.querySelectorAll(selector), ...(template?.content.querySelectorAll(selector) ?? [])];
}
