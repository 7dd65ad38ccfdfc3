import { Controller } from "@hotwired/stimulus";

import { page } from "../page.js";

/** @import {Heard} from "../page.js" */

/**
 * A controller that hears what happens on the page for as long as its element stands there.
 * @template {HTMLElement} [T=HTMLElement]
 * @extends {Controller<T>}
 */
export class PageController extends Controller {
  /** @type {(() => void)[]} */
  #undo = [];

  /**
   * @template {keyof Heard} K
   * @param {K} type
   * @param {(what: Heard[K]) => void} act
   */
  hear(type, act) {
    this.#undo.push(page.on(type, act));
  }

  /**
   * @param {EventTarget} target
   * @param {string} type
   * @param {(event: any) => void} act
   * @param {AddEventListenerOptions} [options]
   */
  listen(target, type, act, options) {
    target.addEventListener(type, act, options);
    this.#undo.push(() => target.removeEventListener(type, act, options));
  }

  disconnect() {
    for (const undo of this.#undo.splice(0)) undo();
  }
}
