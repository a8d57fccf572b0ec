// The key ceremony and the share file in the browser, on the vectors that the core is tested with:
// the same random bytes give the same messages (docs/spec/sealing.md §9).
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { bytesOfHex, hexOfBytes } from "../../static/js/sealing/bytes.js";
import { canonical, transcriptHash, xofRng } from "../../static/js/sealing/canonical.js";
import {
  checkReveals,
  conclude,
  deal,
  finish,
  prepare,
  receive,
  reveal,
  transcriptOf,
} from "../../static/js/sealing/ceremony.js";
import { agreedPoint, judge } from "../../static/js/sealing/dealing.js";
import { CeremonyRejected, Malformed, SealingError } from "../../static/js/sealing/errors.js";
import { ORDER, readPoint, writeScalar } from "../../static/js/sealing/group.js";
import { ElectionKey, KeyShare } from "../../static/js/sealing/keys.js";
import {
  Ceremony,
  Commitment,
  Complaint,
  Confirmation,
  Dealing,
  Received,
  Reveal,
  TrusteeSecret,
} from "../../static/js/sealing/messages.js";
import { Equality, equal, Knowledge, proveEquality } from "../../static/js/sealing/proofs.js";
import {
  checkShareProof,
  deriveKey,
  openShare,
  proveShare,
  sealShare,
} from "../../static/js/sealing/shareFile.js";

const here = path.dirname(fileURLToPath(import.meta.url));
const vectors = JSON.parse(
  await readFile(path.join(here, "..", "vectors", "sealing-tally.json"), "utf8"),
);
const said = vectors.ceremony;
const frame = new Ceremony(bytesOfHex(said.ceremony_id), said.names, said.quorum);
const rng = (name) => xofRng(new TextEncoder().encode(`tally ${name}`));
const shown = (messages) => messages.map((one) => one.toJson());
const refused = (condition, trustee) => (error) =>
  error instanceof SealingError &&
  error.condition === condition &&
  (trustee === undefined || error.evidence.trustee === trustee);

const published = {
  ceremony: frame,
  commitments: said.commitments.map(Commitment.parse),
  reveals: said.reveals.map(Reveal.parse),
  dealings: said.dealings.map(Dealing.parse),
  complaints: said.complaints.map(Complaint.parse),
  confirmations: said.confirmations.map(Confirmation.parse),
};
const reveals = checkReveals(frame, published.commitments, published.reveals);
const secrets = frame.numbers.map((number) =>
  prepare(frame, number, { rng: rng(`prepare ${number}`) }),
);

test("the frame, the commitments and the reveals are the core's (§9.1, §9.2)", () => {
  assert.equal(hexOfBytes(frame.digest()), said.frame_hash);
  assert.deepEqual(shown(secrets.map(({ commitment }) => commitment)), said.commitments);
  assert.deepEqual(shown(secrets.map(({ secret }) => secret.reveal)), said.reveals);
  assert.deepEqual(shown(published.dealings), said.dealings);
  assert.deepEqual(shown(published.complaints), said.complaints);
  assert.deepEqual(shown(published.confirmations), said.confirmations);
});

test("every honest dealing is the core's (§9.3)", () => {
  for (const { secret } of secrets.slice(0, 3)) {
    const given = { ceremony: frame, reveals, rng: rng(`deal ${secret.number}`) };

    assert.deepEqual(deal(secret, given).toJson(), said.dealings[secret.number - 1]);
  }
});

test("every complaint is the core's: of the false dealer, not of the unproved (§9.4)", () => {
  const complaints = secrets.flatMap(({ secret }) =>
    receive(secret, { ...published, reveals, rng: rng(`receive ${secret.number}`) }),
  );

  assert.deepEqual(shown(complaints), said.complaints);
});

