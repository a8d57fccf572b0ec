// What a trustee's software checks before it mixes and before it opens (docs/spec/trustees.md §5.3,
// §5.4), on a small contest of which one thing is changed at a time.
import assert from "node:assert/strict";
import test from "node:test";
import { trackerHash } from "../../static/js/sealing/ballot.js";
import { bytesOfHex, hexOfBytes } from "../../static/js/sealing/bytes.js";
import { KeyShare } from "../../static/js/sealing/keys.js";
import { signCommitment } from "../../static/js/sealing/maker.js";
import { checkPart, readPart } from "../../static/js/sealing/opening.js";
import {
  checkBeforeMixing,
  checkBeforeOpening,
  makeParts,
  mayReveal,
} from "../../static/js/trustee/checks.js";
import { CheckFailed } from "../../static/js/trustee/failures.js";
import { pool } from "../../static/js/trustee/closed.js";
import { altered, key, makeContest, shares } from "./contests.mjs";

const { board, setting } = makeContest();
const nothing = { remembered: {}, progress: () => {} };
const box = { contest: "contest-1", number: 0, progress: () => {} };

const failsBy = (check) => (error) => error instanceof CheckFailed && error.check === check;
const numberOf = (kind, place = 0) =>
  board.entries.filter((entry) => entry.kind === kind).at(place).number;

// The record with the entry of this kind and place changed.
function changed(kind, alter, place = 0) {
  const number = numberOf(kind, place);
  return board.record((entry) => [entry.number === number ? altered(entry, alter) : entry]);
}

// The record without the entry of this kind and place.
const without = (kind, place = 0) =>
  board.record((entry) => (entry.number === numberOf(kind, place) ? [] : [entry]));

// The record with another entry behind the last.
function withMore(kind, content) {
  const { number } = board.entries.at(-1);
  const last = board.entries.at(-1);
  const next = altered({ ...last, kind, number: number + 1, content }, () => {});
  return board.record((entry) => (entry === last ? [entry, next] : [entry]));
}

// By what a ballot is told to be set aside.
function trackedOf({ number, content: { credential, votes } }) {
  const sealed = { toBytes: () => bytesOfHex(votes[0]) };
  const tracker = trackerHash(bytesOfHex(credential), [sealed], { setting });
  return { entry: number, tracker: hexOfBytes(tracker) };
}

const flip = (hex, place) =>
  hex.slice(0, place) + (hex[place] === "0" ? "1" : "0") + hex.slice(place + 1);

test("a contest that is as it ought to be passes, and is opened (§5.4)", async () => {
  const found = [];
  const told = [];

  const checked = await checkBeforeOpening(board.record(), {
    remembered: {},
    progress: (done) => told.push(done),
    say: (sentence) => found.push(sentence),
  });

  assert.deepEqual(
    checked.boxes.map(({ number, last }) => [number, last.length]),
    [
      [0, 2],
      [1, 3],
    ],
  );
  assert.equal(found.length, 5);
  assert.match(found[2], /^6 ballots checked/);
  assert.match(found[3], /^2 boxes made again .* Set aside by the notice’s rule: 1 ballot\.$/);
  assert.ok(told.every((done, at) => done >= (told[at - 1] ?? 0)) && told.at(-1) === 1);
});

