// What a trustee's own software refuses (docs/spec/trustees.md §5): `check` is the condition's name,
// `where` the place on the board, and the message says in words what is wrong; `evidence` may name a trustee.
export class CheckFailed extends Error {
  constructor(check, where, message, evidence = {}) {
    super(message);
    this.name = "CheckFailed";
    this.check = check;
    this.where = where;
    this.evidence = evidence;
  }
}

// Run what may refuse with a condition of the specification, and say where it was. `says` gives the
// words; the condition is kept.
export function at(where, says, act) {
  try {
    return act();
  } catch (error) {
    if (error.condition === undefined) throw error; // A fault of ours, and no refusal.
    throw new CheckFailed(error.condition, where, says, error.evidence);
  }
}
