import { page } from "../page.js";
import { PageController } from "./page_controller.js";

/** What waits, shown in the tab's title and icon: a number for what names one, a dot for the rest. */
export class BadgeController extends PageController {
  title = document.title;
  icon = /** @type {HTMLLinkElement | null} */ (document.querySelector("link[rel='icon']"));
  plain = this.icon?.getAttribute("href") ?? "";

  connect() {
    this.hear("world_changed", () => this.drawSoon());
    this.hear("workspace_titled", ({ before, name }) => this.renamed(` · ${before} · Collab`, ` · ${name} · Collab`));
    this.hear("titled", (title) => this.retitle(title));
  }

  disconnect() {
    super.disconnect();
    document.title = this.title;
  }

  /** @param {string} title */
  retitle(title) {
    this.title = title;
    this.draw();
  }

  /**
   * @param {string} before How the titles of the workspace's pages ended.
   * @param {string} now How they end.
   */
  renamed(before, now) {
    if (this.title.endsWith(before)) this.retitle(this.title.slice(0, -before.length) + now);
  }

  drawSoon() {
    // Frames rest while a tab is hidden, and just then the title counts.
    queueMicrotask(() => this.draw());
  }

  draw() {
    const { unread, mentions } = page.world?.totals() ?? { unread: 0, mentions: 0 };
    const mark = mentions ? `(${mentions}) ` : unread ? "• " : "";
    if (document.title !== mark + this.title) document.title = mark + this.title;
    this.drawIcon(unread > 0);
  }

  /** @param {boolean} unread */
  drawIcon(unread) {
    if (!this.icon) return;
    const href = unread ? (this.icon.dataset.unread ?? this.plain) : this.plain;
    if (this.icon.getAttribute("href") !== href) this.icon.setAttribute("href", href);
  }
}