test("who is out, the shares and the confirmations are the core's (§9.5, §9.6)", () => {
  const out = judge(frame, reveals, published.dealings, published.complaints);

  assert.deepEqual([...out].sort(), said.out);
  for (const { secret } of secrets.slice(0, 3)) {
    const { share, confirmation } = finish(secret, {
      ...published,
      reveals,
      rng: rng(`finish ${secret.number}`),
    });
    assert.deepEqual(confirmation.toJson(), said.confirmations[secret.number - 1]);
    if (share.number === 1) assert.deepEqual(share.toJson(), vectors.share_file.share);
  }
  for (const number of said.out) {
    const { secret } = secrets[number - 1];
    const given = { ...published, reveals, rng: rng("late") };
    assert.throws(() => finish(secret, given), refused("ceremony.out", number));
  }
});

test("the key is the core's, and the hash covers every list (§9.6)", () => {
  const key = conclude(frame, published);

  assert.deepEqual(key.toJson(), said.key);
  assert.deepEqual(ElectionKey.parse(said.key).toJson(), said.key);
  const hash = hexOfBytes(transcriptOf({ ...published, reveals }));
  for (const list of ["commitments", "dealings", "complaints"]) {
    const fewer = { ...published, reveals, [list]: published[list].slice(1) };
    assert.notEqual(hexOfBytes(transcriptOf(fewer)), hash, list);
  }
  const turned = { ...published, reveals, dealings: [...published.dealings].reverse() };
  assert.equal(hexOfBytes(transcriptOf(turned)), hash);
});

// What changes one message of one list, and the condition that it breaks.
const changed = (list, at, change) => ({
  ...published,
  [list]: published[list].map((one, place) => (place === at ? change(one) : one)),
});
const as = (kind, one, fields) => kind.parse({ ...one.toJson(), ...fields });
const [commitment] = published.commitments;
const [complaint] = published.complaints;
const [{ holds_share: otherProof }] = said.confirmations;
const { encryption: otherPoint } = said.reveals[1];
const more = (list, one) => ({ ...published, [list]: [...published[list], one] });
const first = (list, count) => ({ ...published, [list]: published[list].slice(0, count) });
const only = (list, one) => ({ ...published, [list]: [one] });
const altered = (list, at, kind, fields) => changed(list, at, (one) => as(kind, one, fields));

for (const [condition, trustee, given] of [
  ["ceremony.missing", 5, first("commitments", 4)],
  ["ceremony.twice", 1, more("commitments", commitment)],
  ["ceremony.number", 6, more("commitments", as(Commitment, commitment, { number: 6 }))],
  ["ceremony.commitment", 1, altered("reveals", 0, Reveal, { encryption: otherPoint })],
  ["ceremony.complaint", 1, altered("complaints", 0, Complaint, { opened: otherPoint })],
  ["ceremony.complaint", 1, only("complaints", as(Complaint, complaint, { dealer: 1 }))],
  ["ceremony.twice", 1, more("complaints", complaint)],
  ["ceremony.number", 9, only("complaints", as(Complaint, complaint, { dealer: 9 }))],
  ["ceremony.quorum", undefined, { ...first("dealings", 1), complaints: [] }],
  ["ceremony.unconfirmed", 3, first("confirmations", 2)],
  ["ceremony.confirmation", 2, altered("confirmations", 1, Confirmation, { holds_share: otherProof })],
  ["ceremony.confirmation", 3, altered("confirmations", 2, Confirmation, { public_key: otherPoint })],
]) {
  test(`what is published is refused: ${condition} of ${trustee ?? "nobody"} (§9.2 to §9.6)`, () => {
    assert.throws(() => conclude(frame, given), refused(condition, trustee));
  });
}

// The commitments that fit a list of reveals (§9.2, equation 26).
const committedTo = (list) =>
  list.map((one) => {
    const parts = [frame.digest(), one.number, canonical(one.toJson())];
    return new Commitment(one.number, transcriptHash("ceremony-commitment", ...parts));
  });

