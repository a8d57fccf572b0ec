// One contest on the paper: its selects or radio buttons, the helping buttons, its order so far.
import {
  blankMarks,
  isInOrder,
  marked,
  mayMoveDown,
  mayMoveUp,
  moved,
  nextChoice,
  problemsOf,
  putInOrder,
  rankingOf,
  withMark,
  withNext,
  without,
} from "./marks.js";
import { announce, make, show } from "./page.js";
import { ordinal, sayPlace, sayProblems } from "./words.js";

// A contest as the page uses it:
//   code, title, candidates, preferences   what is printed on it
//   names                                  by candidate's number
//   ranking()                              candidates' numbers, first choice first; throws on gaps
//   problems()                             [{ text, target }], empty when it can be sealed
//   isMarked(), clear(), first             first: the element to go to for a change
export function contestOf(fieldset) {
  return fieldset.hasAttribute("data-plurality") ? chosen(fieldset) : ranked(fieldset);
}

function printed(fieldset) {
  const names = [];
  for (const row of fieldset.querySelectorAll("[data-position]")) {
    names[Number(row.dataset.position)] = row.dataset.name;
  }
  return {
    code: fieldset.dataset.contest,
    title: fieldset.dataset.title,
    candidates: Number(fieldset.dataset.candidates),
    preferences: Number(fieldset.dataset.preferences),
    names,
  };
}

function chosen(fieldset) {
  const radios = [...fieldset.querySelectorAll("input[type=radio]")];
  const none = radios.find((radio) => radio.value === "");
  const value = () => radios.find((radio) => radio.checked)?.value ?? "";
  return {
    ...printed(fieldset),
    isPlurality: true,
    ranking: () => (value() === "" ? [] : [Number(value())]),
    problems: () => [],
    isMarked: () => value() !== "",
    clear: () => {
      none.checked = true;
    },
    first: radios[0],
  };
}

function ranked(fieldset) {
  const contest = { ...printed(fieldset), isPlurality: false };
  const { names, preferences } = contest;
  // Who withdrew, and can no longer be chosen, has a row without a mark.
  const elements = [...fieldset.querySelectorAll("[data-position]")];
  const markable = elements.filter((element) => element.querySelector("select") !== null);
  const rows = markable.map((element) => ({
    element,
    candidate: Number(element.dataset.position),
    select: element.querySelector("select"),
    button: (act) => element.querySelector(`[data-act=${act}]`),
  }));
  const selectOf = (candidate) => rows.find((row) => row.candidate === candidate).select;
  const order = orderOf(fieldset, contest);
  let marks = blankMarks(contest.candidates);

  for (const row of rows) {
    fill(row.select, preferences);
    row.select.addEventListener("change", () => {
      const choice = row.select.value === "" ? null : Number(row.select.value);
      set(withMark(marks, row.candidate, choice), row.candidate);
    });
    row.element.addEventListener("click", (event) => {
      const button = event.target.closest("[data-act]");
      if (button && button.getAttribute("aria-disabled") !== "true") act(button.dataset.act, row);
    });
  }
  order.button.addEventListener("click", () => {
    set(putInOrder(marks), null);
    order.list.setAttribute("tabindex", "-1");
    order.list.focus();
  });
  draw();

  function act(name, { candidate }) {
    const acts = {
      toggle: () =>
        marks[candidate] === null
          ? withNext(marks, candidate, preferences)
          : without(marks, candidate),
      up: () => moved(marks, candidate, -1),
      down: () => moved(marks, candidate, +1),
    };
    set(acts[name](), candidate);
  }

  function set(next, candidate) {
    marks = next;
    draw();
    announce(spoken(candidate));
  }

  function spoken(candidate) {
    const problems = sayProblems(problemsOf(marks), names);
    const place =
      candidate === null
        ? `Put in order: ${rankingOf(marks).map((who) => names[who]).join(", ")}.`
        : sayPlace(names[candidate], marks[candidate], preferences);
    return [place, ...problems].join(" ");
  }

  function draw() {
    for (const row of rows) drawRow(row);
    order.draw(marks);
  }

  function drawRow({ candidate, element, select, button }) {
    const choice = marks[candidate];
    select.value = choice === null ? "" : String(choice);
    element.classList.toggle("booth-row--marked", choice !== null);
    const toggle = button("toggle");
    toggle.firstChild.data = choice === null ? "Add as next choice" : "Remove";
    able(toggle, choice !== null || nextChoice(marks, preferences) !== null);
    for (const [name, may] of [
      ["up", mayMoveUp],
      ["down", mayMoveDown],
    ]) {
      show(button(name), choice !== null);
      able(button(name), may(marks, candidate));
    }
  }

  return {
    ...contest,
    ranking: () => rankingOf(marks),
    problems: () => {
      const { gaps, repeats } = problemsOf(marks);
      if (gaps.length === 0 && repeats.length === 0) return [];
      const culprit = repeats.length > 0 ? repeats[0].candidates[0] : highestOf(marks);
      return sayProblems({ gaps, repeats }, names).map((text) => ({
        text: `${contest.title}: ${text}`,
        target: selectOf(culprit),
      }));
    },
    isMarked: () => marked(marks) > 0,
    clear: () => {
      marks = blankMarks(contest.candidates);
      draw();
    },
    first: rows[0].select,
  };
}

const highestOf = (marks) =>
  marks.reduce((best, choice, who) => ((choice ?? 0) > (marks[best] ?? 0) ? who : best), 0);

// A button that can do nothing keeps its place and its focus, and says that it can do nothing.
function able(button, isAble) {
  if (isAble) button.removeAttribute("aria-disabled");
  else button.setAttribute("aria-disabled", "true");
}

function fill(select, preferences) {
  const option = (value, text) => {
    const element = make("option", "", text);
    element.value = value;
    return element;
  };
  select.replaceChildren(
    option("", "None"),
    ...Array.from({ length: preferences }, (_, place) =>
      option(String(place + 1), ordinal(place + 1)),
    ),
  );
}

function orderOf(fieldset, { names }) {
  const box = fieldset.querySelector(".booth-order");
  const list = box.querySelector(".booth-order__list");
  const none = box.querySelector(".booth-order__none");
  const problem = box.querySelector(".booth-order__problem");
  const sentences = box.querySelector(".booth-order__sentences");
  const button = box.querySelector("[data-act=order]");

  function draw(marks) {
    const places = marks
      .map((choice, who) => ({ choice, who }))
      .filter(({ choice }) => choice !== null)
      .sort((a, b) => a.choice - b.choice || a.who - b.who);
    list.replaceChildren(
      ...places.map(({ choice, who }) =>
        make(
          "li",
          "booth-order__item",
          make("span", "booth-order__choice", ordinal(choice)),
          make("span", "booth-order__name", names[who]),
        ),
      ),
    );
    show(list, places.length > 0);
    show(none, places.length === 0);
    sentences.replaceChildren(
      ...sayProblems(problemsOf(marks), names).map((text) => make("p", "govuk-body", text)),
    );
    show(problem, !isInOrder(marks));
    show(button, !isInOrder(marks));
  }
  return { list, button, draw };
}
