// The page on which a second device checks a first: it makes a challenged paper again from its
// opening, and shows its words and what was marked (docs/spec/sealing.md §6.7).
//
// The opening comes after "#" in the address, or is typed; it is sent nowhere and kept nowhere. What
// else is needed is read from the board, whose origin may be another than this page's.
import { BoardError, Unreachable } from "./board/errors.js";
import { takeFragment } from "./booth/fragment.js";
import { announce, at, hideProblem, show, showProblem } from "./booth/page.js";
import { showChoices, showWords } from "./booth/shown.js";
import { readElection } from "./device-check/election.js";

const root = at("device-check");
const board = new URL(root.dataset.boardUrl, location.href);
const sealing = await import(root.dataset.sealingUrl);

const NO_PAPER =
  "It is no opened paper of this election. If you typed or pasted it, do so once more, to the last character. If it came straight from the first device, do not vote on that device: keep what both show, and tell the scrutineer and the returning officer.";
const NO_BOARD = "The board could not be read. Look at the connection of this device and try again.";
const BAD_BOARD =
  "The board is not what it should be, or has no election of which this paper could be. If you typed or pasted the paper, do so once more, to the last character. If the page still says this, keep what both devices show, and tell the scrutineer.";

async function check(written) {
  hideProblem();
  show(at("result"), false);
  show(at("ask"), false);
  show(at("reading"));
  announce(at("reading").textContent);
  try {
    showResult(await remade(written.trim().replace(/^.*#/s, "")));
  } catch (error) {
    refuse(error);
  } finally {
    show(at("reading"), false);
  }
}

async function remade(text) {
  const address = board.href.replace(/\/$/, "");
  const fingerprint = sealing.fingerprintOf(text);
  const election = await readElection(address, fingerprint);
  const setting = new sealing.Setting(fingerprint, sealing.bytesOfHex(election.publicKey));
  const spaces = election.contests.map(
    ({ candidates, preferences }) => new sealing.RankingSpace(candidates.length, preferences),
  );
  const opening = sealing.readOpening(text, { setting, spaces });
  const codes = election.contests.map(({ code }) => code);
  const { tracker } = sealing.makePaper(opening, { setting, contests: codes });
  const choices = election.contests.map(({ title, candidates }, place) => ({
    title,
    names: spaces[place].ranking(opening.votes[place].ranking).map((who) => candidates[who]),
  }));
  return { election, fingerprint, opening, tracker, choices };
}

function showResult({ election, fingerprint, opening, tracker, choices }) {
  showWords(at("result-words"), sealing.trackerWords(tracker));
  showChoices(at("result-contests"), choices);
  at("result-section").textContent = opening.section;
  at("result-tracker").textContent = sealing.hexOfBytes(tracker);
  at("from-page").textContent = location.host;
  at("from-board").textContent = board.host;
  at("from-size").textContent = `${election.checkpoint.size} entries, by the name of`;
  at("from-root").textContent = sealing.hexOfBytes(election.checkpoint.root);
  at("from-key").textContent = election.boardKey;
  at("from-opening").textContent = `opened by entry ${election.number}, by the name of`;
  at("from-fingerprint").textContent = sealing.hexOfBytes(fingerprint);
  show(at("from-same"), board.origin === location.origin);
  at("result-title").textContent = "What the first device sealed";
  show(at("result"));
  at("result-title").focus();
}

function refuse(error) {
  show(at("ask"));
  at("result-title").textContent = "Check a device";
  let sentence = BAD_BOARD;
  if (error instanceof sealing.SealingError) sentence = NO_PAPER;
  else if (error instanceof Unreachable) sentence = NO_BOARD;
  const condition = error.condition ? ` (${error.condition})` : "";
  showProblem("The paper could not be checked", `${sentence}${condition}`);
  if (!(error instanceof sealing.SealingError || error instanceof BoardError)) throw error;
}

at("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  check(at("text").value);
});
addEventListener("hashchange", begin); // Another picture, read in the same tab.

function begin() {
  const written = takeFragment();
  if (written) check(written);
  else if (at("result").hidden) show(at("ask"));
}

begin();
