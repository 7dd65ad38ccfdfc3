import { Application } from "@hotwired/stimulus";

import { CONTROLLERS } from "./controllers/index.js";
import { openPage } from "./page.js";

openPage();
const application = Application.start();
for (const [name, controller] of Object.entries(CONTROLLERS)) application.register(name, controller);
