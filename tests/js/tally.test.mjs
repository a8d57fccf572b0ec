// Mixing and opening in the browser, on the vectors that the core is tested with (sealing §6 to §10).
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { checkBallots, signatureClaim } from "../../static/js/sealing/batch.js";
import { Box, boxHash, BoxName } from "../../static/js/sealing/box.js";
import { bytesOfHex, hexOfBytes, joined, numberOf } from "../../static/js/sealing/bytes.js";
import { xofRng } from "../../static/js/sealing/canonical.js";
import { falseClaims, holds } from "../../static/js/sealing/claims.js";
import {
  BallotsRejected,
  Malformed,
  OpeningRejected,
  SealingError,
  ShuffleRejected,
} from "../../static/js/sealing/errors.js";
import { decode, generators } from "../../static/js/sealing/generators.js";
import {
  baseTimes,
  browserRng,
  ORDER,
  randomScalar,
  writePoint,
} from "../../static/js/sealing/group.js";
import { ElectionKey, KeyShare } from "../../static/js/sealing/keys.js";
import { checkMixMaker, signMix } from "../../static/js/sealing/maker.js";
import { checkMix } from "../../static/js/sealing/mixCheck.js";
import { mix } from "../../static/js/sealing/mixing.js";
import {
  checkPart,
  checkRevealed,
  openPart,
  partCommitment,
  readPart,
  repeatable,
} from "../../static/js/sealing/opening.js";
import { Equality, equal, proveEquality } from "../../static/js/sealing/proofs.js";
import { Setting } from "../../static/js/sealing/setting.js";
import { mixSize, readMix } from "../../static/js/sealing/shuffle.js";

const here = path.dirname(fileURLToPath(import.meta.url));
const read = async (name) =>
  JSON.parse(await readFile(path.join(here, "..", "vectors", name), "utf8"));
const { ceremony, generators: published, share_file: shareFile, tally } =
  await read("sealing-tally.json");
const swift = await read("sealing-ellswift.json");
const bip340 = await read("sealing-bip340.json");

const refused = (kind, condition) => (error) =>
  error instanceof kind && error.condition === condition;
const rngOf = (name) => xofRng(new TextEncoder().encode(`tally ${name}`));

const key = ElectionKey.parse(ceremony.key);
const share = KeyShare.parse(shareFile.share);
const setting = new Setting(bytesOfHex(tally.fingerprint), key.publicKey);
const place = { setting, contests: [tally.contest], section: tally.section };
const name = new BoxName(tally.contest, [tally.section]);
const ballots = tally.ballots.map(bytesOfHex);
const boxes = tally.boxes.map(({ rows }) => Box.parse(name, bytesOfHex(rows)));
const opened = { setting, key };

// A changed copy: what stands at a place, put there.
function changed(bytes, at, part) {
  const copy = bytes.slice();
  copy.set(part, at);
  return copy;
}

test("generators are decoded by ElligatorSwift (§3.5)", () => {
  assert.deepEqual(generators(4).map(writePoint).map(hexOfBytes), published);
  assert.deepEqual(generators(2).map(writePoint).map(hexOfBytes), published.slice(0, 2));
  assert.ok(swift.cases.length > 10);
  for (const { u, t, x } of swift.cases) {
    const point = decode(joined([bytesOfHex(u), bytesOfHex(t)]));
    assert.equal(point.toAffine().x, BigInt(`0x${x}`));
  }
});

test("a batch of ballots holds, and gives the box (§6.5, §7.2)", () => {
  const checked = checkBallots(ballots, place);
  const box = checked.box("leader");

  assert.equal(hexOfBytes(box.toBytes()), tally.boxes[0].rows);
  assert.equal(hexOfBytes(boxHash(box, { setting })), tally.boxes[0].hash);
  assert.equal(checked.box("leader", (row) => row !== 1).length, ballots.length - 1);
});

