// A teller's page: it makes the teller's code and key, and seals what the teller reads of a paper
// (docs/spec/sealing.md §6.9). Neither the code nor what was read is sent, or kept.
import { at, make, show, write } from "./booth/page.js";
import { bytesOfHex, hexOfBytes } from "./sealing/bytes.js";
import { makeCode, readCode, showCode } from "./sealing/codes.js";
import { SealingError } from "./sealing/errors.js";
import { sealPostal, signPostal, tellerKey } from "./sealing/postal.js";
import { RankingSpace } from "./sealing/rankings.js";
import { Setting } from "./sealing/setting.js";
import { choiceOf, NoRanking } from "./teller/reading.js";

const root = at("teller");
const { electionId, fingerprint, publicKey, ownKey, readUrl } = root.dataset;
const election = { electionId: bytesOfHex(electionId) };

function refuse(sentence) {
  write(at("problem-text"), sentence);
  show(at("problem"));
  at("problem").focus();
}

// --- the key ---

function makeKey() {
  const code = makeCode();
  at("new-code").textContent = showCode(code);
  at("key-form").addEventListener("submit", (event) => {
    if (!isTyped(at("again").value, code)) {
      event.preventDefault();
      refuse("That is not the code above. Compare it with what you wrote down.");
      return;
    }
    at("key").value = hexOfBytes(tellerKey(code, election).credential);
  });
  show(at("key-form"));
}

function isTyped(typed, code) {
  try {
    return readCode(typed) === code;
  } catch {
    return false;
  }
}

// --- papers ---

function ownTellerKey() {
  const key = tellerKey(at("code").value, election);
  if (hexOfBytes(key.credential) !== ownKey) {
    throw new NoRanking("This is not the code that you made here. Look at what you wrote down.");
  }
  return key;
}

function contestsRead() {
  return [...root.querySelectorAll(".app-read-contest")].map((contest) => {
    const lines = [...contest.querySelectorAll("[data-candidate]")];
    const space = new RankingSpace(lines.length, Number(contest.dataset.preferences));
    const isRejected = contest.querySelector("[data-rejected]").checked;
    const title = contest.querySelector("legend").textContent;
    const typed = lines.map((line) => line.value);
    return { code: contest.dataset.code, choice: choiceOf(typed, { title, space, isRejected }) };
  });
}

// Which paper it is, and with whom it is read.
function place() {
  const number = at("number").value.trim();
  if (!/^[1-9][0-9]{0,6}$/.test(number)) throw new NoRanking("Type the number of the paper.");
  return { section: at("section").value, number, other: at("other").value };
}

function sealedPaper() {
  const { section, number, other } = place();
  const read = contestsRead();
  const key = ownTellerKey();
  const where = {
    number: Number(number),
    section,
    setting: new Setting(bytesOfHex(fingerprint), bytesOfHex(publicKey)),
    key,
  };
  const others = bytesOfHex(at("other").selectedOptions[0].dataset.key);
  const contests = read.map(({ code }) => code);
  const sealed = sealPostal(read.map(({ choice }) => choice), { ...where, contests, other: others });
  return {
    section,
    number,
    other,
    kind: "sealed",
    wire: hexOfBytes(sealed.toBytes()),
    signature: hexOfBytes(signPostal(sealed, where)),
  };
}

async function handIn(build) {
  show(at("problem"), false);
  // Nothing is typed meanwhile: it would be taken off with this paper's marks.
  at("read-form").inert = true;
  try {
    const answer = await send(build());
    write(at("said"), answer.message);
    const waiting = answer.waiting.map((line) => make("li", "", line));
    at("waiting-list").replaceChildren(...waiting);
    show(at("waiting"), waiting.length > 0);
    at("read-form").inert = false;
    clearPaper();
  } catch (error) {
    at("read-form").inert = false;
    if (error instanceof NoRanking) refuse(error.sentence);
    else if (error instanceof SealingError) refuse(`The code is mistyped (${error.condition}).`);
    else throw error;
  }
}

async function send(said) {
  const token = root.querySelector("[name=csrfmiddlewaretoken]").value;
  let answer;
  try {
    const body = new URLSearchParams(said);
    answer = await fetch(readUrl, { method: "POST", body, headers: { "X-CSRFToken": token } });
  } catch {
    throw new NoRanking("The server did not answer. Nothing is lost: hand the paper in again.");
  }
  if (!(answer.headers.get("Content-Type") ?? "").includes("json")) {
    throw new NoRanking("You are signed out, or the page is too old. Load it again.");
  }
  const told = await answer.json();
  if (!answer.ok) throw new NoRanking(told.message);
  return told;
}

// What was marked is gone from the page; the next paper has most often the next number.
function clearPaper() {
  for (const line of root.querySelectorAll("[data-candidate]")) line.value = "";
  for (const box of root.querySelectorAll("[data-rejected]")) box.checked = false;
  at("doubt").value = "";
  at("number").value = "";
  at("number").focus();
}

function readPapers() {
  at("read-form").addEventListener("submit", (event) => {
    event.preventDefault();
    handIn(sealedPaper);
  });
  at("doubtful").addEventListener("click", () =>
    handIn(() => ({ ...place(), kind: "doubtful", doubt: at("doubt").value })),
  );
  at("empty").addEventListener("click", () => handIn(() => ({ ...place(), kind: "empty" })));
  show(at("read-form"));
}

if (at("key-form")) makeKey();
if (at("read-form")) readPapers();
