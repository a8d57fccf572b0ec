// A key ceremony as it stands on the board (docs/spec/bundle.md §4, §4.5; sealing §9.1).
import { hexOfBytes } from "../sealing/bytes.js";
import { checkReveals, conclude, transcriptOf } from "../sealing/ceremony.js";
import { judge } from "../sealing/dealing.js";
import { ElectionKey } from "../sealing/keys.js";
import {
  byTrustee,
  Ceremony,
  Commitment,
  Confirmation,
  Dealing,
  Received,
  Reveal,
} from "../sealing/messages.js";
import { at, CheckFailed } from "./failures.js";

const PARSERS = {
  commitment: Commitment,
  reveal: Reveal,
  dealing: Dealing,
  received: Received,
  confirmation: Confirmation,
};
export const STEPS = Object.keys(PARSERS);

// Read a board's entries up to the opening of the poll, or to its end: the ceremony stands there,
// and before there are no ballots.
export async function readBeforeOpening(board) {
  const WIDTH = 256;
  const entries = [];
  while (entries.length < board.checkpoint.size) {
    const first = entries.length;
    const last = Math.min(first + WIDTH, board.checkpoint.size);
    for (const entry of await board.entries({ first, last })) {
      entries.push(await board.whole(entry));
      if (entry.kind === "opening") return entries;
    }
  }
  return entries;
}

// The last ceremony that the board shows; null if none has begun. Its identifier is new (§9.1).
export function ceremonyOn(entries) {
  const begun = entries.findLastIndex(({ kind }) => kind === "ceremony");
  if (begun < 0) return null;
  const { number, content } = entries[begun];
  const frame = at(placed(entries[begun]), "It is no ceremony.", () => Ceremony.parse(content));
  const earlier = entries.slice(0, begun).filter(({ kind }) => kind === "ceremony");
  if (earlier.some((one) => one.content.identifier === content.identifier)) {
    const message = "An earlier ceremony has its identifier, which is to be new each time.";
    throw new CheckFailed("ceremony.identifier", placed(entries[begun]), message);
  }
  const after = entries.slice(begun + 1);
  const found = new OnBoard({ number, frame, identifier: content.identifier });
  for (const entry of after) if (entry.kind === "ceremony-message") found.add(entry);
  found.key = readKey(after.findLast(({ kind }) => kind === "key"));
  return found;
}

function readKey(entry) {
  if (!entry) return null;
  return at(placed(entry), "The key is none.", () => ElectionKey.parse(entry.content));
}

// Check that the notice names the key that the board is signed with (bundle §5, check 3).
export function checkNotice([notice], key) {
  if (notice?.kind !== "notice" || notice.content.board !== key) {
    const why = "The notice of poll names another key than the one that signs the board.";
    throw new CheckFailed("notice.board", "entry 0 (notice)", why);
  }
}

const placed = ({ number, kind }) => `entry ${number} (${kind})`;

// Everything that was said in one ceremony, by step and trustee.
export class OnBoard {
  #checked = null; // The reveals, once they hold: checking them takes a while.
  #out = null;
  key = null;

  constructor({ number, frame, identifier }) {
    Object.assign(this, { number, frame, identifier });
    this.raw = Object.fromEntries(STEPS.map((step) => [step, new Map()]));
    this.said = Object.fromEntries(STEPS.map((step) => [step, new Map()]));
  }

  // Take an entry of the board, in the order of the board. A message of nobody, a second one, or one
  // before all have done the step before is refused and never chosen from (sealing §9.1).
  add(entry) {
    const { step, message } = entry.content;
    const where = placed(entry);
    if (!Object.hasOwn(PARSERS, step)) {
      throw new CheckFailed("ceremony.step", where, "A ceremony has no such step.");
    }
    const read = at(where, "The message has not its form.", () => PARSERS[step].parse(message));
    at(where, "It is nobody’s message, or a trustee’s second.", () =>
      byTrustee(this.frame, [...this.said[step].values(), read]),
    );
    const before = STEPS[STEPS.indexOf(step) - 1];
    if (before && !this.isDone(before)) {
      throw new CheckFailed("ceremony.order", where, "Not every trustee had done the step before.");
    }
    this.raw[step].set(read.number, message);
    this.said[step].set(read.number, read);
  }

  nameOf(number) {
    return this.frame.trustees[number - 1] ?? `trustee ${number}`;
  }

  // Whether all who are to speak at a step have spoken. At the last, those who are out need not.
  isDone(step) {
    const wanted = step === "confirmation" ? this.left() : this.frame.numbers;
    return wanted.every((number) => this.said[step].has(number));
  }

  // The numbers of those who are still to speak at a step.
  missing(step) {
    const wanted = step === "confirmation" ? this.left() : this.frame.numbers;
    return wanted.filter((number) => !this.said[step].has(number));
  }

  left() {
    return this.frame.numbers.filter((number) => !this.out.has(number));
  }

  list(step) {
    return [...this.said[step].values()];
  }

  get complaints() {
    return this.list("received").flatMap(({ complaints }) => complaints);
  }

  // The reveals by trustee, checked (sealing §9.2).
  get reveals() {
    const { frame } = this;
    this.#checked ??= at("the reveals", "They are not what was committed to, or not proved.", () =>
      checkReveals(frame, this.list("commitment"), this.list("reveal")),
    );
    return this.#checked;
  }

  // Who is out, once all have received (sealing §9.5).
  get out() {
    if (!this.isDone("received")) return new Set();
    this.#out ??= at("the complaints", "The ceremony came to nothing.", () =>
      judge(this.frame, this.reveals, this.list("dealing"), this.complaints),
    );
    return this.#out;
  }

  // What a trustee's steps are given (sealing §9).
  get published() {
    return {
      ceremony: this.frame,
      commitments: this.list("commitment"),
      reveals: this.reveals,
      dealings: this.list("dealing"),
      complaints: this.complaints,
    };
  }

  // T, the hash that the trustees read to one another (sealing §9.6, equation 34).
  get transcript() {
    return transcriptOf(this.published);
  }

  // The key that everything on the board comes to; refused unless the board's own is the same.
  conclude() {
    const given = { ...this.published, reveals: this.list("reveal") };
    const key = at("the end of the ceremony", "It gives no key.", () =>
      conclude(this.frame, { ...given, confirmations: this.list("confirmation") }),
    );
    if (this.key === null || hexOf(this.key) !== hexOf(key)) {
      const why = "The board shows another key than the ceremony gives.";
      throw new CheckFailed("key.ceremony", "the key on the board", why);
    }
    return key;
  }
}

const hexOf = ({ publicKey, quorum, trustees }) =>
  [publicKey, ...trustees.map(({ point }) => point)].map(hexOfBytes).join() +
  JSON.stringify([quorum, trustees.map(({ number, name }) => [number, name])]);