test("a reveal must have its degree and its proofs (§9.2)", () => {
  const [, { coefficients, encryption }] = said.reveals;
  for (const [condition, fields] of [
    ["ceremony.degree", { coefficients: coefficients.slice(0, 1) }],
    ["ceremony.degree", { coefficients: [...coefficients, encryption] }],
    ["ceremony.possession", { knows_key: said.reveals[0].knows_key }],
    ["ceremony.possession", { knows_encryption: said.reveals[0].knows_encryption }],
  ]) {
    const { reveals: list } = changed("reveals", 1, (one) => as(Reveal, one, fields));

    assert.throws(() => checkReveals(frame, committedTo(list), list), refused(condition, 2));
  }
});

test("two trustees may not have one point between them (§9.2)", () => {
  // Trustee 2 holds the secrets of trustee 1, and so can prove each of them as their own.
  const made = [1, 2].map((number) => prepare(frame, number, { rng: rng("twin") }));
  const [one, two] = made.map(({ secret }) => secret.reveal);
  const list = [one, two, ...published.reveals.slice(2)];

  const check = () => checkReveals(frame, committedTo(list), list);
  assert.throws(check, refused("ceremony.repeated", 2));
});

test("nobody reveals before all have committed, and no stranger takes part (§9.2)", () => {
  const [{ secret }] = secrets;
  const { commitments } = published;

  assert.equal(reveal(secret, { ceremony: frame, commitments }), secret.reveal);
  const fewer = { ceremony: frame, commitments: commitments.slice(1) };
  assert.throws(() => reveal(secret, fewer), refused("ceremony.missing", 1));
  assert.throws(() => prepare(frame, 6, { rng: rng("x") }), refused("ceremony.number", 6));
  const given = { ...published, reveals, complaints: [], rng: rng("x") };
  assert.throws(() => finish(secret, given), refused("ceremony.share", 4));
});

test("a frame that may not be one is refused (§9.1)", () => {
  const id = new Uint8Array(16);
  const made = (names, quorum, identifier = id) => () => new Ceremony(identifier, names, quorum);

  made(["Ann"], 1)();
  assert.throws(made([], 1), refused("ceremony.trustees"));
  assert.throws(made(["Ann", "Ann"], 1), refused("ceremony.trustees"));
  assert.throws(made(Array.from("abcdefghij"), 1), refused("ceremony.trustees"));
  assert.throws(made(["Ann"], 2), refused("ceremony.quorum"));
  assert.throws(made(["Ann"], 0), refused("ceremony.quorum"));
  assert.throws(made(["Ann"], 1, new Uint8Array(15)), refused("ceremony.identifier"));
  const told = { identifier: "00".repeat(16), quorum: 1, trustees: ["Ann"] };
  Ceremony.parse(told);
  const short = { ...told, identifier: "00".repeat(15) };
  assert.throws(() => Ceremony.parse(short), refused("ceremony.identifier"));
  assert.throws(made([""], 1), refused("name"));
});

for (const [kind, value, condition] of [
  [Commitment, said.commitments[0], "ceremony.commitment-fields"],
  [Reveal, said.reveals[0], "ceremony.reveal-fields"],
  [Dealing, said.dealings[0], "ceremony.dealing-fields"],
  [Complaint, said.complaints[0], "ceremony.complaint-fields"],
  [Confirmation, said.confirmations[0], "ceremony.confirmation-fields"],
  [ElectionKey, said.key, "key.fields"],
  [KeyShare, vectors.share_file.share, "share.fields"],
  [TrusteeSecret, secrets[0].secret.toJson(), "ceremony.secret-fields"],
]) {
  test(`${kind.name} has exactly its fields, each of its form (§9)`, () => {
    kind.parse(value);
    for (const name of Object.keys(value)) {
      const { [name]: left, ...others } = value;
      assert.throws(() => kind.parse(others), refused(condition), name);
      if (name === "reveal") continue; // Refused by its own condition, above.
      for (const wrong of [null, {}, 256, -1, [7], "0"]) {
        assert.throws(() => kind.parse({ ...value, [name]: wrong }), Malformed, `${name} ${wrong}`);
      }
    }
    assert.throws(() => kind.parse({ ...value, more: 1 }), refused(condition));
    assert.throws(() => kind.parse([value]), refused(condition));
  });
}

