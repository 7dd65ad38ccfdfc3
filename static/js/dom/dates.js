/** Times and days as the templates write them, in the time zone the person chose in their profile. */

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {string} zone */
function format(zone) {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
  formats.set(zone, made);
  return made;
}

/**
 * @param {Date} at
 * @param {string} zone IANA name.
 */
function parts(at, zone) {
  const found = format(zone).formatToParts(at);
  return Object.fromEntries(found.map((part) => [part.type, part.value]));
}

/**
 * @param {Date} at
 * @param {string} zone
 * @returns {string} 09:05
 */
export function timeOf(at, zone) {
  const { hour, minute } = parts(at, zone);
  return `${hour}:${minute}`;
}

/**
 * @param {Date} at
 * @param {string} zone
 * @returns {string} Tuesday, 24 November 2026
 */
export function dayOf(at, zone) {
  const { weekday, day, month, year } = parts(at, zone);
  return `${weekday}, ${day} ${month} ${year}`;
}

/**
 * @param {Date} at
 * @param {string} zone
 * @returns {string} 2026-11-24
 */
export function dayKey(at, zone) {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(at);
}
