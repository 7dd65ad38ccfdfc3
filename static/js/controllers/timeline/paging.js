import { tidyAround } from "./place.js";
import { edgeSeq, fetchRows } from "./pages.js";

/** @import {TimelineController} from "../timeline_controller.js" */
/** @import {Where} from "./pages.js" */

/** This far from an edge of what is loaded, more is fetched. */
const AHEAD = 800;
const MOST_ROWS = 400;
const KEPT_ROWS = 200;
/** Whoever is at the edge of what is loaded cannot move to have it tried again. */
const TRY_AGAIN = 2_000;

/** Loads older rows while one scrolls up, newer ones while one scrolls down, by seq. */
export class Paging {
  #timeline;
  #scrolled;
  /** @type {Promise<void> | null} */
  #loading = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #again = undefined;
  /** What is shown is of an earlier time, and this loads it anew. @type {(() => Promise<void>) | null} */
  #owed = null;

  /** @param {TimelineController} timeline */
  constructor(timeline) {
    this.#timeline = timeline;
    this.#scrolled = () => void this.#look();
    timeline.scroller.addEventListener("scroll", this.#scrolled, { passive: true });
    // A page with less than a screenful of rows cannot be scrolled.
    requestAnimationFrame(this.#scrolled);
  }

  release() {
    this.#timeline.scroller.removeEventListener("scroll", this.#scrolled);
    clearTimeout(this.#again);
  }

  get busy() {
    return this.#loading !== null;
  }

  /** Loads anew what is shown, as often as that takes: until then nothing newer is shown behind what was missed. */
  async renew() {
    this.#owed ??= this.#timeline.atEnd ? () => this.newest() : () => this.aroundPlace();
    this.#timeline.newerValue = true;
    await this.#owed();
  }

  /** Puts the newest rows in the place of what is shown. */
  async newest() {
    while (this.#loading) await this.#loading;
    await this.#alone(async () => {
      this.#timeline.newerValue = true;
      this.#replace(await this.#fetch({}));
      this.#timeline.newerValue = false;
    });
    this.#timeline.stick?.toEnd();
    this.#settle();
  }

  /** A page that stands open for weeks does not grow for ever: what went far out of sight is loaded when asked for. */
  trim() {
    const { list } = this.#timeline;
    const rows = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(":scope > [data-seq]")]);
    if (rows.length <= MOST_ROWS) return;
    const first = rows[rows.length - KEPT_ROWS];
    while (list.firstElementChild !== first) list.firstElementChild?.remove();
    tidyAround(first);
    this.#timeline.olderValue = true;
    this.#timeline.targets.find("start")?.setAttribute("hidden", "");
    // The browser moves what is shown when rows above go; that must not pass for somebody scrolling up.
    this.#timeline.stick?.toEnd();
  }

  /** Loads anew the rows about what one is reading. */
  async aroundPlace() {
    const { scroller, list } = this.#timeline;
    const top = scroller.getBoundingClientRect().top;
    const rows = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(":scope > [data-seq]")]);
    const row = rows.find((one) => one.getBoundingClientRect().bottom > top);
    if (!row) return this.newest();
    while (this.#loading) await this.#loading;
    await this.#alone(async () => {
      this.#timeline.newerValue = true;
      this.#replace(await this.#fetch({ around: Number(row.dataset.seq) }));
    });
    document.getElementById(row.id)?.scrollIntoView({ block: "start" });
  }

  async #look() {
    if (this.#loading) return;
    if (this.#owed) return this.renew();
    const { scroller, olderValue, newerValue } = this.#timeline;
    const below = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
    if (olderValue && scroller.scrollTop < AHEAD) await this.#alone(() => this.#older());
    else if (newerValue && below < AHEAD) await this.#alone(() => this.#newer());
  }

  async #older() {
    const timeline = this.#timeline;
    const loading = timeline.targets.find("loading");
    loading?.removeAttribute("hidden");
    try {
      const rows = await this.#fetch({ before: edgeSeq(timeline.list, "first") });
      timeline.olderValue = rows.length > 0;
      timeline.stick?.keepingPlace(() => this.#prepend(rows));
    } finally {
      loading?.setAttribute("hidden", "");
    }
  }

  async #newer() {
    const timeline = this.#timeline;
    const rows = await this.#fetch({ after: edgeSeq(timeline.list, "last") });
    timeline.newerValue = rows.length > 0;
    this.#append(this.#fresh(rows));
    // Whoever was at the end of what was loaded is to read on there, and not to be taken along.
    this.#settle();
  }

  /** @param {HTMLElement[]} rows They stand before what still waits to be accepted. */
  #append(rows) {
    const { list } = this.#timeline;
    const waiting = /** @type {HTMLElement | null} */ (list.querySelector(":scope > .message:not([data-seq])"));
    if (waiting) waiting.before(...rows);
    else list.append(...rows);
    if (rows[0]) this.#tidyFrom(rows[0]);
    if (waiting) tidyAround(waiting);
  }

  #settle() {
    this.#timeline.stick?.settle();
    this.#timeline.moved();
  }

  /** @param {HTMLElement[]} rows */
  #prepend(rows) {
    const { list, olderValue } = this.#timeline;
    const before = /** @type {HTMLElement | null} */ (list.querySelector(":scope > [data-seq]"));
    list.prepend(...this.#fresh(rows));
    if (before) tidyAround(before);
    this.#timeline.targets.find("start")?.toggleAttribute("hidden", olderValue);
  }

  /** @param {HTMLElement[]} rows */
  #replace(rows) {
    const { list } = this.#timeline;
    const waiting = list.querySelectorAll(":scope > .message:not([data-seq])");
    list.replaceChildren(...rows, ...waiting);
    this.#owed = null;
    this.#timeline.olderValue = rows.length > 0;
  }

  /**
   * What the list has already stays as it is.
   * @param {HTMLElement[]} rows
   */
  #fresh(rows) {
    return rows.filter((row) => !row.id || !document.getElementById(row.id));
  }

  /** @param {HTMLElement} row */
  #tidyFrom(row) {
    const next = row.matches("[data-seq]") ? row : row.nextElementSibling;
    if (next instanceof HTMLElement) tidyAround(next);
  }

  /** @param {Where} where */
  #fetch(where) {
    return fetchRows(this.#timeline.url, where);
  }

  /**
   * One request at a time; after it one looks whether more is needed.
   * @param {() => Promise<void>} load
   */
  async #alone(load) {
    if (this.#loading) return;
    const { scroller } = this.#timeline;
    // Rows that come by the page are no news to be read out.
    scroller.setAttribute("aria-busy", "true");
    clearTimeout(this.#again);
    this.#loading = load().then(
      // Folded rows take no room: there may be nothing yet to scroll.
      () => void requestAnimationFrame(this.#scrolled),
      (error) => this.#failed(error),
    );
    await this.#loading;
    this.#loading = null;
    scroller.setAttribute("aria-busy", "false");
    this.#timeline.applyAgain();
  }

  /** @param {unknown} error */
  #failed(error) {
    console.warn("Rows could not be loaded.", error);
    this.#again = setTimeout(this.#scrolled, TRY_AGAIN);
  }
}
