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
 * @implements {WaitingStore}
 */
export class IndexedWaitingStore {
  #database;

  /**
   * @param {number} me
   * @param {IDBFactory} factory
   */
  constructor(me, factory) {
    const opening = factory.open(`collab-outbox-${me}`, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE, { keyPath: "client_id" });
    this.#database = result(opening);
  }

  /** @returns {Promise<Waiting[]>} */
  async all() {
    return result((await this.#table("readonly")).getAll());
  }

  /** @param {Waiting} waiting */
  async put(waiting) {
    await result((await this.#table("readwrite")).put(waiting));
  }

  /** @param {string} clientId */
  async remove(clientId) {
    await result((await this.#table("readwrite")).delete(clientId));
  }

  /** @param {IDBTransactionMode} mode */
  async #table(mode) {
    return (await this.#database).transaction(TABLE, mode, { durability: "strict" }).objectStore(TABLE);
  }
}

/**
 * Where the browser lends no storage (private windows of some): waits as long as the page lives.
 * @implements {WaitingStore}
 */
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
