/** This close to the end counts as being there. */
const NEAR = 48;

/** Keeps a scrolled list at its end while one is there, whatever grows in it, and where it is otherwise. */
export class Stick {
  #scroller;
  #observer;
  #scrolled;
  /** Where the list was scrolled to at the last look, in pixels from its top. */
  #top = 0;
  /** One is at the end of what is loaded. */
  stuck = true;

  /**
   * @param {HTMLElement} scroller
   * @param {HTMLElement} list
   * @param {() => void} moved Called when one came to the end or left it.
   */
  constructor(scroller, list, moved) {
    this.#scroller = scroller;
    this.#observer = new ResizeObserver(() => {
      if (this.stuck) this.toEnd();
    });
    this.#observer.observe(list);
    this.#observer.observe(scroller);
    this.#scrolled = () => {
      const wentUp = scroller.scrollTop < this.#top;
      this.#top = scroller.scrollTop;
      const now = this.#distance() < NEAR;
      // Whoever did not go up did not leave the end: the list grew between a scroll and the word of it.
      if (now === this.stuck || (this.stuck && !wentUp)) return;
      this.stuck = now;
      moved();
    };
    scroller.addEventListener("scroll", this.#scrolled, { passive: true });
  }

  /** One may be elsewhere than at the end now: the next measure must not go there. */
  settle() {
    this.stuck = this.#distance() < NEAR;
    this.#top = this.#scroller.scrollTop;
  }

  toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#top = this.#scroller.scrollTop;
  }

  /** Brings the end into view for a person who asked for it. */
  goToEnd() {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const far = this.#distance() > this.#scroller.clientHeight * 3;
    this.#scroller.scrollTo({ top: this.#scroller.scrollHeight, behavior: calm || far ? "instant" : "smooth" });
  }

  /**
   * Changes what stands above without moving what one reads.
   * @param {() => void} change
   */
  keepingPlace(change) {
    const { scrollHeight, scrollTop } = this.#scroller;
    // Chromium would correct as well, and both together would overshoot.
    this.#scroller.style.overflowAnchor = "none";
    change();
    this.#scroller.scrollTop = scrollTop + this.#scroller.scrollHeight - scrollHeight;
    this.#scroller.style.overflowAnchor = "";
  }

  release() {
    this.#observer.disconnect();
    this.#scroller.removeEventListener("scroll", this.#scrolled);
  }

  #distance() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight;
  }
}