for (const [why, check, record] of [
  ["the notice is not the one named", "opening.entries", () => changed("notice", (it) => {
    it.smallest_box = 1;
  })],
  ["a second roll after the opening", "opening.entries", () => withMore("roll", {})],
  ["an amendment before the opening is not named", "opening.amendments", () =>
    changed("opening", (it) => {
      it.amendments = ["00".repeat(32)];
    })],
  ["its contests are others", "opening.contests", () => changed("opening", (it) => {
    it.contests[0].title = "Treasurer";
  })],
  ["no close", "entry.missing", () => without("close")],
  ["a second reconciliation", "entry.twice", () => withMore("reconciliation", {})],
  ["it was declared void", "poll.void", () => withMore("void", { reason: "…" })],
  ["keys told after the close are not those sealed", "amendment.keys", () =>
    changed("reconciliation", (it) => {
      it.amended_keys[0].salt = "11".repeat(32);
    })],
  ["keys told are of no amendment", "amendment.keys", () => without("amendment")],
  ["keys told are more than were sealed", "amendment.keys", () =>
    changed("reconciliation", (it) => {
      it.amended_keys.push(it.amended_keys[0]);
    })],
  ["an amendment leaves its keys to an issuer who is not there", "amendment.keys", () =>
    changed("amendment", (it) => {
      it.keys = null;
    })],
  ["an issuer who is not there brings keys", "issuer.signature", () =>
    withMore("keys", { issued: [], revoked: null })],
  ["an issuer who is not there has signed", "issuer.signature", () =>
    changed("reissue", (it) => {
      it.signature = "00".repeat(64);
    })],
  ["more keys are in force than people", "credentials.number", () =>
    changed("amendment", (it) => {
      it.changes[0].change = "corrected";
    })],
  ["a second notice", "entry.twice", () => withMore("notice", board.entries[0].content)],
  ["a ceremony begun anew behind the key", "key.superseded", () => withMore("ceremony", {})],
  ["a new key replaces none", "reissue.revoked", () => changed("reissue", (it) => {
    it.revoked = [];
  })],
  ["a reissue of a key nobody had", "reissue.revoked", () => changed("reissue", (it) => {
    it.revoked = ["22".repeat(32)];
  })],
  ["a ballot under a key that nobody was issued", "ballot.unknown", () =>
    changed("ballot", (it) => {
      it.credential = "22".repeat(32);
    })],
  ["a ballot under a key that was revoked", "ballot.revoked", () => {
    const revoked = board.entries[numberOf("reissue")].content.revoked[0];
    return changed("ballot", (it) => {
      it.credential = revoked;
    }, 2);
  }],
  ["a key that voted is replaced after it", "ballot.revoked", () => {
    const { credential } = board.entries[numberOf("ballot", 3)].content;
    const replacing = { credential: "33".repeat(32), revoked: [credential] };
    return withMore("reissue", { ...replacing, signature: null, revocations: null });
  }],
  ["two ballots of one credential", "ballot.twice", () => {
    const [first] = board.entries.filter(({ kind }) => kind === "ballot");
    return changed("ballot", (it) => Object.assign(it, first.content), 1);
  }],
  ["a ballot after the close", "ballot.time", () => {
    const [first] = board.entries.filter(({ kind }) => kind === "ballot");
    return withMore("ballot", first.content);
  }],
  ["a ballot's proof", "ballot.proof", () => changed("ballot", (it) => {
    it.votes[0] = flip(it.votes[0], 261);
  })],
  ["a ballot's signature", "ballot.signature", () => changed("ballot", (it) => {
    it.signature = flip(it.signature, 127);
  })],
  ["a ballot of a challenged paper", "ballot.repeated", () => {
    const [first] = board.entries.filter(({ kind }) => kind === "ballot");
    const [vote] = first.content.votes;
    return withMore("challenge", { votes: [{ c1: vote.slice(0, 66), c2: vote.slice(66, 132) }] });
  }],
  ["a ballot set aside by another's tracker", "set-aside.tracker", () =>
    changed("set-aside", (it) => {
      it.ballots[0].tracker = flip(it.ballots[0].tracker, 5);
    })],
  ["what is set aside is no ballot", "set-aside.entry", () => changed("set-aside", (it) => {
    it.ballots[0].entry = 1;
  })],
  ["a ballot set aside twice", "set-aside.twice", () => changed("set-aside", (it) => {
    it.ballots.push(it.ballots[0]);
  })],
  ["a ballot stands that was not set aside", "set-aside.twice", () => {
    const { content } = board.entries[numberOf("set-aside")];
    const number = numberOf("set-aside");
    return board.record((entry) => [
      entry.number === number ? { ...entry, kind: "ballots-stand", content } : entry,
    ]);
  }],
  ["a ballot is set aside by no amendment", "set-aside.amendment", () =>
    changed("set-aside", (it) => {
      it.ballots[0].amendment = 3;
    })],
  ["a ballot is set aside before its amendment", "set-aside.amendment", () => {
    const amendment = numberOf("amendment", 1);
    return board.record((entry) => [entry.number === amendment ? { ...entry, number: 99 } : entry]);
  }],
  ["a ballot is set aside for another reason than its amendment has", "set-aside.amendment", () =>
    changed("amendment", (it) => {
      it.reason = "duplicate";
    }, 1)],
  ["two ballots are set aside for one who was struck off", "set-aside.amendment", () => {
    const second = board.entries[numberOf("ballot", 1)];
    return changed("set-aside", (it) => it.ballots.push({ ...it.ballots[0], ...trackedOf(second) }));
  }],
  ["that amendment's number is a text the second time", "set-aside.amendment", () => {
    const second = board.entries[numberOf("ballot", 1)];
    return changed("set-aside", (it) =>
      it.ballots.push({ ...it.ballots[0], ...trackedOf(second), amendment: "2" }),
    );
  }],
  ["a ballot is set aside for somebody of another section", "set-aside.amendment", () =>
    changed("amendment", (it) => {
      it.changes[0].section = "b";
    }, 1)],
  ["a ballot is set aside for somebody who was added", "set-aside.amendment", () =>
    changed("amendment", (it) => {
      it.changes[0].change = "added";
    }, 1)],
  ["a ballot stands again with nobody restored", "set-aside.amendment", () =>
    withMore("ballots-stand", board.entries[numberOf("set-aside")].content)],
  ["a ballot is set aside that stands by the notice", "set-aside.rule", () => {
    const [amendment, aside] = [numberOf("amendment", 1), numberOf("set-aside")];
    const resigned = (it) => {
      (it.ballots?.[0] ?? it).reason = "resigned";
    };
    return board.record((entry) => [
      [amendment, aside].includes(entry.number) ? altered(entry, resigned) : entry,
    ]);
  }],
  ["who was struck off is on the roll again", "reconciliation.struck", () =>
    changed("amendment", (it) => {
      it.changes.push({ ...it.changes[0], change: "restored" });
    }, 1)],
  ["people are fewer than none", "entry.form", () => changed("amendment", (it) => {
    it.changes.push({ ...it.changes[0], change: "restored", people: -9 });
  }, 1)],
  ["two amendments have one number", "amendment.number", () => {
    const content = { ...board.entries[numberOf("amendment", 1)].content, number: 1 };
    return board.record((entry) => {
      if (entry.number === numberOf("amendment", 1)) return [{ ...entry, content }];
      if (entry.kind !== "reconciliation") return [entry];
      return [altered(entry, (it) => Object.assign(it.amended_keys[1], { amendment: 1 }))];
    });
  }],
  ["a ballot set aside is in its box", "box.ballots", () => without("set-aside")],
  ["a ballot is missing on the board", "box.ballots", () => without("ballot", 4)],
  ["a box is left out", "box.list", () => changed("reconciliation", (it) => {
    it.boxes.pop();
  })],
  ["a box was fixed otherwise", "box.digest", () => changed("reconciliation", (it) => {
    it.boxes[1].digest = flip(it.boxes[1].digest, 9);
  })],
  ["a box has fewer mixes than the notice promises", "mix.wanted", () => without("mix", 1)],
  ["the server mixes after a trustee", "mix.mixer", () => changed("mix", (it) => {
    Object.assign(it, { trustee: null, signature: null, mixer: "server 2" });
  }, 1)],
  ["the server's mix bears another name", "mix.mixer", () => changed("mix", (it) => {
    it.mixer = "Siân";
  })],
  ["a trustee's mix bears another trustee's number", "mix.mixer", () => changed("mix", (it) => {
    it.trustee = 2;
  }, 1)],
  ["a trustee's mix is signed by another", "mix.maker", () => changed("mix", (it) => {
    it.signature = flip(it.signature, 129);
  }, 1)],
  ["a mix is numbered out of its order", "mix.number", () => changed("mix", (it) => {
    it.number = 3;
  }, 1)],
  ["a mix is of another box", "shuffle.length", () => {
    const other = board.entries[numberOf("mix", 2)].content.content;
    return changed("mix", (it) => {
      it.content = other;
    });
  }],
]) {
  test(`nothing is opened where ${why}: ${check} (§5.4)`, async () => {
    await assert.rejects(() => checkBeforeOpening(record(), nothing), failsBy(check));
  });
}

