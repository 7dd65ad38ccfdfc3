import { toast } from "../dom/toasts.js";
import { PageController } from "./page_controller.js";

const UNKEPT =
  "This browser’s storage is full. A message that is not sent yet is lost if you close this page before it is.";

/** Says what the server refused of what htmx asked for; the page itself stays as it is. */
export class ToastsController extends PageController {
  connect() {
    this.sayOnce();
    this.hear("unkept", () => toast(UNKEPT));
    this.listen(document.body, "toast", (event) => toast(event.detail.text));
    this.listen(document.body, "htmx:responseError", (event) => this.failed(event.detail.xhr));
    this.listen(document.body, "htmx:sendError", () => toast("The site cannot be reached. Try again shortly."));
  }

  /** What the server had to say to whoever comes to a room: there is no place for it among the messages. */
  sayOnce() {
    const said = document.getElementById("said");
    if (!(said instanceof HTMLTemplateElement)) return;
    for (const line of said.content.children) toast(line.textContent ?? "");
    said.remove();
  }

  /** @param {XMLHttpRequest} answer One without words of its own. */
  failed(answer) {
    if (!answer.getResponseHeader("HX-Trigger")) toast("That did not work. Load the page anew and try again.");
  }
}
