import { PageController } from "./page_controller.js";

/** Shows a picture where it will stand, before it is sent. */
export class PictureController extends PageController {
  static targets = ["file", "preview"];
  #shown = "";

  show() {
    const [file] = /** @type {HTMLInputElement} */ (this.targets.find("file")).files ?? [];
    const avatar = this.targets.find("preview")?.querySelector(".avatar");
    if (!file?.type.startsWith("image/") || !avatar) return;
    this.forget();
    this.#shown = URL.createObjectURL(file);
    const image = new Image();
    image.src = this.#shown;
    image.alt = "";
    avatar.replaceChildren(image);
  }

  disconnect() {
    this.forget();
    super.disconnect();
  }

  forget() {
    if (this.#shown) URL.revokeObjectURL(this.#shown);
    this.#shown = "";
  }
}
