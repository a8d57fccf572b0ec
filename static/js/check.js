// "Check it in your browser": starts the worker in which the verifier runs, and shows what it says.
// It decides nothing: every result, figure and verdict is the verifier's own.
import { announce, at, hideProblem, show, showProblem, write } from "./booth/page.js";
import { asked, FIELD_OF_OPTION } from "./check/asked.js";
import { clearOutcomes, showOutcome, showRunning } from "./check/outcomes.js";
import { showReport } from "./check/verdict.js";

const root = at("check");
const FETCHING = {
  python: "Fetching Python for this browser (about 6 MB, once)",
  verifier: "Fetching the verifier",
  bundle: "Downloading everything from the board",
};
let worker = null;

at("check-form").addEventListener("submit", (event) => {
  event.preventDefault();
  hideProblem();
  const given = asked(at("check-form"));
  if (given.problem) showFieldProblem(given.problem);
  else begin(given);
});

at("check-stop").addEventListener("click", () => {
  end();
  say("Stopped. Nothing was decided.");
  at("check-start").focus();
});

function begin({ options, files }) {
  clearOutcomes();
  show(at("check-verdict"), false);
  show(at("check-rehearsal"), false);
  write(at("check-verdict-rehearsal"), "");
  show(at("check-progress"));
  show(at("check-stop"));
  at("check-start").disabled = true;
  say("Starting");
  worker = new Worker(root.dataset.workerUrl, { type: "module" });
  worker.addEventListener("message", ({ data: said }) => hear(said));
  worker.addEventListener("error", () => stop("The script of the check could not be loaded."));
  worker.postMessage({
    pythonUrl: absolute(root.dataset.pythonUrl),
    verifierUrl: absolute(root.dataset.verifierUrl),
    bundleUrl: absolute(root.dataset.bundleUrl),
    options,
    files,
  });
}

const absolute = (url) => new URL(url, location.href).href;

function end() {
  worker?.terminate();
  worker = null;
  show(at("check-stop"), false);
  at("check-start").disabled = false;
  at("check-bar").value = 0;
}

// ---- what the worker says ----

function hear({ fetched, done, all, told, stopped }) {
  if (stopped !== undefined) stop(stopped);
  else if (fetched) showFetched(fetched, done, all);
  else if (told.rehearsal) showRehearsal(told.rehearsal);
  else if (told.work) showWork(told.work);
  else if (told.outcome) showOutcome(told.outcome);
  else if (told.unreadable) refuse(told.unreadable);
  else finish(told.report);
  if (told?.outcome) next(told.outcome.number + 1);
}

function showFetched(what, done, all) {
  if (done === 0 || all === 0) say(FETCHING[what]);
  else write(at("check-now"), `${FETCHING[what]}: ${Math.round(done / 1024)} of ${Math.round(all / 1024)} KB`);
  at("check-bar").value = all ? done / all : 0;
  if (what === "bundle" && done === all) next(1);
}

function next(number) {
  const name = showRunning(number);
  if (name) say(`Check ${number} of 16: ${name}`);
  at("check-bar").value = 0;
}

// It is said before all else, and again with the verdict, as the command does.
function showRehearsal(sentence) {
  for (const id of ["check-rehearsal-sentence", "check-verdict-rehearsal"]) write(at(id), sentence);
  show(at("check-rehearsal"));
}

function showWork({ name, done, rows }) {
  at("check-bar").value = rows ? done / rows : 0;
  write(at("check-figures"), rows ? `${name}: ${Math.floor((100 * done) / rows)} %` : "");
}

function say(sentence) {
  write(at("check-now"), sentence);
  write(at("check-figures"), "");
  announce(sentence);
}

function finish(report) {
  end();
  show(at("check-progress"), false);
  showReport(report);
}

function refuse({ where, why }) {
  end();
  show(at("check-progress"), false);
  const field = at(FIELD_OF_OPTION[where]);
  if (field) showFieldProblem({ text: why, target: field });
  else showProblem("This cannot be read", why);
}

// The field may stand in a part of the form that is folded away.
function showFieldProblem({ text, target }) {
  const folded = target.closest("details");
  if (folded) folded.open = true;
  showProblem("There is a problem", "", [{ text: `${target.labels[0].textContent}: ${text}`, target }]);
}

function stop(why) {
  end();
  show(at("check-progress"), false);
  showProblem(
    "The check could not go on",
    `${why} Nothing was decided. Try once more, or another browser, or the command on this page.`,
  );
}

at("check-form").reset();
show(at("check-waiting"), false);
show(at("check-form"));
