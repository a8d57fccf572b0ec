// The browser's half of the sealing, on the vectors that the core is tested with.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { schnorr } from "@noble/curves/secp256k1.js";
import {
  ballotSize,
  paperMessage,
  SealedBallot,
  sealBallot,
  sealVote,
  sealVotes,
  trackerHash,
  trackerWords,
} from "../../static/js/sealing/ballot.js";
import { bytesOfHex, bytesOfNumber, hexOfBytes, numberOf } from "../../static/js/sealing/bytes.js";
import { transcriptHash, wideReduce, xof, xofRng } from "../../static/js/sealing/canonical.js";
import {
  drawOpening,
  fingerprintOf,
  makePaper,
  PaperOpening,
  readOpening,
} from "../../static/js/sealing/challenge.js";
import {
  makeCode,
  readCode,
  showCode,
  signIdentity,
  VotingKey,
  votingKey,
} from "../../static/js/sealing/codes.js";
import {
  CodeRejected,
  Malformed,
  RankingRejected,
  SealingError,
} from "../../static/js/sealing/errors.js";
import { ORDER, randomScalar, readPoint } from "../../static/js/sealing/group.js";
import { sealPostal, signPostal, tellerKey } from "../../static/js/sealing/postal.js";
import { RankingSpace } from "../../static/js/sealing/rankings.js";
import { checkName, Setting } from "../../static/js/sealing/setting.js";
import { WORDS } from "../../static/js/sealing/wordlist.js";

const here = path.dirname(fileURLToPath(import.meta.url));
const vectors = JSON.parse(
  await readFile(path.join(here, "..", "vectors", "sealing.json"), "utf8"),
);
// The group's generator, whose secret is 1.
const BASE = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
const refused = (kind, condition) => (error) =>
  error instanceof kind && error.condition === condition;

test("there are vectors of every kind that is tested here", () => {
  for (const kind of ["transcripts", "streams", "rankings", "codes", "refused_codes", "ballots"].concat([
    "challenges",
    "refused_challenges",
  ])) {
    assert.ok(vectors[kind].length > 1, kind);
  }
});

for (const { use, parts, hash } of vectors.transcripts) {
  test(`the transcript of ${use} with ${parts.length} parts has its hash (§2.2)`, () => {
    const read = { hex: bytesOfHex, text: String, integer: Number };
    const given = parts.map((part) => {
      const [[kind, value]] = Object.entries(part);
      return read[kind](value);
    });

    assert.equal(hexOfBytes(transcriptHash(use, ...given)), hash);
  });
}

for (const { seed, first_80_bytes: first, scalar } of vectors.streams) {
  test(`the stream of ${seed.slice(0, 8)} is drawn and reduced (§2.3, §2.4)`, () => {
    assert.equal(hexOfBytes(xof(bytesOfHex(seed), 80)), first);
    assert.equal(
      hexOfBytes(bytesOfNumber(wideReduce(bytesOfHex(seed), ORDER), 32)),
      scalar,
    );
  });
}

for (const { candidates, preferences, size, rankings } of vectors.rankings) {
  test(`rankings of ${preferences} of ${candidates} have their numbers (§4.1)`, () => {
    const space = new RankingSpace(candidates, preferences);

    assert.equal(space.size, size);
    for (const { index, ranking } of rankings) {
      assert.equal(space.index(ranking), index);
      assert.deepEqual(space.ranking(index), ranking);
    }
  });
}

test("every ranking of a small space has a number of its own (§4.1)", () => {
  const space = new RankingSpace(5, 4);
  const all = Array.from({ length: space.size }, (_, index) => space.ranking(index));

  assert.equal(new Set(all.map(String)).size, space.size);
  all.forEach((ranking, index) => assert.equal(space.index(ranking), index));
});

