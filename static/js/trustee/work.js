// What there is for a trustee to do with the boxes, and the doing of it: what is due, the worker, and
// what is handed in (docs/spec/trustees.md §2 to §5). No page.
import { Unreachable } from "../board/errors.js";
import { hexOfBytes } from "../sealing/bytes.js";
import { canonical } from "../sealing/canonical.js";
import { mayReveal } from "./checks.js";
import { CheckFailed } from "./failures.js";
import { checkShare } from "./held.js";
import { mixesOf } from "./mixes.js";
import { Opened } from "./opened.js";
import { checkOpening } from "./poll.js";
import { Record } from "./record.js";

// Above it a browser takes too long, and a laptop falls asleep.
export const MOST_BALLOTS = 5_000;

// The ballots of all boxes: what there is to be checked before an opening.
export const ballotsIn = (boxes) => boxes.reduce((sum, { ballots }) => sum + ballots, 0);

// The boxes that this trustee can mix now: of what the seat says (§3).
export const mixesDue = ({ boxes, mixes_wanted: wanted, trustee }) =>
  boxes.filter(
    ({ mixes, handed_in: handedIn }) =>
      mixes.length > 0 &&
      mixes.length < wanted &&
      mixes.every((mix) => mix.trustee !== trustee.number) &&
      !(handedIn?.kind === "mix" && handedIn.state === "waiting"),
  );

// Every entry of a board, whole but for those that wait for the declaration (board §2.3).
export async function wholeEntries(board) {
  const waits = ["part", "profile", "lot", "count", "recount"];
  const entries = await board.entries();
  return Promise.all(
    entries.map((entry) => (waits.includes(entry.kind) ? entry : board.whole(entry))),
  );
}

// Run a task of worker.js in a worker of its own, which ends with it. Gives a promise of what it found.
export function runTask(workerUrl, task, { onProgress, onFound }) {
  const worker = new Worker(workerUrl, { type: "module" });
  const result = new Promise((resolve, reject) => {
    worker.addEventListener("error", () => reject(new Error("The worker could not be started.")));
    worker.addEventListener("message", ({ data }) => {
      if (data.progress !== undefined) onProgress(data.progress);
      if (data.found !== undefined) onFound(data.found);
      if (data.done !== undefined) resolve(data.done);
      if (data.failed !== undefined) reject(errorOf(data.failed));
    });
    worker.postMessage(task);
  });
  return result.finally(() => worker.terminate());
}

function errorOf({ check, where, message, isUnreachable }) {
  if (check !== undefined) return new CheckFailed(check, where, message);
  return isUnreachable ? new Unreachable("board.unreachable") : new Error("The worker failed.");
}

// The seat tells of a mix some ten seconds before the board is signed anew (board §6.4): then there is
// nothing wrong, and the board is to be read again. boxes: as the seat has them.
const isBehind = (record, boxes) =>
  boxes.some(
    ({ contest, box, mixes }) => mixesOf(record, { contest, number: box }).length < mixes.length,
  );
const LOOKS = 10;
const BETWEEN_LOOKS_MS = 3_000;
const MOST_TIMES = 3; // That a box is mixed, where others are quicker.
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// A trustee's work upon one contest's boxes.
//
// Of what it is told: trustee, the number of the seat; onProgress and onFound, as of runTask.
//
// seat: seat.js; openBoard: gives the board as it stands, checked (board/reader.js); storage: the
// browser's localStorage; run: runTask with its worker; wait: for so many milliseconds.
export class Work {
  #opened = null; // { parts, number }: made in this tab, and not yet revealed.

  constructor({ seat, openBoard, storage, run, wait = pause }) {
    Object.assign(this, { seat, openBoard, storage, run, wait });
  }

  // Whether this tab has the parts that it committed to.
  get hasParts() {
    return this.#opened !== null;
  }

  // Check and mix one box, and hand the mix in; again from what is there, where another was quicker.
  async mix(box, share, told) {
    for (let times = 1; ; times += 1) {
      try {
        return await this.#mixOnce(box, share, told);
      } catch (error) {
        if (error.code !== "mix.overtaken" || times === MOST_TIMES) throw error;
      }
    }
  }

  async #mixOnce(box, share, { trustee, ...told }) {
    const { contest, box: number } = box;
    const { record, given } = await this.#read(share, trustee, told);
    const { content, signature } = await this.run({ task: "mix", contest, number, ...given }, told);
    // Of the board that it was made upon: another may have mixed since the seat was asked.
    const row = mixesOf(record, { contest, number }).length + 1;
    const path = `boxes/${contest}/${number}/mix/${row}/${hexOfBytes(signature)}`;
    await this.seat.post(path, content);
  }

  // Check everything, make this trustee's parts, and remember which lists they are of.
  async open(share, { trustee, ...told }) {
    const { origin, given } = await this.#read(share, trustee, told);
    const opened = new Opened(this.storage, origin);
    const task = { task: "open", remembered: opened.all(), ...given };
    const made = await this.run(task, told);
    opened.keep(made.parts);
    this.#opened = { ...made, number: share.number };
  }

  // Publish the hash of each part (sealing §10.3). Those that stand there already change nothing.
  async commit() {
    for (const { contest, number, commitment, signature } of this.#opened.parts) {
      const said = canonical({
        commitment: hexOfBytes(commitment),
        signature: hexOfBytes(signature),
      });
      await this.seat.post(`boxes/${contest}/${number}/commitment`, said);
    }
  }

  // Reveal each part, once the board shows that a quorum has committed for every box; the server knows
  // of it some ten seconds before the board is signed anew. Gives whether it was revealed.
  async reveal() {
    const { parts, number: trustee } = this.#opened;
    const board = await this.openBoard();
    const record = new Record(await wholeEntries(board), () => {});
    if (!mayReveal(record, parts, { trustee })) return false;
    for (const { contest, number, part } of parts) {
      await this.seat.post(`boxes/${contest}/${number}/part`, part);
    }
    return true;
  }

  // Read the board, which must be of the share's key. Gives the record of its entries, its name, and
  // what a task is given.
  async #read(share, trustee, { onFound }) {
    const { board, entries, record } = await this.#caughtUp();
    onFound(`The board is signed, and continues what you saw before: ${entries.length} entries.`);
    const { key } = checkOpening(record);
    checkShare(share, { number: trustee, key });
    const { origin } = board.checkpoint;
    const given = { address: board.address, entries, share: share.toJson() };
    return { record, origin, given };
  }

  // The board and its entries, as soon as it has what the seat tells of its boxes. The seat is asked
  // anew: the form may have been on the page since before another mixed.
  async #caughtUp() {
    const { boxes } = await this.seat.read();
    for (let look = 1; look <= LOOKS; look += 1) {
      if (look > 1) await this.wait(BETWEEN_LOOKS_MS);
      const board = await this.openBoard();
      const entries = await wholeEntries(board);
      const record = new Record(entries, () => {});
      if (!isBehind(record, boxes)) return { board, entries, record };
    }
    throw new Unreachable("board.behind");
  }
}
