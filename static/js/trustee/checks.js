// What a trustee's own software checks before it mixes, opens and reveals: docs/spec/trustees.md §5,
// 3 to 5. All of it is read from the board and computed here; nothing the server says is believed.
//
// Whatever does not hold throws CheckFailed, which says what and where. `say` is told, in words, what
// was checked and found.
import { boxHash, BoxName } from "../sealing/box.js";
import { bytesOfHex, hexOfBytes, isSame } from "../sealing/bytes.js";
import { checkCommitmentMaker, signCommitment } from "../sealing/maker.js";
import { openPart, partCommitment, repeatable } from "../sealing/opening.js";
import { Stages } from "../sealing/stages.js";
import { checkSetAside } from "./aside.js";
import { checkCast } from "./cast.js";
import { checkBoxes, fixedBox } from "./closed.js";
import { followCredentials } from "./credentials.js";
import { at, CheckFailed } from "./failures.js";
import { checkMixes, requireMixers } from "./mixes.js";
import { checkOpening } from "./poll.js";
import { checkPost } from "./post.js";
import { placeOf } from "./record.js";
import { Roll } from "./roll.js";

const silent = () => {};
const SIGNATURE = /^[0-9a-f]{130}$/;

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
  const postal = await checkPost(record, credentials, { setting });
  const given = { setting, contests, progress: stages.following(), postal };
  const found = checkCast(record, credentials, given);
  say(`${countOf(ballots, "ballot")} checked: proofs, signatures, one a credential.`);
  if (postal.length > 0) say(`${countOf(postal.length, "postal paper")}, each of two tellers.`);
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
// (sealing §10.2). Gives { contest, number, name, hash, part, commitment, signature } of each; name: the
// sections and unit of the box's name.
//
// A commitment of this trustee's that stands on the board and is not to this part is refused: then
// they opened another list, or somebody else has their share.
export function makeParts(record, { setting, key, boxes }, { share, progress }) {
  const stages = new Stages(progress, ...boxes.map(({ last }) => last.length), 0);
  const parts = boxes.map(({ contest, number, last, hash }) => {
    const opened = { setting, key, share, rng: repeatable, progress: stages.following() };
    const part = openPart(last, opened).toBytes();
    const commitment = partCommitment(part, { setting, number: share.number });
    const signature = signCommitment(commitment, { name: last.name, setting, key, share });
    const { sections, unit } = last.name;
    const made = { contest, number, name: { sections, unit }, hash, part, commitment, signature };
    commitmentsBeside(record, made, { setting, key, trustee: share.number });
    return made;
  });
  stages.finish();
  return parts;
}

// The commitments to parts of a box as they stand on the board, by trustee: each once, and nobody's
// but trustees' of the key, signed with their shares (sealing §10.3). One that a server wrote in
// another's name is none: else it had a quorum by itself, and one part before anybody else is bound.
function commitmentsOf(record, { contest, number, name }, { setting, key }) {
  const signed = { name: new BoxName(contest, name.sections, name.unit), setting, key };
  const found = new Map();
  for (const entry of record.all("opening-commitment")) {
    const { contest: its, box, trustee } = entry.content;
    if (its !== contest || box !== number) continue;
    if (key.trustees.every((one) => one.number !== trustee)) {
      throw new CheckFailed("opening.trustee", placeOf(entry), `The key has no trustee ${trustee}.`);
    }
    if (found.has(trustee)) {
      const message = `Trustee ${trustee} has committed to this box already.`;
      throw new CheckFailed("opening.twice", placeOf(entry), message);
    }
    found.set(trustee, signedCommitment(entry, { ...signed, number: trustee }));
  }
  return found;
}

function signedCommitment(entry, signed) {
  const says = `Trustee ${signed.number} did not sign it: somebody else commits in their name.`;
  const { signature } = entry.content;
  if (!SIGNATURE.test(signature)) throw new CheckFailed("opening.maker", placeOf(entry), says);
  return at(placeOf(entry), says, () => {
    const commitment = bytesOfHex(entry.content.commitment);
    checkCommitmentMaker(commitment, bytesOfHex(signature), signed);
    return commitment;
  });
}

// The commitments to the parts of a box, where this trustee's own is to the part made here.
function commitmentsBeside(record, part, { setting, key, trustee }) {
  const found = commitmentsOf(record, part, { setting, key });
  if (found.has(trustee) && !isSame(found.get(trustee), part.commitment)) {
    const message = "A commitment stands there, signed with your share, to another part than this.";
    const where = `${part.contest}, box ${part.number}`;
    throw new CheckFailed("opening.own-commitment", where, message);
  }
  return found;
}

// Before a part is revealed: that this trustee's own commitments, and those of a quorum, stand on the
// board for every box (sealing §10.3). Gives whether they do; a false one throws.
export function mayReveal(record, parts, { trustee }) {
  requireNotVoid(record);
  const { setting, key } = checkOpening(record);
  return parts.every((part) => {
    const committed = commitmentsBeside(record, part, { setting, key, trustee });
    return committed.has(trustee) && committed.size >= key.quorum;
  });
}

export const countOf = (count, one, many = `${one}s`) =>
  `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;
