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
