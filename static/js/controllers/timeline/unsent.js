import { page } from "../../page.js";
import { ownCard } from "../../dom/own_card.js";
import { rowOfClient } from "./apply.js";
import { place, takeOut } from "./place.js";
import { show, showFate, waitingRow } from "./rows.js";

/** @import {Waiting} from "../../live/protocol.d.ts" */

/** What takes longer than this to be accepted is shown as on its way. */
const SLOW = 1_000;

/** One's own messages that the server has not accepted, at the end of the rows. */
export class Unsent {
  #list;

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
  }

  /** Draws what an earlier page left in the outbox, and what became of it in another tab. */
  async restore() {
    for (const waiting of (await page.connection?.outbox.waiting()) ?? []) {
      if (waiting.room === page.room) await this.#restoreOne(waiting);
    }
  }

  /** @param {Waiting} waiting */
  async #restoreOne(waiting) {
    const row = rowOfClient(this.#list, waiting.client_id);
    // Accepted while this page was away: only the reply was lost.
    if (row?.dataset.seq) await page.connection?.outbox.accepted(waiting.client_id);
    else if (!row) this.queued(waiting);
    else if (waiting.failed !== null) this.failed(waiting);
  }

  /** @param {Waiting} waiting */
  queued(waiting) {
    if (waiting.room !== page.room) return;
    const drawn = rowOfClient(this.#list, waiting.client_id);
    // Accepted while the end of the room was still being loaded.
    if (drawn?.dataset.seq) return;
    if (drawn) takeOut(drawn);
    const row = waitingRow(waiting, ownCard());
    place(this.#list, row);
    setTimeout(() => {
      if (row.isConnected) show(row, "state", true);
    }, SLOW);
  }

  /** @param {Waiting} waiting */
  failed(waiting) {
    const row = rowOfClient(this.#list, waiting.client_id);
    if (row && !row.dataset.seq) showFate(row, waiting.failed);
  }

  /** @param {string} clientId */
  dropped(clientId) {
    const row = rowOfClient(this.#list, clientId);
    if (row && !row.dataset.seq) takeOut(row);
  }
}