test("what a trustee received names own complaints alone, each dealer once, in order (§9.4)", () => {
  const [one] = said.complaints;
  const other = { ...one, dealer: 5 };
  const parsed = (number, complaints) => () => Received.parse({ number, complaints });
  const condition = "ceremony.received-fields";

  const read = parsed(1, [one, other])();
  assert.deepEqual(read.toJson(), { complaints: [one, other], number: 1 });
  assert.deepEqual(parsed(3, [])().complaints, []);
  assert.throws(parsed(2, [one]), refused(condition));
  assert.throws(parsed(1, [other, one]), refused(condition));
  assert.throws(parsed(1, [one, one]), refused(condition));
  assert.throws(() => Received.parse({ number: 1 }), refused(condition));
  assert.throws(parsed(1, [{ ...one, proof: "" }]), refused("ceremony.complaint-fields"));
});

test("a key is refused that its shares do not give, or too few give (§9.6)", () => {
  const { trustees, ...others } = said.key;
  const parsed = (value) => () => ElectionKey.parse(value);
  const [ann, bob, sian] = trustees;

  parsed(said.key)();
  assert.throws(parsed({ ...others, trustees: [bob, ann, sian] }), refused("key.trustees"));
  assert.throws(parsed({ ...others, trustees: [{ ...ann, number: 0 }, bob] }), refused("key.trustees"));
  assert.throws(parsed({ ...others, trustees: [ann, { ...bob, number: 10 }] }), refused("key.trustees"));
  assert.throws(parsed({ ...said.key, quorum: 4 }), refused("key.quorum"));
  assert.throws(parsed({ ...said.key, quorum: 3 }), refused("key.shares"));
  assert.throws(parsed({ ...said.key, public_key: ann.point }), refused("key.shares"));
  const wrong = { ...sian, point: bob.point };
  assert.throws(parsed({ ...others, trustees: [ann, bob, wrong] }), refused("key.shares", 3));
  // Everybody holds the key itself: one share would be enough.
  const alike = trustees.map((one) => ({ ...one, point: others.public_key }));
  assert.throws(parsed({ ...others, trustees: alike }), refused("key.shares"));
});

test("proofs are read in their one form (§9.2, §10.2)", () => {
  const proof = bytesOfHex(said.confirmations[0].holds_share);
  const wrong = (at, bytes) => {
    const copy = Uint8Array.from(proof);
    copy.set(bytes, at);
    return copy;
  };

  assert.deepEqual(Knowledge.parse(proof).toBytes(), proof);
  assert.throws(() => Knowledge.parse(proof.slice(1)), refused("proof.length"));
  assert.throws(() => Knowledge.parse(wrong(0, [5])), refused("proof.point"));
  assert.throws(() => Knowledge.parse(wrong(33, writeScalar(ORDER))), refused("proof.scalar"));
  assert.throws(() => Equality.parse(proof), refused("proof.length"));
});

test("a proof of equality holds for its own statement and secret alone (§10.2, §10.4)", () => {
  const [{ secret }, { secret: second }] = secrets;
  const [sealed] = published.dealings[1].shares;
  const other = readPoint(sealed.ephemeral);
  const product = readPoint(agreedPoint(secret, sealed));
  const proof = proveEquality("use", [1], { secret: secret.encryption, other, rng: rng("p") });
  const point = readPoint(secret.reveal.encryption);

  assert.ok(equal(proof, "use", [1], { point, other, product }));
  assert.ok(!equal(proof, "use", [2], { point, other, product }));
  assert.ok(!equal(proof, "other", [1], { point, other, product }));
  assert.ok(!equal(proof, "use", [1], { point, other, product: point }));
  const their = readPoint(second.reveal.encryption);
  assert.ok(!equal(proof, "use", [1], { point: their, other, product }));
});