test("a ballot that stands again, for somebody restored, is in its box (bundle §4.1)", async () => {
  const { board: restored } = makeContest({ stand: true });

  const { boxes } = await checkBeforeOpening(restored.record(), nothing);

  assert.deepEqual(boxes.map(({ last }) => last.length), [3, 3]);
});

test("a box smaller than the notice allows is opened only with every ballot cast (§5.4, §6)", async () => {
  const lessened = makeContest({ smallest: 6 }).board.record();
  const isFound = (error) =>
    failsBy("box.small")(error) && /5 of the 6 ballots cast/.test(error.message);

  await checkBeforeOpening(makeContest({ smallest: 5 }).board.record(), nothing);
  await checkBeforeOpening(makeContest({ smallest: 7, aside: 0 }).board.record(), nothing);
  await assert.rejects(() => checkBeforeOpening(lessened, nothing), isFound);
});

test("a box that nobody but the server has mixed is not opened (sealing §8.6, §10.6)", async () => {
  const { board: once } = makeContest({ wanted: 1 });
  const [, second] = once.entries.filter(({ kind }) => kind === "mix");
  const record = once.record((entry) => (entry === second ? [] : [entry]));

  await checkBeforeOpening(once.record(), nothing);
  await assert.rejects(() => checkBeforeOpening(record, nothing), failsBy("mix.nobody"));
});

