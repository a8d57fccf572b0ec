// What a checking device needs to know of an election, read from the board and from nowhere else:
// docs/spec/board.md, docs/spec/bundle.md §4, docs/spec/sealing.md §6.7.
//
// The opened paper names the opening entry by its digest, and the opening names the notice and the
// key by theirs; each is proved to stand in the state that the board signed.
import { Malformed } from "../board/errors.js";
import { readEntry } from "../board/entries.js";
import { fetchBytes, openBoard } from "../board/reader.js";
import { hexOfBytes } from "../sealing/bytes.js";

const BUNDLE = 256;
const MOST_ENTRIES = 4096; // No board has so many before its poll opens.

// A poll has been open for some ten seconds when its board is signed anew (board §6.4).
const LOOKS = 10;
const BETWEEN_LOOKS_MS = 3_000;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// This page compares nothing with an earlier visit: it keeps nothing.
const FORGETFUL = { of: () => null, keep: () => {} };

// { checkpoint, boardKey, number, publicKey, contests }: the signed state and the key that signed it,
// the opening's number, the key that papers are sealed under, and each contest as
// { code, title, candidates, preferences }. board: its address, without a slash at the end; wait: for
// so many milliseconds.
export async function readElection(
  board,
  fingerprint,
  { request = fetchBytes, wait = pause } = {},
) {
  const notice = readEntry(await request(`${board}/0.json`), { number: 0 });
  const boardKey = notice.content.board;
  const given = { address: board, key: boardKey, remembered: FORGETFUL, request };
  const opened = await boardOfOpenPoll(given, wait);
  const opening = await entryNamed(opened, hexOfBytes(fingerprint));
  const { content } = await opened.whole(opening);
  if (content.entries.notice !== hexOfBytes(notice.digest)) throw new Malformed("opening.notice");
  const key = await opened.whole(await entryNamed(opened, content.entries.key));
  return {
    checkpoint: opened.checkpoint,
    boardKey,
    number: opening.number,
    publicKey: key.content.public_key,
    contests: content.contests.map(contestOf),
  };
}

// The board, as soon as it shows that the poll has opened; or as it is after the last look.
async function boardOfOpenPoll(given, wait) {
  for (let look = 1; ; look += 1) {
    const board = await openBoard(given);
    if (look === LOOKS || (await entryWhere(board, ({ kind }) => kind === "opening"))) return board;
    await wait(BETWEEN_LOOKS_MS);
  }
}

async function entryNamed(board, digest) {
  const found = await entryWhere(board, (entry) => hexOfBytes(entry.digest) === digest);
  if (found === null) throw new Malformed("opening.none", { digest });
  return found;
}

async function entryWhere(board, isIt) {
  const end = Math.min(board.checkpoint.size, MOST_ENTRIES);
  for (let first = 0; first < end; first += BUNDLE) {
    const entries = await board.entries({ first, last: Math.min(first + BUNDLE, end) });
    const found = entries.find(isIt);
    if (found) return found;
  }
  return null;
}

function contestOf({ code, title, candidates, max_preferences: most }) {
  const preferences = Math.min(most ?? candidates.length, candidates.length);
  return { code, title, candidates, preferences };
}