test("a ranking outside the rules is refused by name (§4.1)", () => {
  const space = new RankingSpace(5, 3);

  assert.equal(space.index([4, 0, 1]), space.index(space.ranking(space.index([4, 0, 1]))));
  assert.throws(() => space.index([0, 1, 2, 3]), refused(RankingRejected, "ranking.length"));
  assert.throws(() => space.index([1, 1]), refused(RankingRejected, "ranking.repeated"));
  for (const who of [5, -1, 0.5]) {
    assert.throws(() => space.index([who]), refused(RankingRejected, "ranking.candidate"));
  }
  for (const index of [space.size, -1, 0.5]) {
    assert.throws(() => space.ranking(index), refused(RankingRejected, "ranking.index"));
  }
  assert.throws(() => new RankingSpace(10, 10), refused(RankingRejected, "ranking.space"));
  assert.throws(() => new RankingSpace(3, 0), refused(RankingRejected, "ranking.preferences"));
  assert.throws(() => new RankingSpace(3, 4), refused(RankingRejected, "ranking.preferences"));
});

for (const { code, shown, typed, election_id: id, credential } of vectors.codes) {
  test(`the code ${shown} is read and becomes its key (§5.2, §5.3)`, () => {
    const electionId = bytesOfHex(id);

    assert.equal(readCode(typed), code);
    assert.equal(readCode(shown), code);
    assert.equal(showCode(code), shown);
    assert.equal(hexOfBytes(votingKey(typed, { electionId }).credential), credential);
  });
}

for (const { typed, condition, why } of vectors.refused_codes) {
  test(`a code is refused: ${why} (§5.2)`, () => {
    assert.throws(() => readCode(typed), refused(CodeRejected, condition));
  });
}

test("a code makes another key in another election (§5.3)", () => {
  const { code } = vectors.codes[2];
  const one = votingKey(code, { electionId: new Uint8Array(16) });
  const other = votingKey(code, { electionId: new Uint8Array(16).fill(1) });

  assert.notEqual(hexOfBytes(one.credential), hexOfBytes(other.credential));
  assert.throws(
    () => votingKey(code, { electionId: new Uint8Array(15) }),
    refused(Malformed, "code.election"),
  );
});

test("a voting key shows its credential and never its secret", () => {
  const key = votingKey(vectors.codes[2].code, { electionId: new Uint8Array(16) });

  assert.deepEqual(Object.keys(key), ["credential"]);
  assert.ok(!JSON.stringify(key).includes("secret"));
});

for (const [number, it] of vectors.ballots.entries()) {
  const setting = new Setting(bytesOfHex(it.fingerprint), bytesOfHex(it.key));
  const place = { setting, section: it.section, unit: it.unit };
  const contests = it.votes.map(({ contest }) => contest);
  const credential = bytesOfHex(it.credential);

  test(`ballot ${number} is sealed, signed and tracked as the core does it (§6.1 to §6.6)`, () => {
    const key = new VotingKey(bytesOfHex(it.secret));
    const votes = it.votes.map((vote) =>
      sealVote(vote.choice, {
        ...place,
        contest: vote.contest,
        credential,
        randomness: numberOf(bytesOfHex(vote.randomness)),
        nonce: numberOf(bytesOfHex(vote.nonce)),
      }),
    );

    votes.forEach((vote, at) => {
      for (const part of ["c1", "c2", "commitment", "response"]) {
        assert.equal(hexOfBytes(vote[part]), it.votes[at][part], part);
      }
    });
    assert.equal(hexOfBytes(key.credential), it.credential);
    const message = paperMessage(votes, { ...place, contests, credential });
    assert.equal(hexOfBytes(message), it.message);
    const ballot = new SealedBallot(credential, votes, key.sign(message, bytesOfHex(it.auxiliary)));
    assert.equal(hexOfBytes(ballot.toBytes()), it.wire);
    assert.equal(ballot.toBytes().length, ballotSize(contests.length));
    const tracker = trackerHash(credential, votes, { setting });
    assert.equal(hexOfBytes(tracker), it.tracker);
    assert.deepEqual(trackerWords(tracker), it.tracker_words);
  });
}

const electionOf = ({ fingerprint, key }) => new Setting(bytesOfHex(fingerprint), bytesOfHex(key));
const spacesOf = ({ spaces }) =>
  spaces.map(({ candidates, preferences }) => new RankingSpace(candidates, preferences));

