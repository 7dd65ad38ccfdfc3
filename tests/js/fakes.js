/** Time, sockets and luck under a test's control. */

/** A clock that moves only when told to. */
export class FakeClock {
  #now = 1_000_000;
  #timers = new Map();
  #last = 0;
  luck = 0.5;

  now() {
    return this.#now;
  }

  after(ms, act) {
    const id = ++this.#last;
    this.#timers.set(id, { due: this.#now + ms, act });
    return () => this.#timers.delete(id);
  }

  random() {
    return this.luck;
  }

  get waiting() {
    return this.#timers.size;
  }

  /** Lets time pass: timers fire in order, promises settle in between. */
  async pass(ms) {
    const end = this.#now + ms;
    await settled();
    for (let next = this.#due(end); next; next = this.#due(end)) {
      this.#now = next.due;
      this.#timers.delete(next.id);
      next.act();
      await settled();
    }
    this.#now = end;
  }

  /** The machine sleeps: time goes by and every timer fires late, once. */
  async sleep(ms) {
    this.#now += ms;
    await this.pass(0);
  }

  #due(end) {
    const due = [...this.#timers].map(([id, timer]) => ({ id, ...timer })).filter((timer) => timer.due <= end);
    const next = due.sort((a, b) => a.due - b.due || a.id - b.id)[0];
    return next && { ...next, due: Math.max(next.due, this.#now) };
  }
}

/** Lets every promise that can settle do so. */
export function settled() {
  return new Promise((done) => setImmediate(done));
}

/** The far end of a socket, played by the test. */
export class FakeTransport {
  onopen = null;
  onmessage = null;
  onclose = null;
  sent = [];
  closed = false;
  readyState = 1;

  constructor(protocol) {
    this.protocol = protocol;
  }

  send(data) {
    this.sent.push(JSON.parse(data));
  }

  close() {
    this.closed = true;
  }

  /** Opens, welcomes and catches up. */
  welcome(more = {}) {
    this.onopen?.();
    this.says({ type: "welcome", at: "2026-11-24T09:00:00Z", heartbeat: 25, epoch: "before", you: person(1), rooms: [], workspaces: {}, online: {}, changed: [], ...more });
    this.says({ type: "caught_up" });
  }

  says(frame) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  closes(code) {
    this.onclose?.({ code, reason: "" });
  }

  of(type) {
    return this.sent.filter((command) => command.type === type);
  }
}

/** Same seed, same luck (mulberry32). */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function person(id) {
  return { id, name: `Person ${id}`, handle: `person${id}`, initials: "P", tint: 0, avatar: "", status_emoji: "", status_text: "" };
}

/** Locks as several tabs of a browser share them: one holder at a time, in the order asked. */
export class FakeLocks {
  #tails = new Map();

  request(name, act) {
    const before = this.#tails.get(name) ?? Promise.resolve();
    const mine = before.then(act);
    this.#tails.set(name, mine.catch(() => undefined));
    return mine;
  }
}
