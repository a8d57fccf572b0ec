// A small contest's entries, from the notice to the last mix, as a trustee's software reads them:
// two sections, one ballot set aside, one code issued again and one added during the poll.
import { createHash } from "node:crypto";
import { readEntry } from "../../static/js/board/entries.js";
import { sealBallot, trackerHash } from "../../static/js/sealing/ballot.js";
import { checkBallots } from "../../static/js/sealing/batch.js";
import { boxHash, BoxName, joinBoxes } from "../../static/js/sealing/box.js";
import { bytesOfNumber, hexOfBytes, joined } from "../../static/js/sealing/bytes.js";
import { canonical } from "../../static/js/sealing/canonical.js";
import { VotingKey } from "../../static/js/sealing/codes.js";
import { baseTimes, writePoint } from "../../static/js/sealing/group.js";
import { ElectionKey, KeyShare } from "../../static/js/sealing/keys.js";
import { signMix } from "../../static/js/sealing/maker.js";
import { mix } from "../../static/js/sealing/mixing.js";
import { Setting } from "../../static/js/sealing/setting.js";
import { Record } from "../../static/js/trustee/record.js";

const ELECTION = "8c5d2a4b-e1f0-4c6f-9a7d-e3b1c0ffee02";
const CONTEST = "contest-1";
export const hashOf = (bytes) => createHash("sha256").update(bytes).digest("hex");
export const codeOf = (number) => new VotingKey(bytesOfNumber(BigInt(number), 32));
const hexes = (keys) => keys.map(({ credential }) => hexOfBytes(credential)).sort();

// Entries as they are appended, and the bytes that they name.
export class Board {
  entries = [];
  blobs = new Map();

  constructor(election = ELECTION) {
    this.election = election;
  }

  add(kind, content) {
    const number = this.entries.length;
    const at = kind === "ballot" ? null : "2026-11-02T09:00:00Z";
    const frame = { at, election: this.election, kind, number, version: "hustings/v1" };
    this.entries.push(readEntry(canonical({ ...frame, content }), { number }));
    return this.entries.at(-1);
  }

  blob(bytes) {
    const named = { sha256: hashOf(bytes), size_bytes: bytes.length };
    this.blobs.set(named.sha256, bytes);
    return named;
  }

  keys(section, keys) {
    const bytes = joined(hexes(keys).map((key) => Buffer.from(key, "hex")));
    return { section, credentials: keys.length, keys: this.blob(new Uint8Array(bytes)), signature: null };
  }

  // The record, with one entry's content changed, left out or repeated: change(entry) gives what
  // stands in its place, a list of entries.
  record(change = (entry) => [entry]) {
    const entries = this.entries.flatMap(change);
    return new Record(entries, async ({ sha256 }) => this.blobs.get(sha256));
  }
}

// An entry with other content: its digest, too.
export function altered({ at, election, kind, number, version, content }, alter) {
  const copy = structuredClone(content);
  alter(copy);
  return readEntry(canonical({ at, election, kind, number, version, content: copy }), { number });
}

// Two of two: f(z) = 1000 + 7z.
export const shares = [1, 2].map(
  (number) => new KeyShare(number, writePoint(baseTimes(1000n)), 1000n + 7n * BigInt(number)),
);
const trustees = shares.map(({ number, secret }, at) => ({
  number,
  name: ["Ann", "Siân"][at],
  point: writePoint(baseTimes(secret)),
}));
export const key = new ElectionKey(shares[0].publicKey, 2, trustees);

// Build the whole board. wanted: how many mixes the notice promises (each box has two); smallest: the
// smallest box that it allows; aside: how many ballots are set aside; stand: whether they stand after all.
// Ballots: 3 in section "a", of which those are the first, and 3 in "b". The first amendment adds somebody
// to "b", the second strikes those set aside off "a".
export function makeContest({ wanted = 2, smallest = 2, aside = 1, stand = false } = {}) {
  const board = new Board();
  const contest = { title: "Leader", unopposed: false };
  board.add("notice", {
    smallest_box: smallest,
    mixes_wanted: wanted,
    issuer: null,
    after_cast: { dead: "set-aside", duplicate: "set-aside", excluded: "set-aside", resigned: "stands" },
  });
  board.add("candidates", { contests: [contest] });
  const totals = ["a", "b"].map((section) => ({ section, rule: "eligible", people: 3 }));
  board.add("roll", { totals });
  board.add("key", key.toJson());
  const [a, b] = [[11, 12, 13].map(codeOf), [21, 22, 23].map(codeOf)];
  board.add("credentials", { sections: [board.keys("a", a), board.keys("b", b)] });
  const named = Object.fromEntries(
    board.entries.map(({ kind, digest }) => [kind, hexOfBytes(digest)]),
  );
  const contests = [{ ...contest, code: CONTEST }];
  const opening = { contests, entries: named, amendments: [], software: {} };
  const setting = new Setting(board.add("opening", opening).digest, key.publicKey);
  const [added, again] = [codeOf(31), codeOf(14)];
  const { signature: _, ...issued } = board.keys("b", [added]);
  const sealed = [amend(board, "added", "b", { issued: [issued] })];
  cast(board, setting, "a", a.slice(0, 2));
  const reissue = { credential: hexes([again])[0], revoked: hexes([a[2]]) };
  board.add("reissue", { ...reissue, signature: null, revocations: null });
  cast(board, setting, "a", [again]);
  cast(board, setting, "b", [b[0], b[1], added]);
  board.add("close", {});
  sealed.push(amend(board, "struck", "a", { people: aside }));
  close(board, setting, sealed, { smallest, aside, stand });
  return { board, setting };
}

