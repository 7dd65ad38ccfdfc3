import { page } from "../page.js";
import { fill, slot } from "../dom/slots.js";
import { PageController } from "./page_controller.js";

/** @import {SocketState} from "../live/protocol.d.ts" */

/** What heals within this is not worth a word. */
const PATIENCE = 1_500;
const BACK_STAYS = 2_000;
const LOST = "The connection is lost. What you write is kept and sent when it is back.";

/** The quiet line that says when the connection is lost, retrying, back. */
export class ConnectionController extends PageController {
  troubled = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  patience = undefined;

  connect() {
    this.hear("state", (state) => this.changed(state));
  }

  disconnect() {
    super.disconnect();
    clearTimeout(this.timer);
    clearTimeout(this.patience);
  }

  /** @param {SocketState} state */
  changed(state) {
    clearTimeout(this.timer);
    this.element.dataset.state = state.name;
    if (state.name === "live") return this.back();
    if (state.name === "stopped") return this.stopped(state);
    if (this.troubled) return this.tell(state);
    if (state.name === "lost") this.patience ??= setTimeout(() => this.trouble(), PATIENCE);
  }

  trouble() {
    this.troubled = true;
    if (page.connection) this.tell(page.connection.socket.state);
  }

  /** @param {SocketState} state */
  tell(state) {
    if (state.name === "lost") this.countDown(state.retryAt);
    else this.say("retrying", "Connecting again…");
  }

  /** @param {number} retryAt */
  countDown(retryAt) {
    const seconds = Math.ceil((retryAt - Date.now()) / 1000);
    this.say("lost", LOST, seconds > 1 ? `Next try in ${seconds} s.` : "");
    if (seconds > 0) this.timer = setTimeout(() => this.countDown(retryAt), 1_000);
  }

  back() {
    clearTimeout(this.patience);
    this.patience = undefined;
    if (!this.troubled) return;
    this.troubled = false;
    this.say("back", "Connected again.");
    this.timer = setTimeout(() => (this.element.hidden = true), BACK_STAYS);
  }

  /** @param {{reason: string, signIn: boolean}} state */
  stopped({ reason, signIn }) {
    this.say("lost", reason);
    fill(this.element, "retry", "Reload");
    for (const [name, shown] of Object.entries({ "sign-in": signIn, retry: !signIn })) {
      slot(this.element, name)?.toggleAttribute("hidden", !shown);
    }
  }

  retry() {
    const { socket } = page.connection ?? {};
    if (socket?.state.name === "stopped") location.reload();
    else socket?.wake();
  }

  /**
   * @param {"lost" | "retrying" | "back"} look
   * @param {string} text
   * @param {string} when Shown, and not read out again every second.
   */
  say(look, text, when = "") {
    this.element.hidden = false;
    this.element.dataset.look = look;
    if (slot(this.element, "text")?.textContent !== text) fill(this.element, "text", text);
    fill(this.element, "when", when);
    const retry = slot(this.element, "retry");
    if (retry) retry.hidden = look !== "lost";
  }
}
