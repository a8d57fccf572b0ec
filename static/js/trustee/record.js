// A contest's board as a trustee's checks read it: every entry, whole, and the bytes that entries
// name (docs/spec/bundle.md §2.3, §4). That the entries are the board's was proved when they were
// read (board/reader.js).
import { CheckFailed } from "./failures.js";

export class Record {
  #readBlob;

  // entries: as board/reader.js gives them, stand-ins made whole where they do not wait for the
  // declaration. readBlob: from { sha256, size_bytes } to its bytes, which it has checked.
  constructor(entries, readBlob) {
    this.entries = entries;
    this.#readBlob = readBlob;
    Object.freeze(this);
  }

  all(...kinds) {
    return this.entries.filter(({ kind }) => kinds.includes(kind));
  }

  // The last entry of a kind; null if there is none.
  last(kind) {
    return this.all(kind).at(-1) ?? null;
  }

  // The last entry of a kind that must be there.
  required(kind) {
    const found = this.last(kind);
    if (found === null) {
      throw new CheckFailed("entry.missing", "the board", `No entry “${kind}” stands there.`);
    }
    return found;
  }

  // The one entry of a kind that may stand there once.
  only(kind) {
    const found = this.required(kind);
    if (this.all(kind).length > 1) {
      throw new CheckFailed("entry.twice", placeOf(found), `A second “${kind}” stands there.`);
    }
    return found;
  }

  async blob(named, where) {
    try {
      return await this.#readBlob(named);
    } catch (error) {
      if (error.condition !== "blob.hash") throw error; // No answer is no proof of anything.
      const message = "The server gave other bytes than the board names.";
      throw new CheckFailed(error.condition, where, message);
    }
  }
}

export const placeOf = ({ kind, number }) => `entry ${number} (${kind})`;
