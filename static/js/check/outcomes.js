// The sixteen lines: what each check said. The page holds them from the start, with what they mean.
import { at, make } from "../booth/page.js";

const MOST_SHOWN = 20;
const COLOURS = { PASS: "green", FAIL: "red", "NOT MADE": "grey" };

const stateOf = (row) => row.querySelector("[data-state]");
const foundOf = (row) => row.querySelector("[data-found]");

export function clearOutcomes() {
  for (const row of at("check-rows").children) {
    setState(row, "Waiting", "");
    foundOf(row).replaceChildren();
  }
}

// Say which is made now; gives its name, or nothing after the last.
export function showRunning(number) {
  const row = at("check-rows").children[number - 1];
  if (!row) return "";
  setState(row, "Running", "blue");
  return row.dataset.name;
}

export function showOutcome({ number, result, figure, failures }) {
  const row = at("check-rows").children[number - 1];
  setState(row, result, COLOURS[result]);
  const lines = failures.slice(0, MOST_SHOWN).map(sentenceOf);
  if (failures.length > MOST_SHOWN) lines.push(`and ${failures.length - MOST_SHOWN} more`);
  const list = make("ul", "govuk-list govuk-list--bullet app-wrap-anywhere");
  list.append(...lines.map((line) => make("li", "", line)));
  foundOf(row).replaceChildren(...(figure ? [make("p", "govuk-body app-wrap-anywhere govuk-!-margin-bottom-1", figure)] : []), ...(lines.length ? [list] : []));
}

const sentenceOf = ({ condition, where, why }) => `${where}: ${why} (${condition})`;

function setState(row, words, colour) {
  const state = stateOf(row);
  state.textContent = words;
  state.className = colour ? `govuk-tag govuk-tag--${colour}` : "govuk-tag govuk-tag--grey";
}
