// How it all ends, what is to be known of it, and the report as a file to keep.
import { at, make, show } from "../booth/page.js";

const SENTENCES = {
  PASS: "What was declared is what the ballots on the board say.",
  FAIL: "This bundle does not show what it is said to show.",
  "NOT YET": "Nothing failed, and the result is not there yet.",
  DESTROYED: "What is left agrees with what was declared. The ballots were destroyed, so that only a copy of before shows the rest.",
};

const NEXT = {
  PASS: "",
  FAIL: "Keep the report, and what you checked. Download everything once more, best over another network, and check that. If it fails again, give both to the scrutineer and to the returning officer, and say so in public: the check that failed, below, names what is wrong.",
  "NOT YET": "Check again once the result is declared, and keep what you have: the later board must continue it.",
  DESTROYED: "",
};

export function showReport(report) {
  const panel = at("check-verdict-panel");
  for (const each of Object.keys(SENTENCES)) {
    panel.classList.toggle(classOf(each), each === report.verdict);
  }
  at("check-verdict-title").textContent = report.verdict;
  at("check-verdict-sentence").textContent = SENTENCES[report.verdict];
  at("check-next").textContent = NEXT[report.verdict];
  show(at("check-next"), NEXT[report.verdict] !== "");
  at("check-notes").replaceChildren(...notesOf(report).map((note) => make("li", "app-wrap-anywhere", note)));
  const file = new Blob([JSON.stringify(report, null, 2), "\n"], { type: "application/json" });
  at("check-report").href = URL.createObjectURL(file);
  show(at("check-verdict"));
  at("check-verdict-title").focus();
}

const classOf = (verdict) => `app-verdict--${verdict.toLowerCase().replace(" ", "-")}`;

function notesOf({ election, notes }) {
  if (!election.origin) return notes;
  return [`Checked: ${election.origin}, ${election.entries} entries, state ${election.root}`, ...notes];
}
