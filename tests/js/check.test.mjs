// What the reader brings to the page of the check, as the options of the verifier's command.
import assert from "node:assert/strict";
import test from "node:test";

import { asked, FIELD_OF_OPTION } from "../../static/js/check/asked.js";

const EMPTY = { key: "", witnesses: "", quorum: "", receipt: [], proof: [], since: [], bundle: [] };

function formOf(given) {
  const fields = Object.entries({ ...EMPTY, ...given }).map(([name, content]) => [
    name,
    typeof content === "string" ? { name, value: content } : { name, files: content },
  ]);
  const named = new Map(fields);
  return { elements: { namedItem: (name) => named.get(name) } };
}

test("an empty form asks for nothing more than the checks", () => {
  assert.deepEqual(asked(formOf({})), { options: [], files: {} });
});

test("keys, files and a number become the command's own options, in its own words", () => {
  const [mine, hers, old, kept] = ["receipt.txt", "receipt.txt", "checkpoint", "all.zip"].map(
    (name) => ({ name }),
  );

  const { options, files } = asked(
    formOf({
      key: " board+1+A ",
      witnesses: "press+2+B\n\n  agent+3+C \n",
      quorum: "1",
      receipt: [mine, hers],
      since: [old],
      bundle: [kept],
    }),
  );

  assert.deepEqual(options, [
    "--key", "board+1+A", "--witness", "press+2+B", "--witness", "agent+3+C", "--quorum", "1",
    "--receipt", "/given/receipt/1/receipt.txt", "--receipt", "/given/receipt/2/receipt.txt",
    "--since", "/given/since/1/checkpoint",
  ]);
  assert.equal(files["/given/receipt/1/receipt.txt"], mine);
  assert.equal(files["/given/receipt/2/receipt.txt"], hers);
  assert.equal(files["/given/since/1/checkpoint"], old);
  assert.equal(files["/bundle.zip"], kept);
});

for (const quorum of ["3", "-1", "one", "1.5"]) {
  test(`with two witnesses ${quorum} is no number of those who must have signed`, () => {
    const witnesses = "press+2+B agent+3+C";
    assert.equal(asked(formOf({ witnesses, quorum: "2" })).problem, undefined);

    const { problem } = asked(formOf({ witnesses, quorum }));

    assert.equal(problem.target.name, "quorum");
    assert.match(problem.text, /from 0 to 2/);
  });
}

test("an option that the verifier refuses leads to the field that it came from", () => {
  const form = formOf({});
  for (const name of Object.values(FIELD_OF_OPTION)) assert.ok(form.elements.namedItem(name), name);
});
