// Credentials that an outside issuer signs, as a trustee's software follows them (sealing §5.5,
// bundle §4.1; docs/spec/trustees.md §5.4).
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { schnorr } from "@noble/curves/secp256k1.js";
import { bytesOfHex, hexOfBytes, joined } from "../../static/js/sealing/bytes.js";
import { canonical, transcriptHash } from "../../static/js/sealing/canonical.js";
import { followCredentials } from "../../static/js/trustee/credentials.js";
import { CheckFailed } from "../../static/js/trustee/failures.js";
import { altered, Board, codeOf, hashOf } from "./contests.mjs";

const vectors = JSON.parse(
  await readFile(new URL("../vectors/sealing.json", import.meta.url), "utf8"),
);
const secret = new Uint8Array(32).fill(5);
const identifier = bytesOfHex("8c5d2a4be1f04c6f9a7de3b1c0ffee02");
const sign = (use, ...parts) =>
  schnorr.sign(transcriptHash(use, identifier, ...parts), secret, new Uint8Array(32));
const [first, second, late, again] = [1, 2, 3, 4].map((number) => codeOf(number).credential);
const hexes = (keys) => keys.map(hexOfBytes).sort();

// Two keys at first, one that comes by an amendment before the opening and dies in the poll by
// another, one issued again.
function made() {
  const board = new Board();
  board.add("notice", { issuer: { name: "Ann", key: hexOfBytes(schnorr.getPublicKey(secret)) } });
  const keys = hexes([first, second]).map(bytesOfHex);
  const list = sign("issued-list", "member", 2, joined(keys));
  board.add("credentials", {
    sections: [
      {
        section: "member",
        credentials: 2,
        keys: board.blob(joined(keys)),
        signature: hexOfBytes(list),
      },
    ],
  });
  board.add("amendment", { number: 1, keys: null });
  const issued = {
    section: "member",
    credentials: 1,
    keys: board.blob(late),
    signatures: board.blob(sign("issued", "member", late)),
  };
  board.add("keys", { issued: [issued], revoked: null });
  board.add("opening", {});
  const revoked = {
    credentials: 1,
    keys: board.blob(late),
    signatures: board.blob(sign("revoked", late)),
  };
  const sealed = { issued: [], revoked, salt: "00".repeat(32) };
  board.add("keys", { sealed: hashOf(canonical(sealed)) });
  board.add("reissue", {
    credential: hexOfBytes(again),
    revoked: [hexOfBytes(first)],
    signature: hexOfBytes(sign("issued", "member", again)),
    revocations: [hexOfBytes(sign("replaced", first, again))],
  });
  board.add("reconciliation", { amended_keys: [{ entry: 5, ...sealed }] });
  return board;
}

test("keys that the issuer signed come and go, and count", async () => {
  const { sections, dead } = await followCredentials(made().record());

  assert.deepEqual([...sections.keys()].sort(), hexes([first, second, late, again]));
  assert.deepEqual([...dead].sort(), hexes([late, first]));
});

test("the vectors make a whole reissue: equations (45), (46) and (47a)", async () => {
  const { "issued-list": list, issued, replaced } = Object.fromEntries(
    vectors.issuer.map((one) => [one.use, one]),
  );
  const [old, fresh] = replaced.credentials;
  const board = new Board(replaced.election_id.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"));
  const keys = board.blob(bytesOfHex(list.credentials.join("")));
  const { section, signature } = list;
  board.add("notice", { issuer: { name: "Ann", key: replaced.issuer } });
  board.add("credentials", { sections: [{ section, credentials: 3, keys, signature }] });
  board.add("opening", {});
  board.add("reissue", {
    credential: fresh,
    revoked: [old],
    signature: issued.signature,
    revocations: [replaced.signature],
  });
  board.add("reconciliation", { amended_keys: [] });

  const { sections, dead } = await followCredentials(board.record());

  assert.equal(sections.get(fresh), section);
  assert.deepEqual([...dead], [old]);
});

const board = made();
const other = board.blob(new Uint8Array(64).fill(1));
for (const [why, number, alter] of [
  ["the list of a section", 1, (it) => Object.assign(it.sections[0], { signature: null })],
  ["the list, for another section", 1, (it) => Object.assign(it.sections[0], { section: "b" })],
  ["a key that came later", 3, (it) => Object.assign(it.issued[0], { signatures: other })],
  ["a key issued again", 6, (it) => Object.assign(it, { signature: "00".repeat(64) })],
  ["a key that died by it", 6, (it) => Object.assign(it, { revocations: null })],
  ["a key that died for another than it", 6, (it) =>
    Object.assign(it, { revocations: [hexOfBytes(sign("replaced", first, second))] })],
  ["a key that died for none", 6, (it) =>
    Object.assign(it, { revocations: [hexOfBytes(sign("revoked", first))] })],
  ["where the notice names no issuer", 0, (it) => Object.assign(it, { issuer: null })],
]) {
  test(`a server that publishes a key of its own has no signature: ${why} (§5.5)`, async () => {
    const record = board.record((entry) => [
      entry.number === number ? altered(entry, alter) : entry,
    ]);

    await assert.rejects(
      () => followCredentials(record),
      (error) => error instanceof CheckFailed && error.check === "issuer.signature",
    );
  });
}
