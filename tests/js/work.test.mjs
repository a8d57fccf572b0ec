// A trustee mixes and opens through the worker, against a server that answers as the specification
// says (docs/spec/trustees.md §2 to §5).
import assert from "node:assert/strict";
import test from "node:test";
import { BoxName } from "../../static/js/sealing/box.js";
import { bytesOfHex, hexOfBytes } from "../../static/js/sealing/bytes.js";
import { KeyShare } from "../../static/js/sealing/keys.js";
import { checkMixMaker, signCommitment } from "../../static/js/sealing/maker.js";
import { checkRevealed } from "../../static/js/sealing/opening.js";
import { CheckFailed } from "../../static/js/trustee/failures.js";
import { Opened } from "../../static/js/trustee/opened.js";
import { ballotsIn, mixesDue, Work } from "../../static/js/trustee/work.js";
import { altered, key, makeContest, shares } from "./contests.mjs";

const { board, setting } = makeContest({ wanted: 3 });
const ORIGIN = "votes.example/board/leader-2026";
const [, second] = shares;

// The worker's own module, in this process: what it posts goes to `answer`.
let answer;
let ask;
globalThis.self = {
  addEventListener: (_, listen) => {
    ask = listen;
  },
  postMessage: (data) => answer(data),
};
globalThis.fetch = async (address) => {
  const bytes = board.blobs.get(address.split("/").at(-1));
  return { ok: bytes !== undefined, arrayBuffer: async () => bytes.slice().buffer };
};
await import("../../static/js/trustee/worker.js");

// As runTask does it, with what is handed over cloned as it is between page and worker.
function run(task, { onProgress, onFound }) {
  return new Promise((resolve, reject) => {
    answer = (data) => {
      if (data.progress !== undefined) onProgress(data.progress);
      if (data.found !== undefined) onFound(data.found);
      if (data.done !== undefined) resolve(structuredClone(data.done));
      if (data.failed !== undefined) {
        const { check, where, message } = data.failed;
        reject(new CheckFailed(check, where, message));
      }
    };
    ask({ data: structuredClone(task) });
  });
}

class Storage {
  #kept = new Map();
  getItem = (name) => this.#kept.get(name) ?? null;
  setItem = (name, text) => this.#kept.set(name, text);
}

// Work at a board of these entries; `sent` are the requests, in their order.
// boxes: what the seat tells of them when it is asked.
// onWait: what happens to the board, or to anything, while it is waited for; onPost: as the server is
// handed something.
function workAt(entries, { storage = new Storage(), boxes = [], onWait, onPost } = {}) {
  const sent = [];
  const seen = { entries };
  const made = new Work({
    seat: {
      read: async () => ({ boxes }),
      post: async (path, bytes) => {
        sent.push({ path, bytes: new Uint8Array(bytes) });
        onPost?.(seen);
      },
    },
    openBoard: async () => ({
      address: "/board/leader-2026",
      checkpoint: { origin: ORIGIN },
      entries: async () => seen.entries,
      whole: async (entry) => entry,
    }),
    storage,
    run,
    wait: async () => onWait?.(seen),
  });
  return { work: made, sent, seen, storage };
}

const found = [];
const told = { onProgress: () => {}, onFound: (sentence) => found.push(sentence) };
const shown = (ballots, mixes, more = {}) => ({
  contest: "contest-1",
  box: 0,
  label: "Members",
  ballots,
  mixes,
  handed_in: null,
  ...more,
});
const byServer = { number: 1, mixer: "server", trustee: null };
const byAnn = { number: 2, mixer: "Ann", trustee: 1 };
const isAnns = ({ kind, content }) => kind === "mix" && content.box === 0 && content.number === 2;

test("a mix is due where the server has mixed, and this trustee has not (§3)", () => {
  const waiting = { handed_in: { kind: "mix", state: "waiting" } };
  const refused = { handed_in: { kind: "mix", state: "refused" } };
  const said = (boxes) => ({ boxes, mixes_wanted: 2, trustee: { number: 1 } });
  const due = (...boxes) => mixesDue(said(boxes)).length;

  assert.equal(due(shown(5, [byServer])), 1);
  assert.equal(due(shown(5, [byServer], refused)), 1);
  assert.equal(due(shown(5, [])), 0);
  assert.equal(due(shown(5, [byServer, byAnn])), 0);
  assert.equal(due(shown(5, [byAnn])), 0);
  assert.equal(due(shown(5, [byServer], waiting)), 0);
  assert.equal(ballotsIn([shown(5, []), shown(7, [])]), 12);
});

