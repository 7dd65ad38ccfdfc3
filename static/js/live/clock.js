/** @import {Clock} from "./protocol.d.ts" */

/**
 * The browser's time.
 * @type {Clock}
 */
export const realClock = {
  now: () => Date.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};
