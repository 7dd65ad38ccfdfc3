/** Where the panel covers the whole room, as in panel.css. */
const COVERS = "(width < 48rem)";

/** On a phone the panel is a screen of its own: the browser's Back closes it, and only then leaves the room. */
export class WayBack {
  opened() {
    if (matchMedia(COVERS).matches && !this.isOpen) history.pushState({ panel: true }, "");
  }

  closed() {
    if (this.isOpen) history.back();
  }

  get isOpen() {
    return history.state?.panel === true;
  }
}
