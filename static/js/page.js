// The few enhancements of ordinary pages: tabs, the focus of an error summary, double clicks.
// Every page works without it.
import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  Radios,
  SkipLink,
  Tabs,
  createAll,
} from "govuk-frontend";
import { takeFragment } from "./booth/fragment.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");

createAll(Button, { preventDoubleClick: true });
for (const component of [
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  Radios,
  SkipLink,
  Tabs,
]) {
  createAll(component);
}

// The code of a link stands in its fragment, which is never sent: into the form with it.
const codeOfLink = document.querySelector("[data-code-of-link]");
if (codeOfLink && codeOfLink.value === "") codeOfLink.value = takeFragment();
