// The ballots on the board: each under a key that might cast it, once, and sealed as it ought to be:
// bundle §5, check 8 (docs/spec/trustees.md §5.4).
import { checkBallots, marksOf } from "../sealing/batch.js";
import { bytesOfHex, joined } from "../sealing/bytes.js";
import { Stages } from "../sealing/stages.js";
import { CheckFailed } from "./failures.js";
import { placeOf } from "./record.js";

const WORDS = {
  "ballot.point": "One of its points is none.",
  "ballot.scalar": "One of its numbers is too large.",
  "ballot.credential": "Its credential is no key.",
  "ballot.repeated": "It has a part of another ballot.",
  "ballot.proof": "Nobody has shown to know what seals one of its votes.",
  "ballot.signature": "Its credential has not signed it.",
};

// Check every ballot; give, by section's code, { numbers, checked }: the entries' numbers in the
// order of the board, and the ballots as read (sealing/batch.js), in the same order.
//
// postal: the entries of the postal papers, as post.js gives them, which follow a section's ballots.
export function checkCast(record, credentials, { setting, contests, progress, postal = [] }) {
  const sections = bySection(record, credentials);
  for (const entry of postal) {
    const { section } = entry.content;
    sections.set(section, [...(sections.get(section) ?? []), entry]);
  }
  const total = [...sections.values()].flat().length;
  const shares = [...sections.values()].map((entries) => entries.length / total);
  const stages = new Stages(progress, ...shares, 0);
  const found = new Map();
  for (const [section, entries] of [...sections].sort()) {
    const place = { setting, contests, section, progress: stages.following() };
    const checked = checkSection(entries, place);
    found.set(section, { numbers: entries.map(({ number }) => number), checked });
  }
  refuseRepeats(record, found);
  stages.finish();
  return found;
}

// The ballots of each section; each between the opening and the close, under a key that was issued
// and not revoked, and one a key.
function bySection(record, credentials) {
  const opening = record.only("opening").number;
  const close = record.only("close").number;
  const sections = new Map();
  const seen = new Set();
  for (const entry of record.all("ballot")) {
    const { credential } = entry.content;
    const section = credentials.sections.get(credential);
    const refuse = (check, message) => {
      throw new CheckFailed(check, placeOf(entry), message);
    };
    if (!(entry.number > opening && entry.number < close)) {
      refuse("ballot.time", "It does not stand between the opening and the close.");
    }
    if (section === undefined) refuse("ballot.unknown", "Nobody was issued its credential.");
    // Be it before the ballot or after: whoever cast, and is given another key, could vote twice.
    if (credentials.dead.has(credential)) {
      refuse("ballot.revoked", "Its credential was revoked, before or after.");
    }
    if (seen.has(credential)) refuse("ballot.twice", "Its credential has a ballot already.");
    seen.add(credential);
    sections.set(section, [...(sections.get(section) ?? []), entry]);
  }
  return sections;
}

function checkSection(entries, place) {
  try {
    return checkBallots(entries.map(wireOf), place);
  } catch (error) {
    const [row, condition] = error.culprits?.[0] ?? [error.evidence?.row, error.condition];
    if (condition === undefined) throw error;
    const more = (error.culprits?.length ?? 1) - 1;
    const message = `${WORDS[condition] ?? "It has not the shape of a ballot."}${
      more > 0 ? ` ${more} more of this section do not hold.` : ""
    }`;
    throw new CheckFailed(condition, placeOf(entries[row]), message);
  }
}

// A ballot as sealed bytes (sealing §6.2).
export const wireOf = ({ content }) =>
  joined([content.credential, ...content.votes, content.signature].map(bytesOfHex));

// No c1, and no c2, of the election stands twice, nor is it one of a challenged paper (sealing §6.4,
// §6.7). Within a section this was checked; here it is across them.
function refuseRepeats(record, found) {
  const seen = new Set();
  for (const { content } of record.all("challenge")) {
    for (const { c1, c2 } of content.votes) seen.add(`c1 ${c1}`).add(`c2 ${c2}`);
  }
  for (const { numbers, checked } of found.values()) {
    for (const [row, ballot] of checked.ballots.entries()) {
      for (const mark of marksOf(ballot)) {
        if (seen.has(mark)) {
          const where = `entry ${numbers[row]} (ballot)`;
          throw new CheckFailed("ballot.repeated", where, WORDS["ballot.repeated"]);
        }
        seen.add(mark);
      }
    }
  }
}