test("each ballot that does not hold is named with its first condition (§6.2, §6.5)", () => {
  const [credential, c1, c2, response, signature] = [0, 32, 65, 131, 163];
  const off = changed(new Uint8Array(33), 0, [2]);
  off[32] = 5; // x = 5 is on no point of secp256k1.
  const tooLarge = new Uint8Array(32).fill(255);
  const turned = (bytes, at) => changed(bytes, at, [bytes[at] ^ 1]);
  const other = ballots[1].subarray(c1, c2);
  const cases = [
    ["ballot.point", changed(ballots[0], c1, off)],
    ["ballot.scalar", changed(ballots[0], response, tooLarge)],
    ["ballot.credential", changed(ballots[0], credential, tooLarge)],
    ["ballot.proof", turned(ballots[0], response + 31)],
    ["ballot.proof", changed(ballots[0], c1, other)],
    ["ballot.signature", turned(ballots[0], signature + 63)],
    ["ballot.signature", changed(ballots[0], signature, tooLarge)],
    ["ballot.signature", changed(ballots[0], signature + 32, tooLarge)],
  ];

  assert.equal(checkBallots(ballots, place).ballots.length, ballots.length);
  for (const [condition, ballot] of cases) {
    assert.throws(
      () => checkBallots([...ballots.slice(1), ballot], place),
      (error) => {
        assert.ok(error instanceof BallotsRejected);
        assert.deepEqual(error.culprits, [[ballots.length - 1, condition]]);
        return true;
      },
      condition,
    );
  }
  assert.throws(
    () => checkBallots([...ballots, ballots[2]], place),
    (error) => String(error.culprits) === `${ballots.length},ballot.repeated`,
  );
  assert.throws(
    () => checkBallots([ballots[0].slice(1)], place),
    refused(Malformed, "ballot.length"),
  );
});

test("a ballot of another section, election or contest does not hold (§6.1)", () => {
  assert.ok(checkBallots(ballots, place));
  for (const moved of [
    { section: "affiliate" },
    { unit: "branch" },
    { contests: ["deputy"] },
    { setting: new Setting(new Uint8Array(32), key.publicKey) },
  ]) {
    assert.throws(
      () => checkBallots(ballots, { ...place, ...moved }),
      (error) => error.culprits.every(([, condition]) => condition === "ballot.proof"),
    );
  }
});

test("false claims among many are found, and no others (§6.5, eq. 9)", () => {
  const rng = xofRng(new Uint8Array([4]));
  const claims = Array.from({ length: 40 }, () => {
    const [secret, nonce, challenge] = [1, 2, 3].map(() => randomScalar(rng));
    const response = (nonce + challenge * secret) % ORDER;
    return { commitment: baseTimes(nonce), base: baseTimes(secret), challenge, response };
  });
  const bad = [3, 4, 31];
  const changedClaims = claims.map((claim, row) =>
    bad.includes(row) ? { ...claim, response: (claim.response + 1n) % ORDER } : claim,
  );

  assert.ok(claims.every(holds));
  assert.deepEqual(falseClaims(claims), []);
  assert.deepEqual(
    falseClaims(changedClaims),
    bad.map((row) => changedClaims[row]),
  );
});

test("signatures are claims as BIP 340 has them, of any message (§6.5)", () => {
  const cases = bip340.cases.map(({ valid, message, ...it }) => ({
    isValid: valid,
    claim: [it.public_key, message, it.signature].map(bytesOfHex),
  }));
  const isValid = (claim) => {
    const read = signatureClaim(...claim);
    return read !== null && holds(read);
  };

  assert.ok(cases.some((one) => one.isValid) && cases.some((one) => !one.isValid));
  for (const one of cases) assert.equal(isValid(one.claim), one.isValid);
});

