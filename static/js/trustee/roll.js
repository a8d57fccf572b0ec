// The last roll and its amendments, by their figures: who may vote, and who was struck off (bundle §4.1).
import { CheckFailed } from "./failures.js";
import { placeOf } from "./record.js";

export class Roll {
  #frozen = new Map();

  // amendments: those of the last roll, in their order, numbered from 1 on.
  constructor(record) {
    const roll = record.required("roll");
    for (const { section, rule, people } of roll.content.totals) {
      requireCount(people, roll);
      const before = this.#frozen.get(section) ?? 0;
      if (rule === "eligible") this.#frozen.set(section, before + people);
    }
    this.amendments = record.all("amendment").filter(({ number }) => number > roll.number);
    for (const [row, entry] of this.amendments.entries()) {
      if (entry.content.number !== row + 1) {
        const message = `It is amendment ${row + 1} of its roll.`;
        throw new CheckFailed("amendment.number", placeOf(entry), message);
      }
    }
  }

  // How many people of a section all amendments together have struck, added, …
  people(change, section) {
    return this.amendments.reduce((sum, one) => sum + peopleOf(one, change, section), 0);
  }

  // Check that no section has more keys in force than ever were on its roll: ballots of nobody's would
  // fill a box, and leave one elector alone in it. credentials: as followed to the reconciliation.
  requireNoMoreKeys({ sections, dead }) {
    const inForce = new Map();
    for (const [key, section] of sections) {
      if (!dead.has(key)) inForce.set(section, (inForce.get(section) ?? 0) + 1);
    }
    for (const [section, keys] of inForce) {
      const people = (this.#frozen.get(section) ?? 0) + this.people("added", section);
      if (keys > people) {
        const message = `${keys} keys are in force, and ${people} people were ever on it.`;
        throw new CheckFailed("credentials.number", `section ${section}`, message);
      }
    }
  }
}

// How many people of a section an amendment has struck, added, …
export function peopleOf(amendment, change, section) {
  return amendment.content.changes
    .filter((one) => one.change === change && one.section === section)
    .reduce((sum, { people }) => sum + requireCount(people, amendment), 0);
}

function requireCount(people, entry) {
  if (Number.isInteger(people) && people >= 0) return people;
  throw new CheckFailed("entry.form", placeOf(entry), "People are counted in whole numbers from 0.");
}
