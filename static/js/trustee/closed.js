// Which boxes there are at the close, and what is in each: bundle §4.2, sealing §7.
import { Box, boxHash, BoxName, joinBoxes } from "../sealing/box.js";
import { hexOfBytes } from "../sealing/bytes.js";
import { CheckFailed } from "./failures.js";
import { placeOf } from "./record.js";

// The sections of each box, in the order of the boxes. counted: how many ballots of each section are
// counted, by its code, for every section of the reconciliation.
export function pool(counted, smallest) {
  const size = (codes) => codes.reduce((sum, code) => sum + counted.get(code), 0);
  const codes = [...counted.keys()].sort();
  const pooled = codes.filter((code) => counted.get(code) < smallest);
  const left = codes
    .filter((code) => counted.get(code) >= smallest)
    .sort((a, b) => counted.get(a) - counted.get(b)); // Stable: of two alike, the code's order.
  while (pooled.length > 0 && left.length > 0 && size(pooled) < smallest) pooled.push(left.shift());
  const boxes = [...left.map((code) => [code]), ...(pooled.length > 0 ? [pooled.sort()] : [])];
  return boxes.sort((a, b) => (String(a) < String(b) ? -1 : 1));
}

// Make the boxes again from the ballots that are counted, compare, and give those that are not empty:
// { contest, number, box }.
//
// found: by section, as checkCast gives it; aside: the entries that are set aside.
export function checkBoxes(record, found, aside, { setting, contests }) {
  const entry = record.only("reconciliation");
  const counted = new Map(entry.content.sections.map(({ code }) => [code, 0]));
  for (const [section, { numbers }] of found) {
    counted.set(section, numbers.filter((number) => !aside.has(number)).length);
  }
  const smallest = record.required("notice").content.smallest_box;
  const pools = pool(counted, smallest);
  const expected = contests.flatMap((contest) =>
    pools.map((sections, number) => ({ contest, number, sections })),
  );
  const told = entry.content.boxes.map(({ contest, number, sections }) => ({
    contest,
    number,
    sections,
  }));
  if (JSON.stringify(told) !== JSON.stringify(expected)) {
    const message = "Its boxes are not those that the ballots of the sections make.";
    throw new CheckFailed("box.list", placeOf(entry), message);
  }
  const cast = [...found.values()].reduce((sum, { numbers }) => sum + numbers.length, 0);
  return expected
    .map((place, row) => {
      const box = makeBox(place, found, aside);
      compareBox(entry.content.boxes[row], place, box, { setting, where: placeOf(entry) });
      requireLarge(box, place, { smallest, cast });
      return { contest: place.contest, number: place.number, box };
    })
    .filter(({ box }) => box.length > 0);
}

// Section after section, and the ballots of each in the order of the board (sealing §7.2).
function makeBox({ contest, sections }, found, aside) {
  const parts = sections
    .filter((code) => found.has(code))
    .map((code) => {
      const { numbers, checked } = found.get(code);
      return checked.box(contest, (row) => !aside.has(numbers[row]));
    });
  return joinBoxes(new BoxName(contest, sections), parts);
}

function compareBox(told, { contest, number }, box, { setting, where }) {
  const place = `${where}, ${contest}, box ${number}`;
  if (told.ballots !== box.length) {
    const message = `It says ${told.ballots} ballots, and the board has ${box.length}.`;
    throw new CheckFailed("box.ballots", place, message);
  }
  if (told.digest !== hexOfBytes(boxHash(box, { setting }))) {
    const message = "What it fixed is not the box of the ballots on the board.";
    throw new CheckFailed("box.digest", place, message);
  }
}

// None is smaller than the notice allows, but one with every ballot that was cast: there is nobody
// else to hide among then, and nobody chose who is left (trustees.md §5.4, §6). cast: how many.
function requireLarge(box, { contest, number }, { smallest, cast }) {
  if (box.length > 0 && box.length < Math.min(smallest, cast)) {
    const message = `${box.length} of the ${cast} ballots cast are left in it, and the notice allows no box of fewer than ${smallest}: whoever set the others aside could learn how these voted.`;
    throw new CheckFailed("box.small", `${contest}, box ${number}`, message);
  }
}

// A box as the reconciliation fixed it, read by hash alone: what a mixer needs (trustees.md §5.3).
export async function fixedBox(record, { contest, number, setting }) {
  const entry = record.only("reconciliation");
  const where = `${placeOf(entry)}, ${contest}, box ${number}`;
  const told = entry.content.boxes.find((one) => one.contest === contest && one.number === number);
  if (told === undefined) throw new CheckFailed("box.list", where, "There is no such box.");
  const rows = await record.blob(told.sealed, where);
  const box = Box.parse(new BoxName(contest, told.sections), rows);
  compareBox(told, { contest, number }, box, { setting, where: placeOf(entry) });
  return box;
}
