// Small things that every screen of the booth needs of the page.

export const at = (id) => document.getElementById(id);

export function show(element, isShown = true) {
  element.hidden = !isShown;
}

export function write(element, text) {
  element.textContent = text;
  element.hidden = text === "";
}

// An element of a class, with text or children. Text is only ever set as text.
export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

let announcing;

// One polite live region. The same sentence twice in a row is said twice.
export function announce(sentence) {
  quieten();
  announcing = setTimeout(() => {
    at("live").textContent = sentence;
  }, 50);
}

// Take back what was announced, and what was about to be.
export function quieten() {
  clearTimeout(announcing);
  at("live").textContent = "";
}

export function showProblem(title, sentence, links = []) {
  at("problem-title").textContent = title;
  write(at("problem-text"), sentence);
  at("problem-list").replaceChildren(
    ...links.map(({ text, target }) => {
      const link = make("a", "", text);
      link.href = `#${target.id}`;
      link.addEventListener("click", (event) => {
        event.preventDefault();
        target.scrollIntoView({ block: "center" });
        target.focus();
      });
      return make("li", "", link);
    }),
  );
  show(at("problem-list"), links.length > 0);
  show(at("problem"));
  at("problem").focus();
}

// A problem may name what was marked, so it is emptied and not only out of sight.
export function hideProblem() {
  show(at("problem"), false);
  for (const name of ["title", "text", "list"]) at(`problem-${name}`).replaceChildren();
}
