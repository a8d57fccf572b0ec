// What the booth and the checking page show alike: a paper's words, and what is marked on it.
import { make } from "./page.js";
import { ordinal } from "./words.js";

export function showWords(list, words) {
  list.replaceChildren(...words.map((word) => make("li", "booth-words__word", word)));
}

// choices: one a contest, { title, names }, the names from first to last choice.
export function showChoices(place, choices) {
  place.replaceChildren(
    ...choices.map(({ title, names }, number) => {
      const heading = make("h3", "govuk-heading-s", title);
      heading.id = `${place.id}-${number + 1}`;
      const section = make("section", "booth-choices", heading);
      section.setAttribute("aria-labelledby", heading.id);
      section.append(names.length > 0 ? orderOf(names) : make("p", "govuk-body", "Left blank."));
      return section;
    }),
  );
}

// The names in their order; the number is left out where there is but one choice to make.
export function orderOf(names, { isNumbered = true } = {}) {
  const items = names.map((name, place) =>
    make(
      "li",
      "booth-order__item",
      ...(isNumbered ? [make("span", "booth-order__choice", ordinal(place + 1))] : []),
      make("span", "booth-order__name", name),
    ),
  );
  return make("ol", "govuk-list booth-order__list booth-order__list--check", ...items);
}
