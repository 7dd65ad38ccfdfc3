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
 * Done once it is on the disk. A browser whose storage is full takes each request, and undoes all of it in the end.
 *
 * @param {IDBTransaction} transaction
 * @returns {Promise<void>}
 */
function committed(transaction) {
  return new Promise((done, fail) => {
    transaction.oncomplete = () => done();
    transaction.onabort = () => fail(transaction.error);
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
    return result(this.#database.transaction(TABLE).objectStore(TABLE).getAll());
  }

  /** @param {Waiting} waiting */
  async put(waiting) {
    await this.#change((table) => table.put(waiting));
  }

  /** @param {string} clientId */
  async remove(clientId) {
    await this.#change((table) => table.delete(clientId));
  }

  /** @param {(table: IDBObjectStore) => void} act */
  #change(act) {
    const transaction = this.#database.transaction(TABLE, "readwrite", { durability: "strict" });
    act(transaction.objectStore(TABLE));
    return committed(transaction);
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
  /** Removed here and not yet there: a message that the disk does not let go must not be sent for ever. */
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
    const disk = await this.#disk;
    const kept = disk ? await disk.all().catch(() => []) : [];
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
    const disk = await this.#disk;
    const isGone = !disk || (await disk.remove(clientId).then(() => true, () => false));
    if (isGone) this.#removed.delete(clientId);
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
