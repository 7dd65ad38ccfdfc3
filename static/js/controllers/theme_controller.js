import { PageController } from "./page_controller.js";

const YEAR = 365 * 24 * 3600;

/** Light, dark, or as the system has it. Kept in a cookie, so that the server draws the page right at once. */
export class ThemeController extends PageController {
  static targets = ["option"];

  connect() {
    this.mark();
  }

  /** @param {Event & {params: {name: string}}} event */
  choose({ params: { name } }) {
    document.documentElement.dataset.theme = name;
    document.cookie = `theme=${name}; path=/; max-age=${YEAR}; samesite=lax`;
    this.mark();
  }

  mark() {
    const { theme } = document.documentElement.dataset;
    for (const option of this.targets.findAll("option")) {
      option.setAttribute("aria-pressed", String(option.getAttribute("data-theme-name-param") === theme));
    }
  }
}
