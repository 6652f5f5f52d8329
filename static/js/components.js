// GOV.UK Frontend's own components. Our pages work without any of it.
import { initAll } from "../vendor/govuk-frontend.min.js";

initAll();

// What a page asks again and again (hx-trigger="every-5s from:body"), and never in a hidden tab.
for (const seconds of [5, 10]) {
  setInterval(() => {
    if (!document.hidden) document.body.dispatchEvent(new Event(`every-${seconds}s`));
  }, seconds * 1000);
}
