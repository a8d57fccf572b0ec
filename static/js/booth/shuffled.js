// The order in which a contest's rows are shown, where the notice has it shuffled on each device.
//
// Rows move on the page alone. What is sealed are places on the paper, which do not, and neither
// the order nor that there was one is kept or sent (bundle spec, §8.4).

// A new list with the same items, every order as likely as every other (Fisher and Yates).
//   below(n)   a whole number from 0 to n - 1, each as likely
export function shuffled(items, below) {
  const order = [...items];
  for (let end = order.length - 1; end > 0; end -= 1) {
    const other = below(end + 1);
    [order[end], order[other]] = [order[other], order[end]];
  }
  return order;
}

// A whole number below n from the browser's own source, without the bias of a remainder.
export function drawBelow(n) {
  const limit = 2 ** 32 - (2 ** 32 % n);
  const drawn = new Uint32Array(1);
  do crypto.getRandomValues(drawn);
  while (drawn[0] >= limit);
  return drawn[0] % n;
}

// Show the rows of a contest in an order of their own. “Re-open nominations”, the last on the paper,
// stays last, and so does the row that leaves a contest blank.
export function shuffleRows(fieldset, below = drawBelow) {
  const list = fieldset.querySelector(".booth-paper");
  const rows = [...list.children];
  const ron = fieldset.hasAttribute("data-ron") ? Number(fieldset.dataset.candidates) - 1 : -1;
  const isLast = ({ dataset }) =>
    dataset.position === undefined || Number(dataset.position) === ron;
  const last = rows.filter(isLast);
  const moving = rows.filter((row) => !isLast(row));
  list.append(...shuffled(moving, below), ...last);
}