test("a mix whose proof does not hold is refused, and says where (§5.3, §5.4)", async () => {
  const { content } = board.entries[numberOf("mix")].content;
  const bytes = board.blobs.get(content.sha256).slice();
  bytes[bytes.length - 1] ^= 1;
  const named = board.blob(bytes);
  const record = changed("mix", (it) => {
    it.content = named;
  });
  const isFound = (error) =>
    failsBy("shuffle.c1")(error) && /entry \d+ \(mix\), contest-1, box 0, mix 1/.test(error.where);

  await assert.rejects(() => checkBeforeOpening(record, nothing), isFound);
  await assert.rejects(() => checkBeforeMixing(record, box), isFound);
  await checkBeforeMixing(board.record(), box);
});

test("a mixer takes the box as it was fixed, by hash (§5.3)", async () => {
  const { box: last } = await checkBeforeMixing(board.record(), box);
  const { boxes } = await checkBeforeOpening(board.record(), nothing);
  const otherBox = changed("reconciliation", (it) => {
    it.boxes[0].sealed = it.boxes[1].sealed;
  });

  assert.deepEqual(last.toBytes(), boxes[0].last.toBytes());
  await assert.rejects(() => checkBeforeMixing(otherBox, box), failsBy("box.ballots"));
  await assert.rejects(
    () => checkBeforeMixing(board.record(), { ...box, number: 7 }),
    failsBy("box.list"),
  );
});

test("one list of a box is opened, ever (sealing §10.6)", async () => {
  const { boxes } = await checkBeforeOpening(board.record(), nothing);
  const same = { ...nothing, remembered: { "contest-1 0": boxes[0].hash } };
  const other = { ...nothing, remembered: { "contest-1 0": boxes[1].hash } };

  await checkBeforeOpening(board.record(), same);
  await assert.rejects(
    () => checkBeforeOpening(board.record(), other),
    failsBy("opening.second-list"),
  );
});

test("the same part is made again, and another in one's name is found out (§5.4)", async () => {
  const checked = await checkBeforeOpening(board.record(), nothing);
  const opening = { share: shares[0], progress: () => {} };
  const parts = makeParts(board.record(), checked, opening);
  const place = { contest: "contest-1", box: 0, trustee: 1 };
  const { name } = checked.boxes[0].last;
  const told = (commitment, share) => ({
    ...place,
    commitment: hexOfBytes(commitment),
    signature: hexOfBytes(signCommitment(commitment, { name, setting, key, share })),
  });
  const own = withMore("opening-commitment", told(parts[0].commitment, shares[0]));
  const foreign = withMore("opening-commitment", told(new Uint8Array(32), shares[0]));
  const forged = withMore("opening-commitment", told(parts[0].commitment, shares[1]));

  const again = makeParts(own, checked, opening);

  const unsigned = (made) => made.map(({ signature, ...rest }) => rest);
  assert.deepEqual(unsigned(again), unsigned(parts));
  for (const [row, { part }] of parts.entries()) {
    const { last } = checked.boxes[row];
    checkPart(last, readPart(part, { box: last }), { setting, key });
  }
  assert.throws(
    () => makeParts(foreign, checked, opening),
    failsBy("opening.own-commitment"),
  );
  assert.throws(() => makeParts(forged, checked, opening), failsBy("opening.maker"));
});