for (const [number, { mixer, mix: wire }] of tally.mixes.entries()) {
  test(`mix ${number + 1} holds, and the same chance makes the same bytes (§8)`, () => {
    const before = boxes[number];
    const made = mix(before, { setting, mixer, rng: rngOf(mixer) });

    const after = checkMix(before, readMix(bytesOfHex(wire), { before }), { setting, mixer });

    assert.equal(hexOfBytes(after.toBytes()), tally.boxes[number + 1].rows);
    assert.equal(hexOfBytes(made.toBytes()), wire);
    assert.equal(wire.length / 2, mixSize(before.length));
  });
}

for (const { condition, why, mix: wire } of tally.refused_mixes) {
  test(`a mix is refused: ${why} (§8.4, §8.5)`, () => {
    const { mixer } = tally.mixes[0];
    const check = (bytes) =>
      checkMix(boxes[0], readMix(bytesOfHex(bytes), { before: boxes[0] }), { setting, mixer });

    assert.ok(check(tally.mixes[0].mix));
    assert.throws(() => check(wire), refused(SealingError, condition));
  });
}

test("a mix under another's name, or of another election, is refused (§8.2)", () => {
  const { mixer, mix: wire } = tally.mixes[0];
  const made = readMix(bytesOfHex(wire), { before: boxes[0] });
  const other = new Setting(new Uint8Array(32), key.publicKey);

  assert.ok(checkMix(boxes[0], made, { setting, mixer }));
  assert.throws(
    () => checkMix(boxes[0], made, { setting, mixer: "Ann" }),
    (error) => error instanceof ShuffleRejected,
  );
  assert.throws(
    () => checkMix(boxes[0], made, { setting: other, mixer }),
    refused(ShuffleRejected, "shuffle.input"),
  );
});

test("each answer of a mix stands in an equation (§8.5)", () => {
  const { mixer, mix: wire } = tally.mixes[0];
  const good = readMix(bytesOfHex(wire), { before: boxes[0] });
  const changedAnswer = (column, row) => {
    const numbers = [...good.proof[column]];
    numbers[row] = (numbers[row] + 1n) % ORDER;
    return { ...good, proof: { ...good.proof, [column]: numbers } };
  };

  assert.ok(checkMix(boxes[0], good, { setting, mixer }));
  for (const [column, row, condition] of [
    ["responses", 0, "shuffle.sum"],
    ["responses", 1, "shuffle.product"],
    ["responses", 2, "shuffle.commitment"],
    ["responses", 3, "shuffle.c1"],
    ["sWeights", 4, "shuffle.commitment"],
    ["sChain", 2, "shuffle.chain"],
  ]) {
    assert.throws(
      () => checkMix(boxes[0], changedAnswer(column, row), { setting, mixer }),
      refused(ShuffleRejected, condition),
      `${column} ${row}`,
    );
  }
});

test("an empty box is neither mixed nor opened (§7.2)", () => {
  const empty = Box.parse(name, new Uint8Array());

  assert.ok(mix(boxes[0], { setting, mixer: "Ann" }));
  assert.throws(
    () => mix(empty, { setting, mixer: "Ann" }),
    refused(ShuffleRejected, "shuffle.empty"),
  );
  assert.throws(
    () => openPart(empty, { ...opened, share }),
    refused(ShuffleRejected, "shuffle.empty"),
  );
});

test("who mixed is signed with the share, and by nobody else (§8.6)", () => {
  const content = bytesOfHex(tally.mixes[1].mix);
  const signature = signMix(content, { name, ...opened, share });
  const claimed = { name, ...opened, number: share.number };

  checkMixMaker(content, signature, claimed);
  for (const [bytes, by, about] of [
    [bytesOfHex(tally.mixes[0].mix), signature, claimed],
    [content, signature, { ...claimed, number: 2 }],
    [content, signature, { ...claimed, name: new BoxName("deputy", [tally.section]) }],
    [content, changed(signature, 64, [signature[64] ^ 1]), claimed],
  ]) {
    assert.throws(() => checkMixMaker(bytes, by, about), refused(ShuffleRejected, "mix.maker"));
  }
  assert.throws(
    () => checkMixMaker(content, signature, { ...claimed, number: 9 }),
    refused(Malformed, "key.trustee"),
  );
});

