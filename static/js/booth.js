// The booth: identify, mark, check, receipt, on one page; and, between, a paper opened to check the
// device with a second one.
//
// It does no sealing: that is sealing.js, fetched once before anything is marked and handed what
// it needs. Between marking and casting nothing is requested. Choices and the voting key live in
// this page's memory alone: nothing is stored, and what was marked is forgotten once it is cast.
// A paper is sealed as soon as it is to be checked, so that its words are seen before anybody
// chooses; it is signed only when it is cast, and one that was opened is never signed.
import { forgetChallenge, showChallenge } from "./booth/challenge.js";
import { contestOf } from "./booth/contest.js";
import { shuffleRows } from "./booth/shuffled.js";
import { placeNamed, read, takeFragment } from "./booth/fragment.js";
import {
  announce,
  at,
  hideProblem,
  make,
  quieten,
  show,
  showProblem,
  write,
} from "./booth/page.js";
import { showReceipt } from "./booth/receipt.js";
import { ADVICE, CODE_SENTENCES, NOT_TOLD, TOLD, TOO_OLD } from "./booth/sentences.js";
import { orderOf, showWords } from "./booth/shown.js";
import { sayHowMany } from "./booth/words.js";

const root = at("booth");
const csrfToken = root.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
for (const fieldset of root.querySelectorAll("[data-shuffled]")) shuffleRows(fieldset);
const contests = [...root.querySelectorAll("[data-contest]")].map(contestOf);
const code = takeFragment();
const STEPS = { identify: "Identify", mark: "Mark", check: "Check", receipt: "Receipt" };
const SCREENS = [...Object.keys(STEPS), "challenge"];
const sealing = await import(root.dataset.sealingUrl);

const setting = new sealing.Setting(
  sealing.bytesOfHex(root.dataset.fingerprint),
  sealing.bytesOfHex(root.dataset.publicKey),
);
const electionId = sealing.bytesOfHex(root.dataset.electionId);
const spaces = contests.map(
  ({ candidates, preferences }) => new sealing.RankingSpace(candidates, preferences),
);

let screen = "identify";
let key = null; // the voting key, from the code
let castWith = ""; // the credential of the ballot cast here, in hex: the board names it, too
let elector = null; // what the server says of it: elector, section, unit
let sealed = null; // { opening, paper }: made here, with its words shown; neither signed nor sent
let challenged = null; // the like, once it is opened: it is never signed
let posted = null; // { bytes, tracker }: the sealed ballot, kept until it is known to be in the box
let mayHaveArrived = false; // an attempt to cast ended without an answer
let isBusy = false;

// ---- screens ----

function go(name, { focus, isBack = false } = {}) {
  screen = name;
  for (const each of SCREENS) show(at(`screen-${each}`), each === name);
  if (name !== "challenge") forgetOpened();
  hideProblem();
  const isCast = name === "receipt";
  show(at("bar"), elector !== null);
  at("bar").classList.toggle("booth-bar--cast", isCast);
  at("bar-state").classList.toggle("govuk-tag--green", isCast);
  at("bar-state").classList.toggle("govuk-tag--yellow", !isCast);
  at("bar-state").textContent = isCast ? "Cast" : "Not cast yet";
  const number = Object.keys(STEPS).indexOf(name) + 1;
  at("bar-step").textContent =
    isCast || number === 0 ? "" : `Step ${number} of 4: ${STEPS[name]}`;
  at("bar-elector").textContent = elector?.elector ?? "";
  if (!isBack && history.state?.screen !== name) {
    const isLeftBehind = name === "identify" || name === "challenge" || isCast;
    const method = isLeftBehind ? "replaceState" : "pushState";
    history[method]({ screen: name }, "", location.pathname + location.search);
  }
  const target = focus ?? at(`${name}-title`);
  if (!focus) window.scrollTo(0, 0);
  target.focus();
  if (focus) focus.scrollIntoView({ block: "center" });
}

