// What a checking device reads of an election: only what the opened paper's fingerprint binds, on a
// board that its own key signed.
import assert from "node:assert/strict";
import test from "node:test";
import { leafHash } from "../../static/js/board/tree.js";
import { hexOfBytes } from "../../static/js/sealing/bytes.js";
import { readElection } from "../../static/js/device-check/election.js";
import { MadeBoard } from "./boards.mjs";

const KEY = "02".padEnd(66, "7");
const CONTESTS = [
  { code: "contest-1", title: "Leader", candidates: ["Ash", "Birch", "Cedar"], max_preferences: null },
  { code: "contest-2", title: "Deputy", candidates: ["Dil", "Esme"], max_preferences: 1 },
];

const digest = (bytes) => hexOfBytes(leafHash(bytes));

// A board up to its opening; `named` replaces what the opening names, `notice` what entry 0 says.
function opened({ named = {}, notice = {} } = {}) {
  const board = new MadeBoard();
  board.append("notice", { board: board.key, title: "Leader 2026", ...notice });
  board.append("key", { public_key: KEY, quorum: 1, trustees: [] });
  const entries = { notice: digest(board.entries[0]), key: digest(board.entries[1]), ...named };
  board.append("opening", { contests: CONTESTS, entries, software: {} });
  const request = (address) =>
    address.endsWith("/0.json") ? board.entries[0] : board.request(address);
  return { board, request, fingerprint: leafHash(board.entries[2]) };
}

const read = ({ request, fingerprint }) => readElection("/board", fingerprint, { request });
const refused = (condition) => (error) => error.condition === condition;

test("the opening's contests and the key that it names are read, in the signed state", async () => {
  const made = opened();
  made.board.append("suspension", { reason: "Rain." });

  const election = await read(made);

  assert.equal(election.publicKey, KEY);
  assert.equal(election.number, 2);
  assert.equal(election.boardKey, made.board.key);
  assert.equal(election.checkpoint.size, 4);
  assert.deepEqual(election.contests, [
    { code: "contest-1", title: "Leader", candidates: ["Ash", "Birch", "Cedar"], preferences: 3 },
    { code: "contest-2", title: "Deputy", candidates: ["Dil", "Esme"], preferences: 1 },
  ]);
});

test("a paper of another election finds no opening on this board (§6.7)", async () => {
  const made = opened();
  assert.ok(await read(made));

  const fingerprint = leafHash(opened({ notice: { title: "Another" } }).board.entries[2]);

  await assert.rejects(read({ ...made, fingerprint }), refused("opening.none"));
});

test("a board that does not show yet that the poll has opened is read again (board §6.4)", async () => {
  const made = opened();
  const opening = made.board.entries.pop();
  const waited = [];
  const wait = async (ms) => {
    waited.push(ms);
    if (waited.length === 2) made.board.entries.push(opening);
  };

  const election = await readElection("/board", made.fingerprint, { ...made, wait });

  assert.equal(election.number, 2);
  assert.equal(waited.length, 2);

  made.board.entries.pop();
  const never = readElection("/board", made.fingerprint, { ...made, wait: async () => {} });
  await assert.rejects(never, refused("opening.none"));
});

test("an opening that names another notice, or a key that is not there, is refused", async () => {
  const other = "ab".repeat(32);

  await assert.rejects(read(opened({ named: { notice: other } })), refused("opening.notice"));
  await assert.rejects(read(opened({ named: { key: other } })), refused("opening.none"));
});

test("a board that another key signed than its notice names is refused", async () => {
  const made = opened({ notice: { board: new MadeBoard({ seed: 8 }).key } });

  await assert.rejects(read(made), (error) => error.name === "NoteRejected");
});

test("an entry changed behind the signed state is refused", async () => {
  const made = opened();
  const signed = made.board.checkpoint();
  const { request } = made;
  made.board.entries[1] = opened({ notice: { title: "x" } }).board.entries[0];

  await assert.rejects(
    read({
      ...made,
      request: (address) => (address.endsWith("checkpoint") ? signed : request(address)),
    }),
    (error) => ["ProofRejected", "Malformed"].includes(error.name),
  );
});
