// What the reading of a board refuses: ballot/board/errors.py. `condition` is a name of board §10, or
// one of a reader's own: `board.key` (the key is not the one under which this browser first saw the
// board), `board.back` (fewer entries than before), `board.unreachable`, and `blob.hash` (a blob is
// not the one that an entry names).

export class BoardError extends Error {
  constructor(condition, evidence = {}) {
    super(condition);
    this.name = new.target.name;
    this.condition = condition;
    this.evidence = evidence;
  }
}

// Bytes, texts or numbers that are not what the specification says.
export class Malformed extends BoardError {}

// An inclusion or a consistency that is not proved.
export class ProofRejected extends BoardError {}

// A note that no known key signed, or a known key's signature that is false.
export class NoteRejected extends BoardError {}

// What the server did not give, or gave too long to be it: no proof of anything, but no board.
export class Unreachable extends BoardError {}