// Back and forward move between the screens. They never cast, and never uncast: past the receipt
// they leave the page, and while a ballot is on its way they stay.
addEventListener("popstate", (event) => {
  const wanted = event.state?.screen;
  if (wanted === undefined || wanted === screen) return; // A place on this screen, as by a link.
  if (screen === "receipt") {
    history.back();
  } else if (isBusy || posted !== null) {
    history.pushState({ screen }, "", location.pathname + location.search);
  } else if (elector?.state === "ready") {
    if (wanted === "check" && !drawCheck()) return;
    go(wanted === "challenge" ? "mark" : wanted, { isBack: true });
  }
});

addEventListener("beforeunload", (event) => {
  const isMarked = contests.some((contest) => contest.isMarked());
  if (screen === "check" || isMarked) event.preventDefault();
});

// A page brought back from the browser's own cache must not bring somebody's choices with it.
addEventListener("pagehide", forget);
addEventListener("pageshow", (event) => event.persisted && location.reload());

function forget() {
  blank();
  at("check-contests").replaceChildren();
  at("check-words").replaceChildren();
  forgetOpened();
  hideProblem();
  quieten();
  at("code").value = "";
  key = null;
  elector = null;
  sealed = null;
  posted = null;
}

function blank() {
  for (const contest of contests) contest.clear();
  at("screen-mark").reset();
}

// ---- identify ----

function panel(name) {
  for (const each of ["checking", "form", "waiting", "confirm", "refused"]) {
    show(at(`identify-${each}`), each === name);
  }
}

function askForCode() {
  at("identify-title").textContent = "Your voting code";
  panel("form");
}

function refuse(state, answer = {}) {
  const { sentence, advice, mayTryAgain, mayTryOther, mayReissue } = ADVICE[state];
  at("identify-title").textContent =
    state === "cast" ? "A ballot was cast already" : "You cannot vote here just now";
  at("refused-sentence").textContent = answer.sentence || sentence;
  write(at("refused-advice"), answer.sentence ? "" : advice);
  show(at("identify-again"), Boolean(mayTryAgain) && key !== null);
  show(at("identify-other"), Boolean(mayTryOther));
  const reissue = at("refused-reissue");
  if (reissue) show(reissue, Boolean(mayReissue));
  panel("refused");
  at("identify-title").focus();
}

function keyOf(text) {
  return sealing.votingKey(sealing.readCode(text), { electionId });
}

function refuseCode(error) {
  if (!(error instanceof sealing.CodeRejected)) throw error;
  askForCode();
  const sentence = CODE_SENTENCES[error.condition];
  at("code-error").replaceChildren(make("span", "govuk-visually-hidden", "Error: "), sentence);
  show(at("code-error"));
  at("code-group").classList.add("govuk-form-group--error");
  at("code").classList.add("govuk-input--error");
  at("code").setAttribute("aria-invalid", "true");
  at("code").setAttribute("aria-describedby", "code-hint code-error");
  at("code").focus();
}

function clearCodeError() {
  show(at("code-error"), false);
  at("code-group").classList.remove("govuk-form-group--error");
  at("code").classList.remove("govuk-input--error");
  at("code").removeAttribute("aria-invalid");
  at("code").setAttribute("aria-describedby", "code-hint");
}

// Another code is another person's paper: nothing of the last is kept.
async function tryCode(text) {
  clearCodeError();
  let found;
  try {
    found = keyOf(text);
  } catch (error) {
    refuseCode(error);
    return;
  }
  forget();
  show(at("bar"), false);
  key = found;
  await identify();
}

// The server is asked whose paper this is. It is sent the public key and a signature that only
// the holder of the code can make; the code itself stays here. An answer that comes after another
// code was tried is about somebody else, and is dropped.
async function identify(address = root.dataset.identifyUrl) {
  const asked = key;
  panel("checking");
  announce(at("identify-checking-text").textContent);
  const answer = (await ask(address)) ?? { state: "unreachable" };
  if (key !== asked) return;
  if (answer.state === "ready") askWhetherItIs(answer);
  else if (answer.state === "waiting") askWhetherToReplace(answer);
  else refuse(Object.hasOwn(ADVICE, answer.state) ? answer.state : "unreachable", answer);
}

