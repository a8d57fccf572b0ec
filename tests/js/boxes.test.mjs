// What a trustee's page shows of the boxes, by what the seat says (docs/spec/trustees.md §3, §4).
import assert from "node:assert/strict";
import test from "node:test";
import { stateOf } from "../../static/js/trustee/boxes.js";
import { timeLeft } from "../../static/js/trustee/running.js";
import { MOST_BALLOTS } from "../../static/js/trustee/work.js";

const byServer = { number: 1, mixer: "server", trustee: null };
const box = (ballots, { mixes = [byServer], handedIn = null, number = 0 } = {}) => ({
  contest: "contest-1",
  box: number,
  label: "Members",
  ballots,
  mixes,
  handed_in: handedIn,
});
const said = (due, ...boxes) => ({ due, boxes, mixes_wanted: 2, trustee: { number: 1 } });
const without = { hasParts: false };

test("what is due is shown with the boxes that it is due for", () => {
  const mixed = box(5, { number: 1, mixes: [byServer, { number: 2, mixer: "Ann", trustee: 1 }] });

  assert.deepEqual(stateOf(said("mix", box(7), mixed), without).boxes, [
    ["contest-1", 0, "Members", 7],
  ]);
  assert.equal(stateOf(said("commit", box(7), mixed), without).boxes.length, 2);
  assert.equal(stateOf(said("part", box(7)), without).name, "part");
  assert.equal(stateOf(said("part", box(7)), { hasParts: true }).name, "reveal");
});

test("what was handed in is waited for, and what was refused is said and done again", () => {
  const kept = (kind, state) => ({ kind, state, message: "It was mixed meanwhile." });
  const waiting = (kind) => box(7, { handedIn: kept(kind, "waiting") });

  assert.equal(stateOf(said("mix", waiting("mix")), without).name, "waiting");
  assert.equal(stateOf(said("part", waiting("part")), { hasParts: true }).name, "waiting");
  const refused = stateOf(said("mix", box(7, { handedIn: kept("mix", "refused") })), without);
  assert.equal(refused.name, "mix");
  assert.deepEqual(refused.refused, [["refused", "It was mixed meanwhile."]]);
  // A check that stopped is not waited for: it is handed in again.
  const stopped = (kind) => box(7, { handedIn: kept(kind, "stopped") });
  for (const kind of ["mix", "part"]) {
    const shown = stateOf(said(kind, stopped(kind)), without);
    assert.equal(shown.name, kind);
    assert.deepEqual(shown.refused, [["stopped", "It was mixed meanwhile."]]);
  }
  const later = stateOf(said("commit", box(7, { handedIn: kept("mix", "refused") })), without);
  assert.deepEqual(later.refused, []);
});

test("too many ballots for a browser are left to the command", () => {
  const most = MOST_BALLOTS;
  const two = [box(most - 1), box(1, { number: 1 })];
  const isTooLarge = (due, ...boxes) => stateOf(said(due, ...boxes), without).isTooLarge;

  assert.equal(isTooLarge("mix", box(most)), false);
  assert.equal(isTooLarge("mix", box(most + 1)), true);
  assert.equal(isTooLarge("commit", ...two), false);
  assert.equal(isTooLarge("commit", ...two, box(1, { number: 2 })), true);
});

test("the time left is said in whole minutes", () => {
  assert.equal(timeLeft(5_000), "A few seconds are left.");
  assert.equal(timeLeft(59_000), "Less than a minute is left.");
  assert.equal(timeLeft(61_000), "About 2 minutes are left.");
});
