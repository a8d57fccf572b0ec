// The last checkpoint of each board that this browser saw: what a later one must continue (board
// §3.4, §9.2). It is kept whole, as the board signed it: with a second one that does not continue it,
// it is proof against the board.
//
// Whoever empties the browser's storage makes it forget; then the board is seen for the first time.

export const ORIGIN_PREFIX = "hustings/v1/board/";

// storage: the browser's localStorage, or anything with its getItem and setItem.
export class Remembered {
  constructor(storage) {
    this.storage = storage;
  }

  // What was seen last of a board, { key, note }: its verifier key as text, its signed checkpoint as
  // text; null for a board seen for the first time.
  of(origin) {
    const kept = this.storage.getItem(ORIGIN_PREFIX + origin);
    return kept === null ? null : JSON.parse(kept);
  }

  keep(origin, { key, note }) {
    this.storage.setItem(ORIGIN_PREFIX + origin, JSON.stringify({ key, note }));
  }
}
