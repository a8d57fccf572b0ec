// What a trustee is told when something does not hold: which check, and what to do. No page.
import { BoardError, Unreachable } from "../board/errors.js";
import { SealingError } from "../sealing/errors.js";
import { CheckFailed } from "./failures.js";
import { NoAnswer, SeatRefused } from "./seat.js";

const SHOW = "Do not go on. Show this to the other trustees and to the scrutineer.";
const KEEP =
  "Keep this browser as it is: it holds what was seen before, signed by the board, and that is evidence.";

const BOARD = {
  "board.back": [
    "The board shows fewer entries than this browser has seen of it.",
    "An old copy may have been served: look again in a minute. If it stays so, show this to the other trustees.",
  ],
  "board.key": [
    "The board is signed with another key than when this browser first saw it.",
    `${SHOW} ${KEEP}`,
  ],
  "board.unreachable": ["The board did not answer.", "Nothing is lost. This page tries again by itself."],
};
const OTHER_BOARD = [
  "The board does not continue what this browser saw of it before, or is not signed as it must be.",
  `${SHOW} ${KEEP}`,
];

const NAMED = {
  "ceremony.commitment": "revealed something else than what they had committed to",
  "ceremony.degree": "revealed a polynomial of another length than the quorum asks",
  "ceremony.possession": "has not proved to know what stands behind what they revealed",
  "ceremony.repeated": "has used a point of another trustee’s",
  "ceremony.complaint": "complained of a share that was good",
  "ceremony.share": "sent you a false share of which you had not complained",
  "ceremony.twice": "has two messages on the board where one belongs",
  "ceremony.confirmation": "confirmed another key than the messages give",
};
const ANEW =
  "The ceremony cannot go on so. Tell the others; the returning officer begins it anew, with or without whoever is named here.";

const OWN_FILE =
  "Choose the share file of this contest’s newest ceremony, and your own. If you have none that fits, tell the other trustees and the returning officer.";

const ADVICE = {
  "ceremony.foreign":
    "If you sent it from another browser or machine, go on there. If not, somebody else writes in your name: tell the other trustees at once, by telephone. The ceremony must be begun anew, with a new seat for you.",
  "ceremony.seat": "Ask the returning officer which seat is yours, and tell them what stands here.",
  "ceremony.quorum": ANEW,
  "ceremony.identifier": ANEW,
  "ceremony.out": "Your messages did not hold for the others. The key is made without you.",
  "share.key": OWN_FILE,
  "share.trustee": OWN_FILE,
  "opening.share": OWN_FILE,
  "box.small":
    "Nobody may open it. The returning officer declares the contest void.",
  "ceremony.secret":
    "If you began in another browser, go on there. Otherwise tell the others: the returning officer must begin the ceremony anew.",
};

// Whether waiting may mend it: nothing was shown to be wrong.
export const isPassing = (error) => error instanceof NoAnswer || error instanceof Unreachable;

// { title, sentences, check }: what is wrong, what to do, and the condition's name, if it has one.
// nameOf gives a trustee's name by their number.
export function wordsOf(error, { nameOf = (number) => `Trustee ${number}` } = {}) {
  if (isPassing(error)) {
    return { title: "No answer", sentences: [error.message, BOARD["board.unreachable"][1]], check: "" };
  }
  if (error instanceof SeatRefused) {
    return { title: "The server did not take it", sentences: [error.message], check: error.code };
  }
  if (error instanceof BoardError) {
    const sentences = BOARD[error.condition] ?? OTHER_BOARD;
    return { title: "The board does not hold", sentences, check: error.condition };
  }
  if (error instanceof CheckFailed || error instanceof SealingError) return refusal(error, nameOf);
  // A fault of this page's own: its words would help nobody, and might hold what they must not.
  const sentences = ["Load the page anew. If it fails again, use python -m ballot.trustee instead."];
  return { title: "This page failed", sentences, check: "" };
}

function refusal(error, nameOf) {
  const check = error.check ?? error.condition;
  const { trustee } = error.evidence ?? {};
  const said = [];
  if (error instanceof CheckFailed) said.push(error.message);
  if (NAMED[check] && trustee !== undefined) said.push(`${nameOf(trustee)} ${NAMED[check]}.`);
  if (error.where) said.push(`Where: ${error.where}.`);
  said.push(ADVICE[check] ?? (NAMED[check] ? ANEW : SHOW));
  return { title: "A check failed", sentences: said, check };
}