for (const it of vectors.challenges) {
  test(`the challenged paper ${it.ballot} is made again as it was sealed (§6.7)`, () => {
    const ballot = vectors.ballots[it.ballot];
    const setting = electionOf(ballot);
    const contests = ballot.votes.map(({ contest }) => contest);

    const opening = readOpening(it.text, { setting, spaces: spacesOf(it) });
    const { votes, tracker } = makePaper(opening, { setting, contests });

    assert.equal(opening.toText(), it.text);
    assert.equal(hexOfBytes(fingerprintOf(it.text)), ballot.fingerprint);
    assert.deepEqual([opening.section, opening.unit], [ballot.section, ballot.unit]);
    votes.forEach((vote, at) => {
      assert.equal(opening.votes[at].ranking, ballot.votes[at].choice);
      for (const part of ["c1", "c2", "commitment", "response"]) {
        assert.equal(hexOfBytes(vote[part]), ballot.votes[at][part], part);
      }
    });
    assert.equal(hexOfBytes(tracker), it.tracker);
    assert.deepEqual(trackerWords(tracker), it.tracker_words);
  });
}

for (const { text, condition, why } of vectors.refused_challenges) {
  test(`an opening is refused: ${why} (§6.7)`, () => {
    const [, good] = vectors.challenges;
    const given = { setting: electionOf(vectors.ballots[good.ballot]), spaces: spacesOf(good) };

    assert.ok(readOpening(good.text, given));
    assert.throws(() => readOpening(text, given), refused(SealingError, condition));
  });
}

test("a paper is drawn, r and then k of each contest, and is sealed as by sealVotes (§6.7)", () => {
  const { fingerprint, key: point, credential } = vectors.ballots[0];
  const setting = electionOf({ fingerprint, key: point });
  const given = { setting, section: "member", credential: bytesOfHex(credential) };
  const contests = ["leader", "deputy"];

  const opening = drawOpening([3, 0], { ...given, rng: xofRng(Uint8Array.of(9)) });
  const paper = makePaper(opening, { setting, contests });

  const expected = sealVotes([3, 0], { ...given, contests, rng: xofRng(Uint8Array.of(9)) });
  assert.deepEqual(paper.votes, expected);
  const again = drawOpening([3, 0], given);
  assert.notEqual(again.toText(), drawOpening([3, 0], given).toText());
});

test("an opening of no paper is refused: c2 would be infinite (§6.7)", () => {
  const { fingerprint } = vectors.ballots[0];
  const setting = new Setting(bytesOfHex(fingerprint), bytesOfHex(BASE)); // Its secret is 1.
  const opening = (ranking) =>
    new PaperOpening({
      fingerprint: setting.fingerprint,
      credential: new Uint8Array(32),
      section: "member",
      unit: "",
      votes: [{ ranking, randomness: ORDER - 4n, nonce: 1n }],
    });
  const given = { setting, contests: ["leader"] };

  assert.ok(makePaper(opening(2), given));
  assert.throws(() => makePaper(opening(3), given), refused(Malformed, "challenge.form"));
});

test("a whole ballot draws r and the nonce of each contest, then the signature's 32 bytes", () => {
  const { fingerprint, key: point, secret } = vectors.ballots[0];
  const setting = new Setting(bytesOfHex(fingerprint), bytesOfHex(point));
  const key = new VotingKey(bytesOfHex(secret));
  const place = { setting, contests: ["leader", "deputy"], section: "member" };
  const drawn = xofRng(new Uint8Array([9]));
  const [r1, k1, r2, k2] = Array.from({ length: 4 }, () => randomScalar(drawn));

  const ballot = sealBallot([3, 0], { ...place, key, rng: xofRng(new Uint8Array([9])) });

  const options = { setting, section: "member", credential: key.credential };
  const expected = [
    sealVote(3, { ...options, contest: "leader", randomness: r1, nonce: k1 }),
    sealVote(0, { ...options, contest: "deputy", randomness: r2, nonce: k2 }),
  ];
  assert.deepEqual(ballot.votes, expected);
  const message = paperMessage(ballot.votes, { ...place, credential: key.credential });
  assert.equal(hexOfBytes(ballot.signature), hexOfBytes(key.sign(message, drawn(32))));
  assert.ok(schnorr.verify(ballot.signature, message, key.credential));
});