test("a part is revealed when a quorum has committed for every box, and not before", async () => {
  const checked = await checkBeforeOpening(board.record(), nothing);
  const parts = makeParts(board.record(), checked, { share: shares[0], progress: () => {} });
  // Who commits, by the share that each signs with, and what may be changed in it.
  const forged = new KeyShare(2, shares[0].publicKey, shares[0].secret);
  const held = { 1: shares[0], 2: shares[1], forged };
  const committed = (signers, alter = (content) => content) => {
    const entries = Object.entries(signers).flatMap(([trustee, signer]) =>
      parts.map(({ contest, number, commitment }, row) => {
        const { name } = checked.boxes[row].last;
        const signed = { name, setting, key, share: held[signer] };
        const content = {
          contest,
          box: number,
          trustee: Number(trustee),
          commitment: hexOfBytes(commitment),
          signature: hexOfBytes(signCommitment(commitment, signed)),
        };
        return { kind: "opening-commitment", number: 99, content: alter(content, row) };
      }),
    );
    const last = board.entries.at(-1);
    return board.record((entry) => (entry === last ? [entry, ...entries] : [entry]));
  };
  const mine = { trustee: 1 };
  const onBoard = (signers, alter) => () => mayReveal(committed(signers, alter), parts, mine);

  assert.ok(onBoard({ 1: 1, 2: 2 })());
  assert.ok(!onBoard({ 1: 1 })());
  assert.ok(!onBoard({ 2: 2 })());
  assert.ok(!mayReveal(board.record(), parts, mine));
  // What a server writes in another's name makes no quorum: unsigned, or signed with another share.
  const unsigned = ({ signature, ...rest }) => (rest.trustee === 2 ? rest : { ...rest, signature });
  assert.throws(onBoard({ 1: 1, 2: 2 }, unsigned), failsBy("opening.maker"));
  assert.throws(onBoard({ 1: 1, 2: 1 }), failsBy("opening.maker"));
  assert.throws(onBoard({ 1: 1, 2: "forged" }), failsBy("opening.maker"));
  // Nor does one signed for another box, nor nobody's, nor one trustee's second.
  const swapped = [];
  onBoard({ 2: 2 }, (content, row) => (swapped[row] = content))();
  const elsewhere = (content, row) =>
    content.trustee === 2 ? { ...content, signature: swapped.at(row - 1).signature } : content;
  assert.throws(onBoard({ 1: 1, 2: 2 }, elsewhere), failsBy("opening.maker"));
  assert.throws(onBoard({ 1: 1, 7: 2 }), failsBy("opening.trustee"));
  const asFirst = (content) => ({ ...content, trustee: 1 });
  assert.throws(onBoard({ 1: 1, 2: 1 }, asFirst), failsBy("opening.twice"));
  const ended = withMore("void", { reason: "…" });
  assert.throws(() => mayReveal(ended, parts, mine), failsBy("poll.void"));
});

test("small sections are pooled by the rule of the notice (bundle §4.2)", () => {
  const pooled = (counted, smallest) => pool(new Map(Object.entries(counted)), smallest);

  assert.deepEqual(pooled({ a: 9, b: 8 }, 3), [["a"], ["b"]]);
  assert.deepEqual(pooled({ a: 1, b: 2, c: 9 }, 3), [["a", "b"], ["c"]]);
  assert.deepEqual(pooled({ a: 1, b: 8, c: 8, d: 9 }, 3), [["a", "b"], ["c"], ["d"]]);
  assert.deepEqual(pooled({ a: 9, b: 0, c: 4 }, 3), [["a"], ["b", "c"]]);
  assert.deepEqual(pooled({ a: 1, b: 1 }, 9), [["a", "b"]]);
});
