// The entry that opens the poll, and what it names: bundle §5, check 4, and the setting that every
// proof binds (sealing §3.4).
import { hexOfBytes, isSame } from "../sealing/bytes.js";
import { canonical } from "../sealing/canonical.js";
import { ElectionKey } from "../sealing/keys.js";
import { Setting } from "../sealing/setting.js";
import { at, CheckFailed } from "./failures.js";
import { placeOf } from "./record.js";

const NAMED = ["notice", "candidates", "roll", "key", "credentials"];

// Check it, and that no ceremony was begun anew behind the key. Gives { setting, key, contests }: the codes
// of the contests in the order of the paper.
export function checkOpening(record) {
  const opening = record.only("opening");
  const where = placeOf(opening);
  record.only("notice");
  for (const kind of NAMED) {
    const last = record.required(kind);
    const isNamed = opening.content.entries[kind] === hexOfBytes(last.digest);
    if (!isNamed || last.number > opening.number) {
      throw new CheckFailed("opening.entries", where, `It names another “${kind}” than the last.`);
    }
  }
  checkAmendments(record, opening, where);
  checkContests(record, opening, where);
  requireNotSuperseded(record);
  const key = at(placeOf(record.last("key")), "The key is not what its trustees' points make.", () =>
    ElectionKey.parse(record.last("key").content),
  );
  const setting = new Setting(opening.digest, key.publicKey);
  return { setting, key, contests: opening.content.contests.map(({ code }) => code) };
}

function requireNotSuperseded(record) {
  const begun = record.last("ceremony");
  if (begun !== null && begun.number > record.last("key").number) {
    const message = "The ceremony was begun anew after this key, and has not ended yet.";
    throw new CheckFailed("key.superseded", placeOf(begun), message);
  }
}

function checkAmendments(record, opening, where) {
  const roll = record.last("roll").number;
  const since = record
    .all("amendment")
    .filter(({ number }) => number > roll && number < opening.number)
    .map(({ digest }) => hexOfBytes(digest));
  if (String(opening.content.amendments) !== String(since)) {
    const message = "It does not name the amendments since the roll was frozen.";
    throw new CheckFailed("opening.amendments", where, message);
  }
}

// Its contests are those of the last `candidates` that are voted on, with their codes (bundle §3.2).
function checkContests(record, opening, where) {
  const expected = record
    .last("candidates")
    .content.contests.map((contest, place) => ({ ...contest, code: `contest-${place + 1}` }))
    .filter(({ unopposed }) => !unopposed);
  if (!isSame(canonical(opening.content.contests), canonical(expected)) || expected.length === 0) {
    const message = "Its contests are not those of the last candidates that are voted on.";
    throw new CheckFailed("opening.contests", where, message);
  }
}
