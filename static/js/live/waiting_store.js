/** @import {Waiting, WaitingStore} from "./protocol.d.ts" */

const TABLE = "messages";

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function result(request) {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

/**
 * Waiting messages in IndexedDB, one database a person: who signs in next on this machine sends nothing of theirs.
 *
 * @param {number} me
 * @param {IDBFactory} factory
 * @returns {Promise<WaitingStore>}
 */
async function openIndexed(me, factory) {
  const opening = factory.open(`collab-outbox-${me}`, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE, { keyPath: "client_id" });
  return new IndexedWaitingStore(await result(opening));
}

/** @implements {WaitingStore} */
class IndexedWaitingStore {
  #database;

  /** @param {IDBDatabase} database */
  constructor(database) {
    this.#database = database;
  }

  /** @returns {Promise<Waiting[]>} */
  async all() {
    return result(this.#table("readonly").getAll());
  }

  /** @param {Waiting} waiting */
  async put(waiting) {
    await result(this.#table("readwrite").put(waiting));
  }

  /** @param {string} clientId */
  async remove(clientId) {
    await result(this.#table("readwrite").delete(clientId));
  }

  /** @param {IDBTransactionMode} mode */
  #table(mode) {
    return this.#database.transaction(TABLE, mode, { durability: "strict" }).objectStore(TABLE);
  }
}

/**
 * Where waiting messages are kept on this machine. What the browser lends no storage for (private windows of some,
 * a full disk) waits as long as the page lives.
 * @implements {WaitingStore}
 */
export class LocalWaitingStore {
  #disk;
  #onFull;
  #memory = new MemoryWaitingStore();
  /** Removed here, whatever the disk says: a message that could not be deleted there must not be sent for ever. */
  #removed = new Set();

  /**
   * @param {number} me
   * @param {IDBFactory | undefined} factory
   * @param {() => void} [onFull] The browser would not keep a message; told each time.
   */
  constructor(me, factory, onFull = () => {}) {
    this.#disk = factory ? openIndexed(me, factory).catch(() => null) : Promise.resolve(null);
    this.#onFull = onFull;
  }

  async all() {
    const kept = await this.#ask((disk) => disk.all(), []);
    const messages = new Map(kept.map((waiting) => [waiting.client_id, waiting]));
    for (const waiting of await this.#memory.all()) messages.set(waiting.client_id, waiting);
    return [...messages.values()].filter((waiting) => !this.#removed.has(waiting.client_id));
  }

  /** @param {Waiting} waiting */
  async put(waiting) {
    this.#removed.delete(waiting.client_id);
    const disk = await this.#disk;
    try {
      if (!disk) return await this.#memory.put(waiting);
      await disk.put(waiting);
      await this.#memory.remove(waiting.client_id);
    } catch {
      await this.#memory.put(waiting);
      this.#onFull();
    }
  }

  /** @param {string} clientId */
  async remove(clientId) {
    this.#removed.add(clientId);
    await this.#memory.remove(clientId);
    await this.#ask((disk) => disk.remove(clientId), undefined);
  }

  /**
   * @template T
   * @param {(disk: WaitingStore) => Promise<T>} act
   * @param {T} otherwise What stands for the answer of a disk that is not there, or fails.
   * @returns {Promise<T>}
   */
  async #ask(act, otherwise) {
    const disk = await this.#disk;
    if (!disk) return otherwise;
    return act(disk).catch(() => otherwise);
  }
}

/** @implements {WaitingStore} */
export class MemoryWaitingStore {
  /** @type {Map<string, Waiting>} */
  #messages = new Map();

  /** @returns {Promise<Waiting[]>} */
  async all() {
    return [...this.#messages.values()];
  }

  /** @param {Waiting} waiting */
  async put(waiting) {
    this.#messages.set(waiting.client_id, waiting);
  }

  /** @param {string} clientId */
  async remove(clientId) {
    this.#messages.delete(clientId);
  }
}
