// The frame of a trustee's page: who this is, the one thing that is due, who has done what, the words
// of the ceremony, and what was checked. What is drawn is drawn anew only when it changes, so that
// nothing is lost from under somebody's hands.
import { announce, make } from "../booth/page.js";
import { STEPS } from "./onBoard.js";

const DONE = {
  commitment: "Committed",
  reveal: "Revealed",
  dealing: "Sent shares",
  received: "Checked shares",
  confirmation: "Confirmed",
};

export class Frame {
  #shown = "";

  constructor(root) {
    root.classList.add("trustee");
    this.live = make("div", "govuk-visually-hidden");
    this.live.id = "live"; // Where `announce` speaks.
    this.live.setAttribute("role", "status");
    this.who = make("div");
    this.due = make("section", "trustee-due");
    this.work = make("section"); // What the last mixing or opening found.
    this.table = make("section");
    this.words = make("section");
    this.checked = make("div");
    const hint = make("p", "govuk-hint trustee-passing");
    this.passing = hint;
    const { live, who, due, work, words, table, checked } = this;
    root.replaceChildren(live, who, due, hint, work, words, table, checked);
    Object.freeze(this);
  }

  // Show one screen. name: what it is; the same name again leaves what stands there. Gives whether
  // it was drawn.
  show(name, title, build, { isAlert = false } = {}) {
    if (name === this.#shown) return false;
    this.#shown = name;
    const heading = make("h2", "govuk-heading-m trustee-title", title);
    heading.tabIndex = -1;
    heading.id = "trustee-due-title";
    this.due.setAttribute("aria-labelledby", heading.id);
    this.due.classList.toggle("trustee-due--refused", isAlert);
    this.due.replaceChildren(heading, ...build());
    heading.focus({ preventScroll: !isAlert });
    announce(title);
    return true;
  }

  // Something that mends itself: said below, in the place of nothing else.
  say(sentence) {
    this.passing.textContent = sentence;
  }

  // Put children into a place, unless the same text stands there: a redrawn element loses its focus.
  #draw(place, ...children) {
    const drawn = children.map((child) => child.textContent).join("");
    if (place.textContent !== drawn) place.replaceChildren(...children);
  }

  drawWho({ election, trustee, ceremony }) {
    const rows = [
      ["You are", `${trustee.name}, trustee ${trustee.number}`],
      ["Election", election.rehearsal ? `${election.title} (a rehearsal)` : election.title],
    ];
    if (ceremony) {
      const { quorum, trustees } = ceremony;
      rows.push(["To open the boxes", `Any ${quorum} of ${trustees.length} trustees`]);
    }
    this.#draw(this.who, summaryList(rows));
  }

  // Who has done what, from the board. held: the numbers of those who proved to hold their share.
  drawTable(onBoard, held) {
    const head = ["Trustee", "Ceremony", "Share proved"].map((text) => cell("th", text));
    for (const one of head) one.scope = "col";
    const rows = onBoard.frame.trustees.map((name, place) => {
      const number = place + 1;
      const first = cell("th", `${number}. ${name}`);
      first.scope = "row";
      const proved = held.includes(number) ? "Yes" : "Not yet";
      const progress = cell("td", progressOf(onBoard, number));
      return make("tr", "govuk-table__row", first, progress, cell("td", proved));
    });
    const captionClass = "govuk-table__caption govuk-table__caption--m";
    const caption = make("caption", captionClass, "Who has done what");
    const top = make("thead", "govuk-table__head", make("tr", "govuk-table__row", ...head));
    const body = make("tbody", "govuk-table__body", ...rows);
    this.#draw(this.table, scrolling(make("table", "govuk-table", caption, top, body), caption));
  }

  // The hash T as words, to be read to the others.
  drawWords(words) {
    const heading = make("h2", "govuk-heading-m", "Twelve words to read to the others");
    const why = make("p", "govuk-body", "All trustees must have the same words, in the same order. Read them to one another in one room or by telephone, not through this server. If one word differs, two of you were shown different ceremonies: do not go on, and tell the returning officer and the scrutineer.");
    const items = words.map((word) => make("li", "trustee-words__word", word));
    const list = make("ol", "trustee-words", ...items);
    this.words.replaceChildren(heading, why, list);
  }

  clearWords() {
    this.words.replaceChildren();
  }

  // What this browser has checked of the board.
  drawChecked({ checkpoint, key }) {
    const rows = [
      ["The board", checkpoint.origin],
      ["Its key", key],
      ["Entries, signed", String(checkpoint.size)],
    ];
    const isOpen = this.checked.querySelector("details")?.open ?? false;
    const title = make("span", "govuk-details__summary-text", "What this page has checked");
    const summary = make("summary", "govuk-details__summary", title);
    const text = make("p", "govuk-body", "The board’s signature, and that it continues what this browser saw of it before. Compare the board’s key with the one in the printed notice of poll.");
    const below = make("div", "govuk-details__text", text, summaryList(rows));
    const details = make("details", "govuk-details", summary, below);
    details.open = isOpen;
    this.#draw(this.checked, details);
  }
}

function progressOf(onBoard, number) {
  if (onBoard.out.has(number)) return "Out: holds no share";
  const last = STEPS.findLast((step) => onBoard.said[step].has(number));
  if (last === undefined) return "Nothing yet";
  const complaints = onBoard.complaints.filter(({ complainant }) => complainant === number);
  const of = complaints.map(({ dealer }) => onBoard.nameOf(dealer)).join(", ");
  return complaints.length > 0 ? `${DONE[last]}; complained of ${of}` : DONE[last];
}

// A table wider than the page scrolls in its own frame, which takes the focus.
function scrolling(table, caption) {
  caption.id = "trustee-table-caption";
  const around = make("div", "app-scroll", table);
  around.tabIndex = 0;
  around.setAttribute("role", "region");
  around.setAttribute("aria-labelledby", caption.id);
  return around;
}

const cell = (tag, text) =>
  make(tag, tag === "th" ? "govuk-table__header" : "govuk-table__cell", text);

export function summaryList(rows) {
  return make(
    "dl",
    "govuk-summary-list",
    ...rows.map(([name, value]) =>
      make(
        "div",
        "govuk-summary-list__row govuk-summary-list__row--no-actions",
        make("dt", "govuk-summary-list__key", name),
        make("dd", "govuk-summary-list__value app-wrap-anywhere", value),
      ),
    ),
  );
}
