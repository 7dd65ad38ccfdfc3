/** @import {Clock} from "./protocol.d.ts" */

const BASE = 500;
const CAP = 10_000;

/**
 * Full jitter: a server that comes back is not met by everyone in the same moment.
 *
 * @param {number} attempt 0 for the first try after a loss.
 * @param {Clock} clock
 * @returns {number} Milliseconds to wait.
 */
export function backoff(attempt, clock) {
  return clock.random() * Math.min(CAP, BASE * 2 ** Math.min(attempt, 10));
}