test("the same choice is never sealed alike twice", () => {
  const { fingerprint, key: point, credential } = vectors.ballots[0];
  const setting = new Setting(bytesOfHex(fingerprint), bytesOfHex(point));
  const options = {
    setting,
    contests: ["leader"],
    section: "member",
    credential: bytesOfHex(credential),
  };

  const seen = Array.from({ length: 5 }, () => hexOfBytes(sealVotes([1], options)[0].c1));

  assert.equal(new Set(seen).size, 5);
  assert.throws(() => sealVotes([1, 2], options), RangeError);
});

test("who holds a code can prove it without showing it (§5.4)", () => {
  const electionId = bytesOfHex(vectors.codes[2].election_id);
  const key = votingKey(vectors.codes[2].code, { electionId });
  const message = transcriptHash("identify", electionId, key.credential);

  const signature = signIdentity(key, { electionId });

  assert.ok(schnorr.verify(signature, message, key.credential));
  const other = transcriptHash("identify", new Uint8Array(16), key.credential);
  assert.ok(!schnorr.verify(signature, other, key.credential));
});

test("a key that is not a point, or a wrong fingerprint, makes no setting (§3.4)", () => {
  const { fingerprint, key } = vectors.ballots[0];

  assert.ok(new Setting(bytesOfHex(fingerprint), bytesOfHex(key)));
  assert.throws(
    () => new Setting(new Uint8Array(31), bytesOfHex(key)),
    refused(Malformed, "setting.fingerprint"),
  );
  const offCurve = `02${"0".repeat(62)}05`; // x = 5 is on no point of secp256k1.
  for (const bad of [`04${key.slice(2)}`, key.slice(2), offCurve, "00".repeat(33)]) {
    assert.throws(
      () => new Setting(bytesOfHex(fingerprint), bytesOfHex(bad)),
      refused(Malformed, "setting.key"),
    );
  }
});

test("points are read in their compressed form alone (§3.1)", () => {
  const { key } = vectors.ballots[0];
  const uncompressed = readPoint(bytesOfHex(key)).toBytes(false);

  assert.equal(uncompressed.length, 65);
  assert.throws(() => readPoint(uncompressed));
});

test("names that no transcript could bind are refused (§3.4)", () => {
  for (const name of ["leader", "Sir Fôn", "a".repeat(64)]) checkName(name);
  for (const name of ["", "a".repeat(65), "Fo\u0302n", "\ud800"]) {
    assert.throws(() => checkName(name), refused(Malformed, "name"));
  }
});

test("a scalar outside the group's order is drawn again (§3.3)", () => {
  const draws = [new Uint8Array(32), new Uint8Array(32).fill(255), bytesOfNumber(ORDER, 32)];
  const rng = () => draws.shift() ?? bytesOfNumber(7n, 32);

  assert.equal(randomScalar(rng), 7n);
  assert.equal(draws.length, 0);
});

test("the words are BIP 39's English list, unchanged", () => {
  const hash = createHash("sha256").update(`${WORDS.join("\n")}\n`).digest("hex");

  assert.equal(WORDS.length, 2048);
  assert.equal(hash, "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda");
});

for (const it of vectors.postal) {
  test(`the postal paper number ${it.number} is sealed alike by either teller (§6.9, §6.10)`, () => {
    const electionId = bytesOfHex(it.election);
    const place = { number: it.number, setting: electionOf(it), section: it.section };
    const keys = it.codes.map((code) => tellerKey(code, { electionId }));

    keys.forEach((key, at) => {
      const other = bytesOfHex(it.keys[1 - at]);
      const sealed = sealPostal(it.choices, { ...place, contests: it.contests, key, other });
      assert.equal(hexOfBytes(sealed.toBytes()), it.wire);
      const rng = (size) => new Uint8Array(size);
      assert.equal(hexOfBytes(signPostal(sealed, { ...place, key, rng })), it.signatures[at]);
    });
    assert.deepEqual(keys.map(({ credential }) => hexOfBytes(credential)), it.keys);
    assert.throws(
      () => sealPostal(it.choices, { ...place, contests: it.contests, key: keys[0], other: new Uint8Array(32).fill(255) }),
      refused(Malformed, "teller.key"),
    );
  });
}

test("a code made here is one that is read, and no two are alike (§5.1)", () => {
  const codes = Array.from({ length: 20 }, () => makeCode());

  for (const code of codes) assert.equal(readCode(code), code);
  assert.equal(new Set(codes).size, 20);
});
