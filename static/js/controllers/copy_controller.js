import { copyText } from "../dom/clipboard.js";
import { PageController } from "./page_controller.js";

const SAID = 2_000;

/** A button that copies what its element carries. */
export class CopyController extends PageController {
  static targets = ["label"];

  async copy() {
    await copyText(this.data.get("text-value") ?? "");
    const label = this.targets.find("label");
    if (!label) return;
    label.textContent = "Copied";
    setTimeout(() => (label.textContent = "Copy"), SAID);
  }
}
