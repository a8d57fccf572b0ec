// What the browser's half of the sealing refuses: ballot/sealing/errors.py. Messages hold no vote,
// no key and no code.

export class SealingError extends Error {
  constructor(condition, evidence = {}) {
    super(condition);
    this.name = new.target.name;
    this.condition = condition;
    this.evidence = evidence;
  }
}

// Bytes that are not what the specification says they must be.
export class Malformed extends SealingError {}

// A voting code that cannot be one.
export class CodeRejected extends SealingError {}

// A ranking, or a space of rankings, outside the rules.
export class RankingRejected extends SealingError {}

// A sealed ballot that does not hold.
export class BallotRejected extends SealingError {}

// Sealed ballots that do not hold, each named by its row and its condition.
export class BallotsRejected extends SealingError {
  constructor(culprits) {
    super("ballots", { culprits });
    this.culprits = culprits;
  }
}

// A mix that is not proved.
export class ShuffleRejected extends SealingError {}

// A step of the key ceremony that does not hold: evidence.trustee says whose.
export class CeremonyRejected extends SealingError {}

// A proof, or an opening, by a trustee, that does not hold.
export class OpeningRejected extends SealingError {}

// A share file that does not open.
export class ShareFileRejected extends SealingError {}
