import { page } from "../page.js";
import { PageController } from "./page_controller.js";

/** Marks the open room as read while somebody looks at its end. */
export class ReadController extends PageController {
  connect() {
    this.hear("shown", () => this.look());
    this.hear("world_changed", () => this.look());
    this.listen(window, "focus", () => this.look());
    this.listen(document, "visibilitychange", () => this.look());
  }

  look() {
    const room = page.world?.rooms.get(page.room);
    if (!room || !page.atEnd || document.hidden || !document.hasFocus()) return;
    page.connection?.reading.read(page.room, room.head);
    // The server's word follows; one's own eyes are faster.
    room.readTo(room.head);
  }
}
