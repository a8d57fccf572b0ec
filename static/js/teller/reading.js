// What a teller typed of a contest, as the number that is sealed: of a ranking, or that after the last.

// What was typed makes no ranking: the paper is doubtful, or a key slipped. `sentence` says which.
export class NoRanking extends Error {
  constructor(sentence) {
    super(sentence);
    this.sentence = sentence;
  }
}

// The number to be sealed. typed: from a candidate's place to what stands beside the name; space: a
// RankingSpace; isRejected: whether the returning officer has ruled so.
export function choiceOf(typed, { title, space, isRejected }) {
  const marked = typed.map((text, candidate) => ({ text: text.trim(), candidate }));
  const filled = marked.filter(({ text }) => text !== "");
  if (isRejected) {
    if (filled.length > 0) throw new NoRanking(`${title}: it is rejected, so leave its lines empty.`);
    return space.size;
  }
  if (filled.some(({ text }) => !/^[1-9][0-9]?$/.test(text))) {
    throw new NoRanking(`${title}: type numbers alone, from 1. If the paper has something else, it is doubtful.`);
  }
  const ranked = filled.toSorted((one, two) => Number(one.text) - Number(two.text));
  if (ranked.some(({ text }, place) => Number(text) !== place + 1)) {
    throw new NoRanking(`${title}: the numbers are not 1, 2, 3, … each once. If they stand so on the paper, it is doubtful.`);
  }
  if (ranked.length > space.preferences) {
    throw new NoRanking(`${title}: only ${space.preferences} may be numbered. If more are, the paper is doubtful.`);
  }
  return space.index(ranked.map(({ candidate }) => candidate));
}
