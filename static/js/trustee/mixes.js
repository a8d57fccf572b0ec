// The mixes of a box, each of the box before it, and who made them: bundle §5, check 12, sealing §8.
import { bytesOfHex } from "../sealing/bytes.js";
import { checkMixMaker } from "../sealing/maker.js";
import { checkMix } from "../sealing/mixCheck.js";
import { readMix } from "../sealing/shuffle.js";
import { Stages } from "../sealing/stages.js";
import { at, CheckFailed } from "./failures.js";
import { placeOf } from "./record.js";

export const SERVER = "server";

// The entries of a box's mixes, in the order of the board.
export const mixesOf = (record, { contest, number }) =>
  record.all("mix").filter(({ content }) => content.contest === contest && content.box === number);

// Check every mix of a box, and give { last, mixers }: the box as the last of them left it, and who
// mixed, each { mixer, trustee }. box: as it was fixed at the close.
export async function checkMixes(record, { contest, number, box, setting, key, progress }) {
  const entries = mixesOf(record, { contest, number });
  const stages = new Stages(progress, ...entries.map(() => 1), 0);
  const mixers = [];
  let last = box;
  for (const [row, entry] of entries.entries()) {
    const { mixer, trustee } = entry.content;
    const where = `${placeOf(entry)}, ${contest}, box ${number}, mix ${row + 1}`;
    requirePlace(entry.content, row, mixers, where);
    const bytes = await record.blob(entry.content.content, where);
    checkMaker(entry.content, bytes, { name: box.name, setting, key, where });
    last = checkOne(last, bytes, { setting, mixer, where, progress: stages.following() });
    mixers.push({ mixer, trustee });
  }
  stages.finish();
  return { last, mixers };
}

// Numbered from 1, the server first or not at all, and nobody twice.
function requirePlace({ number, mixer, trustee }, row, mixers, where) {
  if (number !== row + 1) {
    throw new CheckFailed("mix.number", where, `It is numbered ${number}.`);
  }
  if (mixers.some((one) => one.mixer === mixer)) {
    throw new CheckFailed("mix.twice", where, `${mixer} has mixed this box before.`);
  }
  if (trustee === null && row > 0) {
    throw new CheckFailed("mix.mixer", where, "The server's own mix is the first, or none.");
  }
}

// Who is said to have mixed (sealing §8.6).
function checkMaker({ mixer, trustee, signature }, bytes, { name, setting, key, where }) {
  if (trustee === null) {
    if (mixer !== SERVER || signature !== null) {
      throw new CheckFailed("mix.mixer", where, `No trustee has signed it, and it is ${mixer}'s.`);
    }
    return;
  }
  if (key.trustees.every(({ name: one, number }) => one !== mixer || number !== trustee)) {
    throw new CheckFailed("mix.mixer", where, `The key has no trustee ${trustee}, ${mixer}.`);
  }
  at(where, `It is not signed with ${mixer}'s share: somebody else made it.`, () =>
    checkMixMaker(bytes, bytesOfHex(signature), { name, setting, key, number: trustee }),
  );
}

function checkOne(before, bytes, { setting, mixer, where, progress }) {
  try {
    return checkMix(before, readMix(bytes, { before }), { setting, mixer, progress });
  } catch (error) {
    if (error.condition === undefined) throw error;
    const message =
      error.condition === "shuffle.input"
        ? "It took another box than the one before it."
        : "It is not proved to hold the same votes as the box before it.";
    throw new CheckFailed(error.condition, where, message);
  }
}

// Check that there are as many mixes as the notice promised, and that one at least is a trustee's
// (sealing §8.6, §10.6). mixers: as checkMixes gives them.
export function requireMixers(mixers, wanted, { contest, number }) {
  const where = `${contest}, box ${number}`;
  if (mixers.length < wanted) {
    const message = `It was mixed ${mixers.length} times, and the notice promises ${wanted}.`;
    throw new CheckFailed("mix.wanted", where, message);
  }
  if (mixers.every(({ trustee }) => trustee === null)) {
    const message = "Nobody but the server has mixed it: the server could link a vote to its ballot.";
    throw new CheckFailed("mix.nobody", where, message);
  }
}
