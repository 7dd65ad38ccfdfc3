import { timeOf } from "../dom/dates.js";
import { PageController } from "./page_controller.js";

const TICK = 1_000;

/** Fills in the browser's time zone where none is known yet; shows the time in the one that is chosen. */
export class TimeZoneController extends PageController {
  static targets = ["zone", "clock"];
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticking;

  connect() {
    if (!this.zone.value) this.zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
    if (!this.targets.has("clock")) return;
    this.tick();
    this.#ticking = setInterval(() => this.tick(), TICK);
  }

  disconnect() {
    clearInterval(this.#ticking);
    super.disconnect();
  }

  tick() {
    const clock = this.targets.find("clock");
    if (clock) clock.textContent = timeOf(new Date(), this.zone.value);
  }

  get zone() {
    return /** @type {HTMLInputElement} */ (this.targets.find("zone"));
  }
}