const { passphrase, file, share, question, still_held: held } = vectors.share_file;
const bytesOf = (text) => new TextEncoder().encode(text);

test("the core's share file opens, and the same is made here (§9.8)", async () => {
  const heard = [];
  const derive = (bytes, salt) => deriveKey(bytes, salt, (at) => heard.push(at));
  const opened = await openShare(bytesOf(file), { passphrase, derive });
  const made = await sealShare(opened, { passphrase, rng: rng("file") });

  assert.deepEqual(opened.toJson(), share);
  assert.equal(new TextDecoder().decode(made), file);
  assert.equal(heard.at(-1), 1);
});

test("a share file is refused: another passphrase, another byte, no share file (§9.8)", async () => {
  const value = JSON.parse(file);
  const open = (text, words = passphrase) => openShare(bytesOf(text), { passphrase: words });

  await assert.rejects(open(file, `${passphrase}!`), refused("sharefile.passphrase"));
  await assert.rejects(open(JSON.stringify({ ...value, number: 2 })), refused("sharefile.passphrase"));
  for (const text of [
    `${file} `,
    "{}",
    "not JSON",
    file.replace("share-file", "share-list"),
    file.replace('"kind":"share"', '"kind":"toString"'),
    JSON.stringify({ ...value, salt: value.salt.slice(2) }),
    JSON.stringify({ ...value, sealed: "0" }),
  ]) {
    await assert.rejects(open(text), refused("sharefile.format"), text);
  }
  const short = sealShare(KeyShare.parse(share), { passphrase: "éééééé56789" });
  await assert.rejects(short, refused("sharefile.passphrase-short"));
});

test("what is kept between the steps opens as it was (§9.8)", async () => {
  const [{ secret }] = secrets;
  const kept = await sealShare(secret, { passphrase });

  assert.equal(JSON.parse(new TextDecoder().decode(kept)).kind, "ceremony");
  assert.deepEqual((await openShare(kept, { passphrase })).toJson(), secret.toJson());
  assert.ok(!JSON.stringify(secret).includes(secret.toJson().encryption));
});

test("that a share is still held is proved as the core does, and to one question (§9.7)", () => {
  const key = ElectionKey.parse(said.key);
  const asked = bytesOfHex(question);
  const proof = proveShare(KeyShare.parse(share), { question: asked, rng: rng("held") });

  assert.equal(hexOfBytes(proof), held);
  checkShareProof(key, { number: 1, question: asked, proof });
  const other = { number: 1, question: new Uint8Array(32), proof };
  assert.throws(() => checkShareProof(key, other), refused("share.proof", 1));
  const theirs = { number: 2, question: asked, proof };
  assert.throws(() => checkShareProof(key, theirs), refused("share.proof", 2));
  const nobody = { number: 4, question: asked, proof };
  assert.throws(() => checkShareProof(key, nobody), refused("key.trustee", 4));
  const short = { number: 1, question: asked, proof: proof.slice(1) };
  assert.throws(() => checkShareProof(key, short), refused("proof.length"));
});

test("one trustee alone deals no shares and holds the key (§9.3)", () => {
  const alone = new Ceremony(new Uint8Array(16), ["Ann"], 1);
  const { secret, commitment } = prepare(alone, 1, { rng: rng("alone") });
  const seen = checkReveals(alone, [commitment], [secret.reveal]);
  const dealing = deal(secret, { ceremony: alone, reveals: seen, rng: rng("alone") });
  const given = { ceremony: alone, commitments: [commitment], dealings: [dealing], complaints: [] };
  const { confirmation } = finish(secret, { ...given, reveals: seen, rng: rng("alone") });

  assert.deepEqual(dealing.toJson(), { number: 1, shares: [] });
  const key = conclude(alone, { ...given, reveals: [secret.reveal], confirmations: [confirmation] });
  assert.deepEqual(key.publicKey, secret.reveal.coefficients[0]);
  assert.ok(new CeremonyRejected("ceremony.out") instanceof SealingError);
});