test("the second mix is its trustee's, by the core's signature (§8.6, eq. 48)", () => {
  const { mix: wire, mixer, trustee, signature } = tally.mixes[1];

  assert.equal(key.trustee(trustee).name, mixer);
  checkMixMaker(bytesOfHex(wire), bytesOfHex(signature), { name, ...opened, number: trustee });
});

for (const { condition, why, trustee: number, mix: which, signature } of tally.refused_signatures) {
  test(`a mix's signature is refused: ${why} (§8.6)`, () => {
    const content = bytesOfHex(tally.mixes[which].mix);

    assert.throws(
      () => checkMixMaker(content, bytesOfHex(signature), { name, ...opened, number }),
      refused(SealingError, condition),
    );
  });
}

for (const { number, part, commitment } of tally.parts) {
  test(`the part of trustee ${number} holds, as committed (§10.3, §10.4)`, () => {
    const bytes = bytesOfHex(part);

    checkRevealed(bytes, bytesOfHex(commitment), { setting, number });
    checkPart(boxes[2], readPart(bytes, { box: boxes[2] }), opened);
    assert.equal(hexOfBytes(partCommitment(bytes, { setting, number })), commitment);
    assert.throws(
      () => checkRevealed(bytes, new Uint8Array(32), { setting, number }),
      refused(OpeningRejected, "opening.commitment"),
    );
  });
}

test("a part is made as the core makes it, and repeated with the same bytes (§10.1, §10.2)", () => {
  const made = openPart(boxes[2], { ...opened, share, rng: rngOf("open 1") });
  const [one, again] = [1, 2].map(() =>
    openPart(boxes[2], { ...opened, share, rng: repeatable }).toBytes(),
  );
  const other = openPart(boxes[1], { ...opened, share, rng: repeatable }).toBytes();

  assert.equal(hexOfBytes(made.toBytes()), tally.parts[0].part);
  assert.deepEqual(one, again);
  assert.notDeepEqual(one.slice(-98, -32), other.slice(-98, -32));
  checkPart(boxes[2], readPart(one, { box: boxes[2] }), opened);
});

test("nothing is opened with a share, or under a key, of another election (§10.1)", () => {
  const wrong = new KeyShare(share.number, share.publicKey, share.secret + 1n);
  const otherKey = new ElectionKey(key.trustees[0].point, key.quorum, key.trustees);

  assert.ok(openPart(boxes[2], { ...opened, share }));
  assert.throws(
    () => openPart(boxes[2], { ...opened, share: wrong }),
    refused(OpeningRejected, "opening.share"),
  );
  assert.throws(
    () => openPart(boxes[2], { setting, key: otherKey, share }),
    refused(OpeningRejected, "opening.key"),
  );
});

for (const { condition, why, part } of tally.refused_parts) {
  test(`a part is refused: ${why} (§10.3, §10.4)`, () => {
    const check = (bytes) =>
      checkPart(boxes[2], readPart(bytesOfHex(bytes), { box: boxes[2] }), opened);

    check(tally.parts[0].part);
    assert.throws(() => check(part), refused(SealingError, condition));
  });
}

test("one secret behind two points is proved, and another is not (§10.2, eq. 41 and 42)", () => {
  const other = baseTimes(77n);
  const point = baseTimes(5n);
  const proof = proveEquality("t", [1], { secret: 5n, other, rng: browserRng });
  const again = Equality.parse(proof.toBytes());

  assert.ok(equal(again, "t", [1], { point, other, product: other.multiply(5n) }));
  assert.ok(!equal(again, "t", [1], { point, other, product: other.multiply(6n) }));
  assert.ok(!equal(again, "t", [1], { point: baseTimes(6n), other, product: other.multiply(5n) }));
  assert.ok(!equal(again, "t", [2], { point, other, product: other.multiply(5n) }));
});
