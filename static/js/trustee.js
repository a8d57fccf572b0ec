// The trustee's page. It asks the seat what is due, reads the board and checks it, and does or shows
// the one thing that there is to do; then again, every few seconds. The seat's secret is taken out of
// the address at once, and lives in this tab's memory alone (docs/spec/trustees.md).
import { takeFragment } from "./booth/fragment.js";
import { make } from "./booth/page.js";
import { openBoard } from "./board/reader.js";
import { Remembered } from "./board/remembered.js";
import { trackerWords } from "./sealing/ballot.js";
import { Boxes } from "./trustee/boxes.js";
import { CeremonyPage } from "./trustee/ceremonyPage.js";
import { button, field, form } from "./trustee/form.js";
import { Frame } from "./trustee/frame.js";
import { showHeld } from "./trustee/heldPage.js";
import { ceremonyOn, checkNotice, readBeforeOpening } from "./trustee/onBoard.js";
import { Seat, SeatRefused, secretIn } from "./trustee/seat.js";
import { isPassing, wordsOf } from "./trustee/words.js";

const QUICK_MS = 3_000; // While the ceremony goes on; and then, when only days change anything:
const SLOW_MS = 15_000;

const NOTHING_DUE = "Nothing is due from you now";

const root = document.getElementById("trustee");
const frame = new Frame(root);
const remembered = new Remembered(localStorage);
const WITH_SHARE = ["mix", "commit", "part"];

let seat = null;
let ceremonyPage = null;
let boxes = null;
let board = null;
let onBoard = null;
let waiting = null; // The timer of the next look.
let isLooking = false;
let isStopped = false; // A check failed: nothing is drawn over it until somebody asks.
let isWanted = false; // Somebody asked for a look while one was under way.

function askForSeat(sentence = "") {
  frame.show(`seat ${sentence}`, "Your seat", () => {
    const input = make("input", "govuk-input");
    input.type = "password";
    input.autocomplete = "off";
    const address = field({
      label: "The address from your letter, or what stands after its #",
      hint: "It is kept in this tab’s memory alone, and asked for again when the page is loaded anew.",
      input,
    });
    const act = async () => {
      address.clear();
      const secret = secretIn(input.value);
      if (secret === null) address.refuse("Paste the whole address, to its last character.");
      else sit(secret);
    };
    const said = sentence === "" ? [] : [make("p", "app-lead", sentence)];
    const fields = [address.group];
    return [...said, form({ fields, submit: "Take your seat", busy: "", act, fail })];
  });
}

function sit(secret) {
  seat = new Seat({ address: location.pathname, secret });
  ceremonyPage = new CeremonyPage({ frame, seat, storage: localStorage, again: look, fail });
  const { workerUrl } = root.dataset;
  boxes = new Boxes({ frame, seat, storage: localStorage, workerUrl, again: look, fail });
  isStopped = false;
  look();
}

// One look: what is due, what the board shows, and then what there is to do.
async function look() {
  if (isLooking) {
    isWanted = true;
    return;
  }
  clearTimeout(waiting);
  isLooking = true;
  isWanted = false;
  try {
    const pause = await lookOnce();
    frame.say("");
    if (pause !== null && !isStopped) waiting = setTimeout(look, isWanted ? 0 : pause);
  } catch (error) {
    fail(error);
  } finally {
    isLooking = false;
  }
}

// Gives for how long to wait before the next look; null when nothing will change by itself.
async function lookOnce() {
  const asked = seat;
  const said = await asked.read();
  if (asked !== seat) return 0; // Another seat was taken meanwhile: this answer is not for it.
  frame.drawWho(said);
  if (said.election.board === null) {
    wait("The notice of poll is not published yet", "The ceremony begins after it.");
    return SLOW_MS;
  }
  await readBoard(said);
  if (asked !== seat) return 0;
  frame.drawChecked(board);
  if (onBoard === null) {
    wait("The key ceremony has not begun", "The returning officer begins it. Keep this page open.");
    return QUICK_MS;
  }
  frame.drawTable(onBoard, said.held);
  if (said.failed) {
    const anew = "The returning officer begins it anew, with or without whoever is named here.";
    wait("The ceremony came to nothing", `${said.failed} ${anew}`);
    return SLOW_MS;
  }
  if (onBoard.key === null) {
    frame.clearWords();
    await ceremonyPage.take(said, onBoard);
    return QUICK_MS;
  }
  return afterCeremony(said);
}

// The board as it is now; the ceremony on it is read anew only when something was added.
async function readBoard(said) {
  const newest = await latest(said);
  if (newest !== board) {
    const entries = await readBeforeOpening(newest);
    checkNotice(entries, newest.key);
    onBoard = ceremonyOn(entries);
  }
  board = newest;
}

async function afterCeremony(said) {
  const key = keyOf(onBoard);
  const { due } = said;
  const shown = { frame, seat, said, key, latest: () => latest(said), again: look, fail };
  if (due === "held") showHeld(shown);
  else if (boxes.isBusy || WITH_SHARE.includes(due)) await boxes.show(said, board);
  else wait(NOTHING_DUE, said.waits_for || "You will be asked when you are needed.");
  return SLOW_MS;
}

// The key, made anew from everything that the board shows, and its words; once, for it takes a while.
let concluded = { entry: null, key: null };
function keyOf(found) {
  if (concluded.entry !== found.number) {
    concluded = { entry: found.number, key: found.conclude() };
    frame.drawWords(trackerWords(found.transcript));
  }
  return concluded.key;
}

async function latest({ election }) {
  if (board !== null) return board.next();
  const address = `/board/${election.slug}`;
  return openBoard({ address, key: election.board, remembered });
}

function wait(title, sentence) {
  frame.show(`wait ${title} ${sentence}`, title, () => [make("p", "govuk-body", sentence)]);
}

// What failed, which check, and what to do. What waiting may mend is said, and looked at again; all
// else stops the page until somebody asks for another look.
function fail(error) {
  clearTimeout(waiting);
  if (isPassing(error)) {
    frame.say("The server did not answer. Nothing is lost: this page tries again by itself.");
    waiting = setTimeout(look, SLOW_MS);
    return;
  }
  if (error instanceof SeatRefused && error.status === 403) {
    askForSeat("The server does not know this seat. Perhaps you were given a new one: open the newest letter.");
    return;
  }
  isStopped = true;
  const nameOf = (number) => onBoard?.nameOf(number) ?? `Trustee ${number}`;
  const { title, sentences, check } = wordsOf(error, { nameOf });
  const retry = button("Look again", { isSecondary: true });
  retry.addEventListener("click", () => {
    isStopped = false;
    look();
  });
  const build = () => [
    ...sentences.map((sentence) => make("p", "govuk-body", sentence)),
    ...(check ? [make("p", "govuk-hint", `Check: ${check}`)] : []),
    retry,
  ];
  frame.show(`refused ${check} ${sentences.join(" ")}`, title, build, { isAlert: true });
}

// The link opened in a tab that has this page already only changes the fragment.
function takeSeat() {
  const secret = secretIn(takeFragment());
  if (secret !== null) sit(secret);
  else if (seat === null) askForSeat();
}

addEventListener("hashchange", takeSeat);
takeSeat();
