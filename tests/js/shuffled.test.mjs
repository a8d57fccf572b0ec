// The order of rows that is shuffled on the device.
import assert from "node:assert/strict";
import test from "node:test";
import { drawBelow, shuffled } from "../../static/js/booth/shuffled.js";

// Every answer that `below` can give, one after another: each shuffle of three asks below(3), below(2).
function everyOrder() {
  const orders = [];
  for (const first of [0, 1, 2])
    for (const second of [0, 1]) {
      const answers = [first, second];
      orders.push(shuffled(["a", "b", "c"], () => answers.shift()).join(""));
    }
  return orders.sort();
}

test("every order of the rows comes of just one run of draws", () => {
  assert.deepEqual(everyOrder(), ["abc", "acb", "bac", "bca", "cab", "cba"]);
});

test("the list that is shuffled stays as it was", () => {
  const rows = ["a", "b", "c"];

  const order = shuffled(rows, () => 0);

  assert.deepEqual(rows, ["a", "b", "c"]);
  assert.notDeepEqual(order, rows);
});

test("a draw is a whole number below what was asked", () => {
  for (let n = 1; n < 40; n += 1) {
    const drawn = drawBelow(n);
    assert.ok(Number.isInteger(drawn) && drawn >= 0 && drawn < n);
  }
});