// Amend the roll; gives what the reconciliation tells of its keys, which are sealed.
function amend(board, change, section, { people = 1, issued = [] }) {
  const number = board.entries.filter(({ kind }) => kind === "amendment").length + 1;
  const keys = { issued, revoked: null, salt: "00".repeat(32) };
  const changes = [{ change, section, people }];
  const sealed = { sealed: hashOf(canonical(keys)) };
  board.add("amendment", { number, reason: "died", changes, keys: sealed });
  return { amendment: number, ...keys };
}

function cast(board, setting, section, keys) {
  for (const one of keys) {
    const place = { setting, contests: [CONTEST], section };
    const ballot = sealBallot([1], { ...place, key: one });
    board.add("ballot", {
      credential: hexOfBytes(ballot.credential),
      votes: ballot.votes.map((vote) => hexOfBytes(vote.toBytes())),
      signature: hexOfBytes(ballot.signature),
    });
  }
}

// Set the first ballots aside, fix the boxes, and mix each: the server, then the first trustee.
function close(board, setting, sealed, { smallest, aside, stand }) {
  const ballots = board.entries.filter(({ kind }) => kind === "ballot");
  const wires = ballots.map(({ content: { credential, votes, signature } }) =>
    new Uint8Array(Buffer.from(credential + votes.join("") + signature, "hex")),
  );
  const place = { setting, contests: [CONTEST] };
  const checked = [
    checkBallots(wires.slice(0, 3), { ...place, section: "a" }),
    checkBallots(wires.slice(3), { ...place, section: "b" }),
  ];
  const told = checked[0].ballots.slice(0, aside).map(({ credential, votes }, row) => {
    const tracker = hexOfBytes(trackerHash(credential, votes, { setting }));
    return { entry: ballots[row].number, tracker, reason: "died", amendment: 2 };
  });
  board.add("set-aside", { ballots: told });
  if (stand) {
    sealed.push(amend(board, "restored", "a", { people: aside }));
    board.add("ballots-stand", { ballots: told.map((one) => ({ ...one, amendment: 3 })) });
  }
  const isCounted = (row) => stand || row >= aside;
  const each = [checked[0].box(CONTEST, isCounted), checked[1].box(CONTEST)];
  const together = () => joinBoxes(new BoxName(CONTEST, ["a", "b"]), each);
  const boxes = each.every(({ length }) => length >= smallest) ? each : [together()];
  board.add("reconciliation", {
    sections: ["a", "b"].map((code) => ({ code })),
    boxes: boxes.map((box, number) => ({
      contest: CONTEST,
      number,
      sections: box.name.sections,
      ballots: box.length,
      digest: hexOfBytes(boxHash(box, { setting })),
      sealed: board.blob(box.toBytes()),
    })),
    amended_keys: sealed,
  });
  boxes.forEach((box, number) => mixTwice(board, setting, box, number));
}

function mixTwice(board, setting, box, number) {
  const place = { contest: CONTEST, box: number };
  const first = mix(box, { setting, mixer: "server" });
  const none = { trustee: null, signature: null };
  const content = board.blob(first.toBytes());
  board.add("mix", { ...place, ...none, number: 1, mixer: "server", content });
  const bytes = mix(first.after, { setting, mixer: "Ann" }).toBytes();
  const signature = signMix(bytes, { name: box.name, setting, key, share: shares[0] });
  const signed = { trustee: 1, signature: hexOfBytes(signature) };
  board.add("mix", { ...place, ...signed, number: 2, mixer: "Ann", content: board.blob(bytes) });
}

