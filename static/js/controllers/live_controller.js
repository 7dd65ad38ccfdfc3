import { page } from "../page.js";
import { toast } from "../dom/toasts.js";
import { PageController } from "./page_controller.js";

/** Starts the page's live connection and tells it what the browser knows of network, sleep and leaving. */
export class LiveController extends PageController {
  connect() {
    const connection = page.connection;
    if (!connection) return;
    this.listen(window, "online", () => connection.socket.wake());
    this.listen(window, "offline", () => connection.socket.wentOffline());
    this.listen(document, "visibilitychange", () => this.lookedAt());
    // A page that comes back from the browser's own cache has lost its socket without being told.
    this.listen(window, "pageshow", (event) => event.persisted && connection.socket.wake());
    this.listen(window, "pagehide", () => connection.reading.flush());
    this.hear("failed", (waiting) => this.failedElsewhere(waiting));
    connection.start();
  }

  /** @param {import("../live/protocol.d.ts").Waiting} waiting One written in a room that is not open here. */
  failedElsewhere(waiting) {
    if (waiting.room !== page.room) toast(`A message in another room could not be sent. ${waiting.failed}`);
  }

  lookedAt() {
    if (!document.hidden) page.connection?.socket.wake();
  }
}
