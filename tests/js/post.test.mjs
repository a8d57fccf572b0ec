// What a trustee's page checks of papers by post before it opens: static/js/trustee/post.js, on the
// postal paper of the vectors (docs/spec/bundle.md §4.6).
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { bytesOfHex } from "../../static/js/sealing/bytes.js";
import { Setting } from "../../static/js/sealing/setting.js";
import { checkPost } from "../../static/js/trustee/post.js";
import { Record } from "../../static/js/trustee/record.js";

const vectors = JSON.parse(await readFile(new URL("../vectors/sealing.json", import.meta.url), "utf8"));
const [paper] = vectors.postal;
const setting = new Setting(bytesOfHex(paper.fingerprint), bytesOfHex(paper.key));
const ELECTOR = "ab".repeat(32);
const ENVELOPE = "11".repeat(32);

// What the board says, as a list of kinds and contents that a test may change.
const said = () => [
  ["opening", {}],
  ["tellers", { tellers: paper.keys.map((key, at) => ({ number: at + 1, name: `T${at}`, key })) }],
  ["envelopes", { sections: [{ section: paper.section, envelopes: 1, hashes: "one" }] }],
  ["envelope", { credential: ELECTOR, envelope: ENVELOPE }],
  ["close", {}],
  ["postal-paper", {
    section: paper.section,
    number: paper.number,
    credential: paper.wire.slice(0, 64),
    votes: [paper.wire.slice(64, 64 + 262)],
    signature: paper.wire.slice(-128),
    tellers: paper.signatures.map((signature, at) => ({ number: at + 1, signature })),
  }],
];

function check(change = () => {}, { dead = [], hashes = ENVELOPE } = {}) {
  const acts = said();
  change(acts, Object.fromEntries(acts));
  const entries = acts.map(([kind, content], number) => ({ kind, content, number }));
  const credentials = { sections: new Map([[ELECTOR, paper.section]]), dead: new Set(dead) };
  return checkPost(new Record(entries, async () => bytesOfHex(hashes)), credentials, { setting });
}

const refused = (check_) => (error) => error.check === check_;

test("a paper that two tellers of the board have signed, and an envelope brought, is taken", async () => {
  const papers = await check();

  assert.deepEqual(papers.map(({ kind }) => kind), ["postal-paper"]);
});

const CASES = {
  "no envelope came": ["post.figure", (acts) => acts.splice(3, 1)],
  "an envelope came that nobody was issued": [
    "envelope.hash", (_, { envelope }) => (envelope.envelope = "22".repeat(32))],
  "an envelope came twice": ["envelope.twice", (acts) => acts.splice(3, 0, acts[3])],
  "an envelope came after the close": ["envelope.time", (acts) => acts.push(...acts.splice(3, 1))],
  "an envelope came before the opening": ["envelope.time", (acts) => acts.push(acts.shift())],
  "its elector cast as well": [
    "envelope.voted", (acts) => acts.splice(1, 0, ["ballot", { credential: ELECTOR }])],
  "its credential is nobody's": [
    "envelope.credential", (_, { envelope }) => (envelope.credential = "cd".repeat(32))],
  "a paper stands twice": ["postal.number", (acts) => acts.push(acts[5])],
  "a paper stands before the close": ["postal.number", (acts) => acts.splice(4, 0, acts.pop())],
  "a paper is under an elector's credential": [
    "postal.credential", (_, { "postal-paper": told }) => (told.credential = ELECTOR)],
  "one teller alone has signed": [
    "teller.same", (_, { "postal-paper": told }) => told.tellers.pop()],
  "a signature is the other teller's": [
    "teller.signature", (_, { "postal-paper": told }) => (told.tellers[1].signature = told.tellers[0].signature)],
  "a teller is nobody": [
    "teller.signature", (_, { "postal-paper": told }) => (told.tellers[1].number = 3)],
  "a paper has another number": [
    "teller.signature", (_, { "postal-paper": told }) => (told.number = 9)],
  "two tellers have one key": [
    "teller.twice", (_, { tellers }) => (tellers.tellers[1].key = tellers.tellers[0].key)],
  "the tellers were named after the close": ["teller.twice", (acts) => acts.push(...acts.splice(1, 1))],
};

for (const [name, [condition, change]] of Object.entries(CASES)) {
  test(`nothing is opened where ${name}`, async () => {
    await assert.rejects(check(change), refused(condition));
  });
}

test("nothing is opened where an envelope's credential died, or its hashes are not as many as said", async () => {
  await assert.rejects(check(undefined, { dead: [ELECTOR] }), refused("envelope.credential"));
  await assert.rejects(check(undefined, { hashes: ENVELOPE + ENVELOPE }), refused("envelope.hash"));
});

// How many times the whole board is looked through where so many envelopes came.
async function looks(many) {
  const numbers = Array.from({ length: many }, (_, at) => (at + 1).toString(16));
  const hashes = numbers.map((number) => number.padStart(64, "0"));
  const keys = numbers.map((number) => `ab${number.padStart(62, "0")}`);
  const acts = said();
  acts[2][1].sections[0].envelopes = many;
  acts.splice(3, 1, ...hashes.map((envelope, at) => ["envelope", { credential: keys[at], envelope }]));
  let seen = 0;
  const entries = acts.map(([kind, content], number) => ({
    get kind() {
      seen += 1;
      return kind;
    },
    content,
    number,
  }));
  const record = new Record(entries, async () => bytesOfHex(hashes.join("")));
  const sections = new Map(keys.map((key) => [key, paper.section]));
  const papers = await checkPost(record, { sections, dead: new Set() }, { setting });
  assert.equal(papers.length, 1);
  return Math.floor(seen / entries.length);
}

test("the board is looked through as often for many envelopes as for one", async () => {
  assert.equal(await looks(200), await looks(1));
});