test("a box is mixed in the worker and handed in with its signature (§2, sealing §8.6)", async () => {
  const { work, sent } = workAt(board.entries);

  await work.mix(shown(2, [byServer, byAnn]), second, { ...told, trustee: 2 });

  const [{ path, bytes }] = sent;
  const [, signature] = /^boxes\/contest-1\/0\/mix\/3\/([0-9a-f]{130})$/.exec(path);
  const { name } = boxOf();
  checkMixMaker(bytes, bytesOfHex(signature), { name, setting, key, number: 2 });
  assert.ok(found.some((sentence) => sentence.startsWith("2 mixes before yours checked")));
});

test("a mix is the next on the board that it was made upon, whatever the seat said before (§2)", async () => {
  const { work, sent } = workAt(board.entries);

  await work.mix(shown(2, [byServer]), second, { ...told, trustee: 2 });

  assert.match(sent[0].path, /^boxes\/contest-1\/0\/mix\/3\//);
});

function boxOf() {
  const { boxes } = board.entries.find(({ kind }) => kind === "reconciliation").content;
  const parts = () => ["contest-1", 1, boxes[0].sections[0], ""];
  return { name: { parts } };
}

// The board with mixes_wanted mixes: the third is left out of these tests of opening.
const opened = makeContest();

async function openAt(entries, { share = shares[0], ...given } = {}) {
  const before = board.blobs;
  board.blobs = opened.board.blobs;
  const at = workAt(entries, given);
  try {
    await at.work.open(share, { ...told, trustee: 1 });
  } finally {
    board.blobs = before;
  }
  return at;
}

// The board with what the first trustee sent, and with commitments to it of others, each signed.
function withCommitments(sent, others = []) {
  const entries = sent.flatMap(({ path, bytes }) => {
    const [, contest, box] = path.split("/");
    const said = JSON.parse(new TextDecoder().decode(bytes));
    const entry = (trustee, more) => ({
      kind: "opening-commitment",
      number: 99,
      content: { contest, box: Number(box), trustee, ...said, ...more },
    });
    const signed = (share) => {
      const name = nameOf(Number(box));
      const by = { name, setting: opened.setting, key, share };
      const signature = signCommitment(bytesOfHex(said.commitment), by);
      return entry(share.number, { signature: hexOfBytes(signature) });
    };
    return [entry(1, {}), ...others.map(signed)];
  });
  return [...opened.board.entries, ...entries];
}

function nameOf(row) {
  const { boxes } = opened.board.entries.find(({ kind }) => kind === "reconciliation").content;
  return new BoxName("contest-1", boxes[row].sections);
}

test("parts are committed to, and revealed once the board shows a quorum (sealing §10.3)", async () => {
  const { work, sent, seen } = await openAt(opened.board.entries);
  assert.equal(sent.length, 0);

  await work.commit();
  const commitments = sent.splice(0);
  seen.entries = withCommitments(commitments);
  assert.equal(await work.reveal(), false);
  assert.equal(sent.length, 0);
  seen.entries = withCommitments(commitments, [second]);
  assert.equal(await work.reveal(), true);

  assert.deepEqual(
    sent.map(({ path }) => path),
    ["boxes/contest-1/0/part", "boxes/contest-1/1/part"],
  );
  sent.forEach(({ bytes }, row) => {
    const said = JSON.parse(new TextDecoder().decode(commitments[row].bytes));
    const place = { setting: opened.setting, number: 1 };
    checkRevealed(bytes, bytesOfHex(said.commitment), place);
  });
});

test("after a reload the same commitments are made, and another list is refused", async () => {
  const first = await openAt(opened.board.entries);
  await first.work.commit();
  const { storage } = first;
  const again = await openAt(opened.board.entries, { storage });
  await again.work.commit();
  const saidIn = ({ path, bytes }) => {
    const { commitment, signature } = JSON.parse(new TextDecoder().decode(bytes));
    assert.match(signature, /^[0-9a-f]{130}$/);
    return { path, commitment };
  };
  assert.deepEqual(again.sent.map(saidIn), first.sent.map(saidIn));

  const kept = new Opened(storage, ORIGIN);
  const isSecond = (error) => error.check === "opening.second-list";
  assert.equal(Object.keys(kept.all()).length, 2);
  const other = { contest: "contest-1", number: 0, hash: "00".repeat(32) };
  assert.throws(() => kept.keep([other]), isSecond);
  const remembered = new Storage();
  new Opened(remembered, ORIGIN).keep([other]);
  await assert.rejects(() => openAt(opened.board.entries, { storage: remembered }), isSecond);
});

test("nothing leaves where the list cannot be remembered", async () => {
  const storage = new Storage();
  storage.setItem = () => {
    throw new Error("The storage is full.");
  };

  const { work, sent } = await openAt(opened.board.entries);
  await work.commit();
  assert.equal(sent.length, 2);
  await assert.rejects(() => openAt(opened.board.entries, { storage }), /full/);
});

test("a board that is behind the seat is read again, and nothing is said to be wrong", async () => {
  const isBehind = (error) => error.condition === "board.behind";
  const seen = [byServer, byAnn];

  await openAt(opened.board.entries, { boxes: [shown(2, seen)] });
  const boxes = [shown(2, [...seen, { number: 3, mixer: "Siân", trustee: 2 }])];
  await assert.rejects(() => openAt(opened.board.entries, { boxes }), isBehind);
});

test("a board that was behind the seat is waited for", async () => {
  const signed = board.entries.findIndex(isAnns);
  const onWait = (seen) => Object.assign(seen, { entries: board.entries });
  const boxes = [shown(2, [byServer, byAnn])];
  const { work, sent } = workAt(board.entries.slice(0, signed), { boxes, onWait });

  // Drawn before Ann had mixed: what the seat says now is what the board is held to.
  await work.mix(shown(2, [byServer]), second, { ...told, trustee: 2 });

  assert.match(sent[0].path, /^boxes\/contest-1\/0\/mix\/3\//);
});

test("who is overtaken mixes again from what the other left, and three times at most", async () => {
  const signed = board.entries.findIndex(isAnns);
  const overtaken = Object.assign(new Error("Somebody else mixed."), { code: "mix.overtaken" });
  const onPost = (seen) => {
    if (seen.entries === board.entries) return;
    seen.entries = board.entries;
    throw overtaken;
  };
  const { work, sent } = workAt(board.entries.slice(0, signed), { onPost });

  await work.mix(shown(2, [byServer]), second, { ...told, trustee: 2 });

  const rows = sent.map(({ path }) => path.split("/")[4]);
  assert.deepEqual(rows, ["2", "3"]);

  const never = workAt(board.entries, {
    onPost: () => {
      throw overtaken;
    },
  });
  const mixing = never.work.mix(shown(2, [byServer]), second, { ...told, trustee: 2 });
  await assert.rejects(mixing, (error) => error === overtaken);
  assert.equal(never.sent.length, 3);
});

test("a share of another key, or of another trustee, is refused before anything (§5.2)", async () => {
  const [own, other] = shares;
  const failsBy = (check) => (error) => error instanceof CheckFailed && error.check === check;

  await openAt(opened.board.entries, { share: own });
  for (const [share, check] of [
    [other, "share.trustee"],
    [new KeyShare(1, own.publicKey, own.secret + 1n), "share.key"],
    [new KeyShare(1, key.trustees[0].point, own.secret), "share.key"],
  ]) {
    await assert.rejects(() => openAt(opened.board.entries, { share }), failsBy(check));
  }
});

test("what does not hold is refused by the worker with its words, and nothing is sent", async () => {
  const ballot = opened.board.entries.find(({ kind }) => kind === "ballot");
  const entries = opened.board.entries.map((entry) =>
    entry === ballot
      ? altered(entry, (content) => {
          content.credential = "22".repeat(32);
        })
      : entry,
  );

  await assert.rejects(
    () => openAt(entries),
    (error) =>
      error.check === "ballot.unknown" &&
      error.where === `entry ${ballot.number} (ballot)` &&
      error.message === "Nobody was issued its credential.",
  );
});
