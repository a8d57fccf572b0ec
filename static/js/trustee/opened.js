// Which list of each box this browser opened: one, ever (docs/spec/sealing.md §10.6). Written before
// anything of it leaves. Whoever empties the browser's storage makes it forget; then the trustee's own
// commitments on the board still tell it (checks.js).
import { CheckFailed } from "./failures.js";

const PREFIX = "hustings/v1/opened/";

export class Opened {
  #storage;
  #name;

  // storage: the browser's localStorage; origin: the board's.
  constructor(storage, origin) {
    this.#storage = storage;
    this.#name = PREFIX + origin;
    Object.freeze(this);
  }

  // From "<contest> <number>" of a box to the hash, in hexadecimal, of the list that was opened.
  all() {
    return JSON.parse(this.#storage.getItem(this.#name) ?? "{}");
  }

  // Remember lists, each { contest, number, hash }; another list of a box is refused. What cannot be
  // remembered throws: then nothing may leave.
  keep(lists) {
    const known = this.all();
    for (const { contest, number, hash } of lists) {
      const box = `${contest} ${number}`;
      if (known[box] !== undefined && known[box] !== hash) {
        const message = "You opened another list of this box before.";
        throw new CheckFailed("opening.second-list", `${contest}, box ${number}`, message);
      }
      known[box] = hash;
    }
    this.#storage.setItem(this.#name, JSON.stringify(known));
  }
}