// Ask the server as the holder of the code; null where no answer comes that can be read.
async function ask(address, more = {}) {
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...token() },
      body: JSON.stringify({
        credential: sealing.hexOfBytes(key.credential),
        signature: sealing.hexOfBytes(sealing.signIdentity(key, { electionId })),
        ...more,
      }),
      cache: "no-store",
      credentials: "same-origin",
    });
    return await response.json();
  } catch {
    return null;
  }
}

// A booth of another origin has no token, and needs none.
const token = () => (csrfToken ? { "X-CSRFToken": csrfToken } : {});

// A code that was sent again comes into force, and the old one dies, only when its holder says so.
function askWhetherToReplace({ elector: name, sentence }) {
  at("identify-title").textContent = "This is a new code";
  at("waiting-elector").textContent = name;
  write(at("waiting-sentence"), sentence ?? "");
  panel("waiting");
  at("identify-title").focus();
}

function askWhetherItIs(answer) {
  elector = answer;
  at("identify-title").textContent = "Is this you?";
  at("confirm-elector").textContent = answer.elector;
  at("check-elector").textContent = answer.elector;
  write(at("confirm-section"), answer.section_name ? `Section: ${answer.section_name}.` : "");
  panel("confirm");
  go("identify");
}

at("identify-form").addEventListener("submit", (event) => {
  event.preventDefault();
  tryCode(at("code").value);
});
at("identify-again").addEventListener("click", () => identify());
at("identify-replace").addEventListener("click", () => identify(root.dataset.confirmUrl));
at("identify-other").addEventListener("click", () => {
  forget();
  askForCode();
  at("code").focus();
});
at("begin").addEventListener("click", () => go("mark"));

// ---- mark and check ----

at("screen-mark").addEventListener("submit", (event) => {
  event.preventDefault();
  if (drawCheck()) go("check");
});

function drawCheck() {
  const problems = contests.flatMap((contest) => contest.problems());
  if (problems.length > 0) {
    if (screen !== "mark") go("mark", { isBack: true });
    showProblem("Your order is not clear yet", "Nothing was changed. Mend it with the lists, or press “Put in order”.", problems);
    return false;
  }
  at("check-contests").replaceChildren(...contests.map(drawChoices));
  sealAnew();
  return true;
}

// Each time the paper is to be checked it is sealed with new randomness. Where that fails there are
// no words yet, and it is tried once more when the paper is to be cast.
function sealAnew() {
  sealed = null;
  at("check-device").open = false;
  try {
    sealed = seal();
  } catch {
    // In no words: those of the error might name a choice.
  }
  showWords(at("check-words"), sealed ? sealing.trackerWords(sealed.paper.tracker) : []);
  show(at("check-sealed"), sealed !== null);
  show(at("check-device"), sealed !== null);
}

function drawChoices(contest, index) {
  const ranking = contest.ranking();
  const change = make("button", "govuk-button govuk-button--secondary booth-button", "Change");
  change.type = "button";
  change.append(make("span", "govuk-visually-hidden", ` ${contest.title}`));
  change.addEventListener("click", () => goBack(contest.first));
  const heading = make("h2", "govuk-heading-m", contest.title);
  heading.id = `check-contest-${index + 1}`;
  const section = make("section", "booth-choices", heading);
  section.setAttribute("aria-labelledby", heading.id);
  if (ranking.length > 0) {
    section.append(orderOf(namesOf(contest), { isNumbered: !contest.isPlurality }));
  }
  section.append(make("p", "govuk-body", howMany(contest, ranking)), change);
  return section;
}

const namesOf = (contest) => contest.ranking().map((who) => contest.names[who]);

