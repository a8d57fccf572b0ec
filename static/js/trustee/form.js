// The fields of a trustee's page, as govuk-frontend draws them, and the errors beside them.
import { make } from "../booth/page.js";

let drawn = 0;

// A label, a hint, a place for an error and an input. { group, input, refuse(sentence), clear() }.
export function field({ label, hint = "", input }) {
  drawn += 1;
  const id = `trustee-field-${drawn}`;
  input.id = id;
  const name = make("label", "govuk-label", label);
  name.htmlFor = id;
  const said = make("div", "govuk-hint", hint);
  said.id = `${id}-hint`;
  said.hidden = hint === "";
  const wrong = make("p", "govuk-error-message");
  wrong.id = `${id}-error`;
  wrong.hidden = true;
  const group = make("div", "govuk-form-group", name, said, wrong, input);
  const describe = (...ids) => input.setAttribute("aria-describedby", ids.join(" "));
  if (hint) describe(said.id);
  return {
    group,
    input,
    refuse(sentence) {
      wrong.replaceChildren(make("span", "govuk-visually-hidden", "Error: "), sentence);
      wrong.hidden = false;
      group.classList.add("govuk-form-group--error");
      input.setAttribute("aria-invalid", "true");
      describe(...(hint ? [said.id] : []), wrong.id);
      input.focus();
    },
    clear() {
      wrong.hidden = true;
      group.classList.remove("govuk-form-group--error");
      input.removeAttribute("aria-invalid");
      if (hint) describe(said.id);
      else input.removeAttribute("aria-describedby");
    },
  };
}

export function passphraseField({ label = "Your passphrase", hint = "", isNew = false } = {}) {
  const input = make("input", "govuk-input govuk-!-width-two-thirds");
  input.type = "password";
  input.autocomplete = isNew ? "new-password" : "current-password";
  input.spellcheck = false;
  return field({ label, hint, input });
}

export function fileField({ label, hint = "" }) {
  const input = make("input", "govuk-file-upload");
  input.type = "file";
  return field({ label, hint, input });
}

export function textField({ label, hint = "", rows = 4 }) {
  const input = make("textarea", "govuk-textarea trustee-text");
  input.rows = rows;
  input.spellcheck = false;
  input.autocomplete = "off";
  return field({ label, hint, input });
}

export function button(text, { isSecondary = false, isSubmit = false } = {}) {
  const kind = isSecondary ? "govuk-button govuk-button--secondary" : "govuk-button";
  const pressed = make("button", kind, text);
  pressed.type = isSubmit ? "submit" : "button";
  return pressed;
}

// A form that does one thing when it is sent, and once at a time. `act` may throw; the caller's
// `fail` says it. While it runs the button says `busy`.
export function form({ fields, submit, busy, act, fail }) {
  const pressed = button(submit, { isSubmit: true });
  const said = make("p", "govuk-body trustee-busy");
  said.setAttribute("role", "status");
  const element = make("form", "", ...fields, pressed, said);
  element.noValidate = true;
  let isBusy = false;
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    pressed.setAttribute("aria-disabled", "true");
    said.textContent = busy;
    try {
      await act((done) => {
        said.textContent = `${busy} ${Math.round(100 * done)} %`;
      });
    } catch (error) {
      fail(error);
    } finally {
      isBusy = false;
      pressed.removeAttribute("aria-disabled");
      said.textContent = "";
    }
  });
  return element;
}
