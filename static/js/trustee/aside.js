// Ballots set aside, and those that stand after all, each by a ground of its own: bundle §4.1, §5, check 9
// (docs/spec/trustees.md §5.4). Without that whoever writes the board could leave out of a box whom they
// like, until those who are left are too few to hide among.
import { trackerHash } from "../sealing/ballot.js";
import { hexOfBytes } from "../sealing/bytes.js";
import { CheckFailed } from "./failures.js";
import { placeOf } from "./record.js";
import { peopleOf, Roll } from "./roll.js";

// What an amendment has done to people that lets a ballot be set aside, or stand after all.
const GROUNDS = { "set-aside": "struck", "ballots-stand": "restored" };
// By which member of `after_cast` an amendment's reason is judged; every other by `excluded`.
const RULES = new Map([
  ["died", "dead"],
  ["duplicate", "duplicate"],
  ["resigned", "resigned"],
]);

// The numbers of the entries whose ballots are set aside, each named by its tracker. found: by section,
// as checkCast gives it.
export function checkSetAside(record, found, { setting }) {
  const ballots = ballotsOf(record, found, setting);
  const grounds = new Grounds(record);
  const aside = new Set();
  for (const entry of record.all(...Object.keys(GROUNDS))) {
    for (const told of entry.content.ballots) {
      const ballot = ballots.get(told.entry);
      if (ballot === undefined) {
        refuse(entry, "set-aside.entry", `Entry ${told.entry} is no ballot.`);
      }
      if (ballot.tracker !== told.tracker) {
        refuse(entry, "set-aside.tracker", "The tracker is another ballot's.");
      }
      const isAside = aside.has(told.entry);
      if (isAside === (entry.kind === "set-aside")) {
        const message = isAside ? "It sets a ballot aside twice." : "It was not set aside.";
        refuse(entry, "set-aside.twice", message);
      }
      grounds.use(entry, told, ballot.section);
      if (isAside) aside.delete(told.entry);
      else aside.add(told.entry);
    }
  }
  grounds.requireStillStruck([...aside].map((number) => ballots.get(number).section));
  return aside;
}

// Of each ballot, by its entry's number: { section, tracker }.
function ballotsOf(record, found, setting) {
  const cast = new Set(record.all("ballot").map(({ number }) => number));
  const ballots = new Map();
  for (const [section, { numbers, checked }] of found) {
    checked.ballots.forEach(({ credential, votes }, row) => {
      if (!cast.has(numbers[row])) return; // A postal paper, which is never set aside.
      const tracker = hexOfBytes(trackerHash(credential, votes, { setting }));
      ballots.set(numbers[row], { section, tracker });
    });
  }
  return ballots;
}

// What the amendments of the last roll have done, and what ballots have used of it already.
class Grounds {
  #rules;
  #roll;
  #used = new Map();

  constructor(record) {
    this.#rules = record.required("notice").content.after_cast;
    this.#roll = new Roll(record);
  }

  // Check that a ballot's amendment gives a ground, and one that no other ballot has used.
  use(entry, told, section) {
    const amendment = this.#roll.amendments[told.amendment - 1];
    if (amendment === undefined || amendment.number > entry.number) {
      refuse(entry, "set-aside.amendment", "There is no such amendment before it.");
    }
    if (entry.kind === "set-aside") this.#requireRule(entry, amendment.content, told);
    const ground = GROUNDS[entry.kind];
    const name = JSON.stringify([ground, amendment.number, section]);
    const used = (this.#used.get(name) ?? 0) + 1;
    this.#used.set(name, used);
    if (used > peopleOf(amendment, ground, section)) {
      const message = `${placeOf(amendment)} has ${ground} fewer people of ${section} than ballots name it.`;
      refuse(entry, "set-aside.amendment", message);
    }
  }

  #requireRule(entry, { reason }, told) {
    if (told.reason !== reason) {
      refuse(entry, "set-aside.amendment", "Its amendment has another reason.");
    }
    if (this.#rules?.[RULES.get(reason) ?? "excluded"] !== "set-aside") {
      const message = `By the notice a ballot stands whose elector is struck off as “${reason}”.`;
      refuse(entry, "set-aside.rule", message);
    }
  }

  // Check that no more are set aside than people were struck off and are not on the roll again (bundle
  // §5, check 10). sections: of each ballot that is set aside.
  requireStillStruck(sections) {
    for (const section of new Set(sections)) {
      const ballots = sections.filter((one) => one === section).length;
      const [struck, restored] = Object.values(GROUNDS).map((ground) =>
        this.#roll.people(ground, section),
      );
      if (ballots > struck - restored) {
        const message = `${ballots} ballots of ${section} are set aside, of ${struck} people who were struck off, and ${restored} of them are on the roll again.`;
        throw new CheckFailed("reconciliation.struck", "the ballots set aside", message);
      }
    }
  }
}

function refuse(entry, check, message) {
  throw new CheckFailed(check, placeOf(entry), message);
}
