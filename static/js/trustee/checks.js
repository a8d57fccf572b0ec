// What a trustee's own software checks before it mixes, opens and reveals: docs/spec/trustees.md §5,
// 3 to 5. All of it is read from the board and computed here; nothing the server says is believed.
//
// Whatever does not hold throws CheckFailed, which says what and where. `say` is told, in words, what
// was checked and found.
import { boxHash } from "../sealing/box.js";
import { bytesOfHex, hexOfBytes, isSame } from "../sealing/bytes.js";
import { signCommitment } from "../sealing/maker.js";
import { openPart, partCommitment, repeatable } from "../sealing/opening.js";
import { Stages } from "../sealing/stages.js";
import { checkSetAside } from "./aside.js";
import { checkCast } from "./cast.js";
import { checkBoxes, fixedBox } from "./closed.js";
import { followCredentials } from "./credentials.js";
import { CheckFailed } from "./failures.js";
import { checkMixes, requireMixers } from "./mixes.js";
import { checkOpening } from "./poll.js";
import { placeOf } from "./record.js";
import { Roll } from "./roll.js";

const silent = () => {};

// Before mixing a box: every mix of it, from the box as the reconciliation fixed it, by hash. Gives
// { setting, key, box }: the box to be mixed.
export async function checkBeforeMixing(record, { contest, number, progress, say = silent }) {
  requireNotVoid(record);
  const { setting, key } = checkOpening(record);
  const fixed = await fixedBox(record, { contest, number, setting });
  say(`The box is the one fixed at the close: ${countOf(fixed.length, "ballot")}.`);
  const place = { contest, number, box: fixed, setting, key, progress };
  const { last, mixers } = await checkMixes(record, place);
  if (mixers.length > 0) say(`${countOf(mixers.length, "mix", "mixes")} before yours checked.`);
  return { setting, key, box: last };
}

// Before opening: everything from the opening entry to the last mix of every box. Gives { setting, key,
// boxes }, of each box { contest, number, last, hash }: what is to be opened, and its hash.
//
// remembered: from "<contest> <number>" to the hash, in hexadecimal, of the list that this browser
// opened of that box before.
export async function checkBeforeOpening(record, { remembered, progress, say = silent }) {
  requireNotVoid(record);
  const { setting, key, contests } = checkOpening(record);
  say("The entry that opened the poll names what stands on the board.");
  const credentials = await followCredentials(record);
  new Roll(record).requireNoMoreKeys(credentials);
  say(`${countOf(credentials.sections.size, "credential")} followed, to the close.`);
  const ballots = record.all("ballot").length;
  const mixes = record.all("mix").length;
  const stages = new Stages(progress, ballots * contests.length, ...mixShares(record), 0);
  const found = checkCast(record, credentials, { setting, contests, progress: stages.following() });
  say(`${countOf(ballots, "ballot")} checked: proofs, signatures, one a credential.`);
  const aside = checkSetAside(record, found, { setting });
  const fixed = checkBoxes(record, found, aside, { setting, contests });
  const left = `Set aside by the notice’s rule: ${countOf(aside.size, "ballot")}.`;
  say(`${countOf(fixed.length, "box", "boxes")} made again from them, as fixed at the close. ${left}`);
  const boxes = [];
  for (const one of fixed) {
    const place = { ...one, setting, key, progress: stages.following() };
    const { last, mixers } = await checkMixes(record, place);
    requireMixers(mixers, record.required("notice").content.mixes_wanted, one);
    const hash = hexOfBytes(boxHash(last, { setting }));
    requireOneList(remembered, one, hash);
    boxes.push({ contest: one.contest, number: one.number, last, hash });
  }
  say(`${countOf(mixes, "mix", "mixes")} checked, and who made them.`);
  stages.finish();
  return { setting, key, boxes };
}

// Nothing is opened of an election that was declared void (bundle §4).
function requireNotVoid(record) {
  const entry = record.last("void");
  if (entry !== null) {
    throw new CheckFailed("poll.void", placeOf(entry), "The election was declared void.");
  }
}

// How much there is to check of each box's mixes.
const mixShares = (record) =>
  record
    .only("reconciliation")
    .content.boxes.filter(({ ballots }) => ballots > 0)
    .map(({ contest, number, ballots }) => {
      const isOfIt = ({ content }) => content.contest === contest && content.box === number;
      return 1.3 * ballots * record.all("mix").filter(isOfIt).length;
    });

// One list of a box, ever (sealing §10.6).
function requireOneList(remembered, { contest, number }, hash) {
  const before = remembered[`${contest} ${number}`];
  if (before !== undefined && before !== hash) {
    const message = "You opened another list of this box before. Two lists would show single votes.";
    throw new CheckFailed("opening.second-list", `${contest}, box ${number}`, message);
  }
}

// Make this trustee's part of each box that was checked, the same bytes whenever it is made again
// (sealing §10.2). Gives { contest, number, hash, part, commitment, signature } of each.
//
// A commitment of this trustee's that stands on the board and is not to this part is refused: then
// they opened another list, or somebody else has their share.
export function makeParts(record, { setting, key, boxes }, { share, progress }) {
  const stages = new Stages(progress, ...boxes.map(({ last }) => last.length), 0);
  const parts = boxes.map(({ contest, number, last, hash }) => {
    const opened = { setting, key, share, rng: repeatable, progress: stages.following() };
    const part = openPart(last, opened).toBytes();
    const commitment = partCommitment(part, { setting, number: share.number });
    requireOwnCommitment(record, { contest, number }, share.number, commitment);
    const signature = signCommitment(commitment, { name: last.name, setting, key, share });
    return { contest, number, hash, part, commitment, signature };
  });
  stages.finish();
  return parts;
}

// The commitments to parts of a box, as they stand on the board.
const commitmentsOf = (record, { contest, number }) =>
  record
    .all("opening-commitment")
    .filter(({ content }) => content.contest === contest && content.box === number);

// Who has committed to a box, each once, and nobody but trustees of the key.
function committersOf(record, place, trustees) {
  const found = new Set();
  for (const entry of commitmentsOf(record, place)) {
    const { trustee } = entry.content;
    if (!trustees.includes(trustee)) {
      throw new CheckFailed("opening.trustee", placeOf(entry), `The key has no trustee ${trustee}.`);
    }
    if (found.has(trustee)) {
      const message = `Trustee ${trustee} has committed to this box already.`;
      throw new CheckFailed("opening.twice", placeOf(entry), message);
    }
    found.add(trustee);
  }
  return found;
}

function requireOwnCommitment(record, place, trustee, commitment) {
  for (const entry of commitmentsOf(record, place)) {
    const isOwn = entry.content.trustee === trustee;
    if (isOwn && !isSame(bytesOfHex(entry.content.commitment), commitment)) {
      const message =
        "A commitment stands there in your name that this share does not make of this box.";
      throw new CheckFailed("opening.own-commitment", placeOf(entry), message);
    }
  }
}

// Before a part is revealed: that this trustee's own commitments, and those of a quorum, stand on the
// board for every box (sealing §10.3). Gives whether they do; a false one in this trustee's name throws.
// trustees: the numbers of those who hold a share of the key; nobody else's commitment counts.
export function mayReveal(record, parts, { quorum, trustee, trustees }) {
  requireNotVoid(record);
  return parts.every((part) => {
    requireOwnCommitment(record, part, trustee, part.commitment);
    const committed = committersOf(record, part, trustees);
    return committed.has(trustee) && committed.size >= quorum;
  });
}

export const countOf = (count, one, many = `${one}s`) =>
  `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;
