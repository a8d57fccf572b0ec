// Marking a paper: what the buttons and the selects do to the order.
import assert from "node:assert/strict";
import test from "node:test";
import {
  blankMarks,
  isInOrder,
  mayMoveDown,
  mayMoveUp,
  moved,
  nextChoice,
  problemsOf,
  putInOrder,
  rankingOf,
  withMark,
  withNext,
  without,
} from "../../static/js/booth/marks.js";
import { listed, ordinal, sayHowMany, sayPlace, sayProblems } from "../../static/js/booth/words.js";

test("adding candidates one after another ranks them in that order", () => {
  let marks = blankMarks(4);

  for (const candidate of [2, 0, 3]) marks = withNext(marks, candidate, 4);

  assert.deepEqual(rankingOf(marks), [2, 0, 3]);
  assert.deepEqual(marks, [2, null, 1, 3]);
});

test("no more are added than the rules allow", () => {
  const full = withNext(withNext(blankMarks(3), 0, 2), 1, 2);

  assert.equal(nextChoice(full, 2), null);
  assert.deepEqual(withNext(full, 2, 2), full);
});

test("the next choice is the first that nobody has", () => {
  assert.equal(nextChoice([1, null, 3], 3), 2);
  assert.deepEqual(withNext([null, 5, null], 0, 5), [1, 5, null]);
});

test("a blank paper is in order and ranks nobody", () => {
  assert.ok(isInOrder(blankMarks(5)));
  assert.deepEqual(rankingOf(blankMarks(5)), []);
});

test("a gap and a repeat are named, and have no ranking until put in order", () => {
  const marks = [1, 3, 3, null];

  assert.deepEqual(problemsOf(marks), {
    gaps: [2],
    repeats: [{ choice: 3, candidates: [1, 2] }],
  });
  assert.throws(() => rankingOf(marks), /not in order/);
  assert.deepEqual(rankingOf(putInOrder(marks)), [0, 1, 2]);
});

test("putting in order keeps an order that has no gap or repeat", () => {
  const marks = [3, 1, null, 2];

  assert.deepEqual(putInOrder(marks), marks);
});

test("moving exchanges two neighbours, and stops at both ends", () => {
  const marks = [1, 2, 3];

  assert.deepEqual(moved(marks, 2, -1), [1, 3, 2]);
  assert.deepEqual(moved(marks, 0, +1), [2, 1, 3]);
  assert.equal(mayMoveUp(marks, 0), false);
  assert.deepEqual(moved(marks, 0, -1), marks);
  assert.equal(mayMoveDown(marks, 2), false);
  assert.deepEqual(moved(marks, 2, +1), marks);
  assert.deepEqual(moved([1, null], 1, -1), [1, null]);
});

test("removing a candidate moves the later ones up", () => {
  assert.deepEqual(without([1, 2, 3], 1), [1, null, 2]);
  assert.deepEqual(without([1, null], 1), [1, null]);
});

test("removing one of two repeats leaves the other where it was", () => {
  assert.deepEqual(without([1, 2, 2, 3], 1), [1, null, 2, 3]);
});

test("marking by the select changes one candidate and mends nothing", () => {
  assert.deepEqual(withMark([1, 2, 3], 0, null), [null, 2, 3]);
  assert.deepEqual(problemsOf([null, 2, 3]), { gaps: [1], repeats: [] });
});

test("choices are said as people say them", () => {
  assert.deepEqual(
    [1, 2, 3, 4, 11, 12, 13, 21, 22].map(ordinal),
    ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd"],
  );
  assert.equal(listed(["A", "B", "C"]), "A, B and C");
  assert.equal(sayPlace("Jin Chun", 2, 5), "Jin Chun is now your 2nd choice of 5.");
  assert.equal(sayHowMany(3, 5, 5), "You ranked 3 of 5; you may stop there.");
  assert.equal(sayHowMany(0, 5, 5), "You have left this blank.");
  assert.equal(sayHowMany(2, 2, 2), "You ranked all 2.");
  assert.equal(sayHowMany(3, 9, 3), "You ranked 3, as many as the rules allow.");
});

test("each gap and repeat is explained with the names", () => {
  const names = ["Ada Okoro", "Jin Chun", "Mair Puw"];

  assert.deepEqual(sayProblems(problemsOf([2, 2, 2]), names), [
    "Ada Okoro, Jin Chun and Mair Puw are all marked 2nd.",
    "You have no 1st choice, but you have a later one.",
  ]);
  assert.deepEqual(sayProblems(problemsOf([1, 1, null]), names), [
    "Ada Okoro and Jin Chun are both marked 1st.",
  ]);
});
