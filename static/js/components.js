// GOV.UK Frontend's own components. Our pages work without any of it.
import { initAll } from "../vendor/govuk-frontend.min.js";

initAll();