function howMany(contest, ranking) {
  if (ranking.length === 0) {
    return "You have left this blank. It will be counted as a blank paper and helps no candidate.";
  }
  return contest.isPlurality
    ? "This is your one choice."
    : sayHowMany(ranking.length, contest.candidates, contest.preferences);
}

function goBack(focus) {
  if (!isBusy && !mayHaveArrived) go("mark", { focus });
}

at("back").addEventListener("click", () => goBack());

// ---- seal and cast ----

at("cast").addEventListener("click", castOnce);
at("resend").addEventListener("click", castOnce);

// One message is signed and kept; every further press, and every attempt after a failure, sends
// the same bytes, which the server answers with the same receipt. While it is not known whether
// they arrived, the paper cannot be changed.
async function castOnce() {
  if (isBusy || screen !== "check") return;
  if (posted === null && sealed === null && !drawCheck()) return;
  isBusy = true;
  lock(true);
  hideProblem();
  show(at("unknown"), false);
  try {
    say("Casting your sealed ballot…");
    posted ??= sign(sealed);
    settle(await post(posted.bytes));
  } catch {
    sayWhatFailed(); // In its own words alone: those of the error might name a choice.
  } finally {
    isBusy = false;
    lock(false);
    say("");
  }
}

function sayWhatFailed() {
  if (screen === "receipt") {
    showProblem(
      "The receipt cannot be shown whole",
      "Your ballot is in the box all the same. Keep what is shown below, and tell the returning officer.",
    );
  } else if (posted === null) {
    showProblem(
      "Your ballot could not be sealed on this device",
      "Nothing was sent. Try once more; if it fails again, open your link on another device.",
    );
  } else {
    settle({ isUnknown: true });
  }
}

