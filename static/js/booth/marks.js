// What is marked on one contest of a paper, and what may be done to it. No page, no sealing.
//
// Marks are an array with one place a candidate, in the order of the paper: the choice marked
// (1 for first) or null. Nothing here changes an array it was given.
// Gaps (a third choice without a second) and repeats (two second choices) may stand while an
// elector is marking; they are named by `problemsOf` and mended only by `putInOrder`, on request.

export const blankMarks = (candidates) => Array(candidates).fill(null);

export const marked = (marks) => marks.filter((choice) => choice !== null).length;

const highest = (marks) => Math.max(0, ...marks.filter((choice) => choice !== null));

// The choice that "Add as next choice" would give: the first that nobody has, or null where the
// rules allow no more.
export function nextChoice(marks, limit) {
  let next = 1;
  while (marks.includes(next)) next += 1;
  return next <= limit ? next : null;
}

export function withMark(marks, candidate, choice) {
  return marks.map((old, index) => (index === candidate ? choice : old));
}

export function withNext(marks, candidate, limit) {
  const next = nextChoice(marks, limit);
  return next === null ? marks.slice() : withMark(marks, candidate, next);
}

// Take a candidate off the paper; those marked after it move up by one.
export function without(marks, candidate) {
  const gone = marks[candidate];
  if (gone === null) return marks.slice();
  const isShared = marks.some((choice, index) => index !== candidate && choice === gone);
  return marks.map((choice, index) => {
    if (index === candidate) return null;
    return choice !== null && choice > gone && !isShared ? choice - 1 : choice;
  });
}

export const mayMoveUp = (marks, candidate) => marks[candidate] !== null && marks[candidate] > 1;

export const mayMoveDown = (marks, candidate) =>
  marks[candidate] !== null && marks[candidate] < highest(marks);

// Exchange with whoever holds the place above (step -1) or below (step +1).
export function moved(marks, candidate, step) {
  const here = marks[candidate];
  const allowed = step < 0 ? mayMoveUp(marks, candidate) : mayMoveDown(marks, candidate);
  if (!allowed) return marks.slice();
  const there = here + step;
  return marks.map((choice, index) => {
    if (index === candidate) return there;
    return choice === there ? here : choice;
  });
}

// { gaps: [choices missing below the last], repeats: [{ choice, candidates }] }
export function problemsOf(marks) {
  const gaps = [];
  const repeats = [];
  for (let choice = 1; choice <= highest(marks); choice += 1) {
    const candidates = [];
    marks.forEach((mark, index) => mark === choice && candidates.push(index));
    if (candidates.length === 0) gaps.push(choice);
    if (candidates.length > 1) repeats.push({ choice, candidates });
  }
  return { gaps, repeats };
}

export function isInOrder(marks) {
  const { gaps, repeats } = problemsOf(marks);
  return gaps.length === 0 && repeats.length === 0;
}

// Close the gaps; candidates with the same mark follow each other in the order of the paper.
export function putInOrder(marks) {
  const order = marks
    .map((choice, candidate) => ({ choice, candidate }))
    .filter(({ choice }) => choice !== null)
    .sort((a, b) => a.choice - b.choice || a.candidate - b.candidate);
  const next = blankMarks(marks.length);
  order.forEach(({ candidate }, place) => {
    next[candidate] = place + 1;
  });
  return next;
}

// The candidates from first to last choice. A paper with gaps or repeats has no ranking.
export function rankingOf(marks) {
  if (!isInOrder(marks)) throw new Error("the marks are not in order");
  const ranking = [];
  marks.forEach((choice, candidate) => {
    if (choice !== null) ranking[choice - 1] = candidate;
  });
  return ranking;
}
