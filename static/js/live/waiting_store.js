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
 * Where waiting messages are kept on this machine. Where the browser lends no storage (private windows of some,
 * a full disk), they wait as long as the page lives.
 * @implements {WaitingStore}
 */
export class LocalWaitingStore {
  #store;

  /**
   * @param {number} me
   * @param {IDBFactory | undefined} factory
   */
  constructor(me, factory) {
    const memory = new MemoryWaitingStore();
    this.#store = factory ? openIndexed(me, factory).catch(() => memory) : Promise.resolve(memory);
  }

  async all() {
    return (await this.#store).all();
  }

  /** @param {Waiting} waiting */
  async put(waiting) {
    await (await this.#store).put(waiting);
  }

  /** @param {string} clientId */
  async remove(clientId) {
    await (await this.#store).remove(clientId);
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