function lock(isLocked) {
  for (const button of root.querySelectorAll("#screen-check button")) {
    if (isLocked) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
}

function say(sentence) {
  write(at("casting"), sentence);
  if (sentence) announce(sentence);
}

const codes = contests.map((contest) => contest.code);
const place = () => ({ setting, section: elector.section, unit: elector.unit ?? "" });

// What is drawn comes first, and the paper is made from it (sealing §6.7).
function seal() {
  const choices = contests.map((contest, index) => spaces[index].index(contest.ranking()));
  const opening = sealing.drawOpening(choices, { ...place(), credential: key.credential });
  return { opening, paper: sealing.makePaper(opening, { setting, contests: codes }) };
}

// The act that casting needs and challenging lacks (sealing §6.3).
function sign({ paper: { votes, tracker } }) {
  const ballot = sealing.signBallot(votes, { ...place(), contests: codes, key });
  return { bytes: ballot.toBytes(), tracker };
}

// { receipt } | { refusal } | { isUnknown: true }: an answer that cannot be read settles nothing.
async function post(bytes) {
  try {
    const response = await fetch(root.dataset.castUrl, {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream", ...token() },
      body: bytes,
      cache: "no-store",
      credentials: "same-origin",
    });
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
    if (response.status === 403 && !isJson) return { refusal: { sentence: TOO_OLD } };
    const answer = await response.json();
    if (response.ok && typeof answer.tracker === "string") return { receipt: answer };
    if (response.status < 500 && typeof answer.sentence === "string") return { refusal: answer };
  } catch {
    // No connection, or something that is not an answer of ours: the next line says what it means.
  }
  return { isUnknown: true };
}

function settle({ receipt, refusal, isUnknown }) {
  if (receipt) {
    finish(receipt);
    return;
  }
  mayHaveArrived ||= Boolean(isUnknown);
  for (const button of at("check-contests").querySelectorAll("button")) {
    show(button, !mayHaveArrived);
  }
  show(at("check-cast"), !mayHaveArrived);
  show(at("unknown"), mayHaveArrived);
  if (refusal) {
    if (!mayHaveArrived) {
      posted = null;
      sealAnew();
    }
    showProblem("Your ballot was not accepted", refusal.sentence);
  } else {
    at("unknown").focus();
  }
}

// What was marked is forgotten before the receipt is shown, so that it is whatever happens then.
function finish(receipt) {
  const { tracker } = posted;
  const name = elector.elector;
  const hex = sealing.hexOfBytes(tracker);
  castWith = sealing.hexOfBytes(key.credential);
  go("receipt");
  forget();
  showReceipt({
    tracker: hex,
    words: sealing.trackerWords(tracker),
    elector: name,
    when: receipt.cast_at_text ?? "",
    signed: typeof receipt.signed === "string" ? receipt.signed : "",
  });
  if (receipt.tracker !== hex) {
    showProblem(
      "Tell the scrutineer",
      "The server's receipt is not the one this device worked out. Keep this page, note the words below, and tell the returning officer and the scrutineer.",
    );
  }
}

// ---- check the device ----

at("challenge").addEventListener("click", openPaper);
at("challenge-again").addEventListener("click", tellBoard);
at("challenge-done").addEventListener("click", () => {
  if (!isBusy) go("mark");
});

function forgetOpened() {
  challenged = null;
  forgetChallenge();
}

// From here on this paper is not among those that could be signed. A signed one is never opened. Its
// marks are taken off: they were made for the check, and must not be cast because nobody changed them.
async function openPaper() {
  if (isBusy || screen !== "check" || sealed === null || posted !== null) return;
  [challenged, sealed] = [sealed, null];
  go("challenge");
  showChallenge({
    address: `${root.dataset.checkUrl}#${challenged.opening.toText()}`,
    words: sealing.trackerWords(challenged.paper.tracker),
    choices: contests.map((contest) => ({ title: contest.title, names: namesOf(contest) })),
  });
  blank();
  await tellBoard();
}

// The two devices need no server for their check: whatever it answers, the picture stays.
async function tellBoard() {
  if (isBusy || challenged === null) return;
  isBusy = true;
  const opened = challenged;
  const answer = await ask(root.dataset.challengeUrl, { opening: opened.opening.toText() });
  isBusy = false;
  if (opened !== challenged) return;
  const isTold = answer?.tracker === sealing.hexOfBytes(opened.paper.tracker);
  show(at("challenge-again"), !isTold);
  const told = isTold ? TOLD : (answer?.sentence ?? NOT_TOLD);
  at("challenge-told").textContent = told;
  announce(told);
}

at("print").addEventListener("click", () => print());

// ---- another link in the same tab ----

// Only the fragment changes, so the page is not loaded anew. A place on the page is no code: it is
// noted as a place on this screen. After a receipt the page is loaded for whoever comes next, and
// takes the code from the address as it always does.
addEventListener("hashchange", () => {
  if (location.hash === "") return; // Back from a place to the screen it is on.
  if (placeNamed(location.hash)) {
    history.replaceState({ screen }, "");
  } else if (screen === "receipt") {
    // One's own link once more: the receipt stays.
    if (credentialOf(read(location.hash)) === castWith) takeFragment();
    else location.reload();
  } else {
    takeAnother(takeFragment());
  }
});

function takeAnother(fragment) {
  if (screen === "identify") {
    tryCode(fragment);
    return;
  }
  history.replaceState({ screen }, "");
  if (isOurs(fragment)) return;
  showProblem(
    "Another link was opened in this tab",
    `It was not used: this paper is still for ${elector.elector}. Cast it or close it first, then open the other link again.`,
  );
}

function isOurs(text) {
  return credentialOf(text) === sealing.hexOfBytes(key.credential);
}

// The public half of a code, in hex; nothing of what is no code.
function credentialOf(text) {
  try {
    return sealing.hexOfBytes(keyOf(text).credential);
  } catch (error) {
    if (error instanceof sealing.CodeRejected) return "";
    throw error;
  }
}

// ---- begin ----

blank();
show(at("waiting"), false);
show(at("screen-identify"));
if (code) tryCode(code);
else askForCode();
