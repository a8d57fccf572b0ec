// The trustee's worker: the long computing of mixing and opening, beside the page so that it lives.
// It is handed the board's entries, which the page has proved, and the share; it reads the bytes that
// entries name itself, by their hash. It answers with what it found, and keeps nothing.
//
// A task is { task: "mix" or "open", address, entries, share, … }; the answers are { progress }, from 0
// to 1, { found }, a sentence, and at last { done } or { failed }, which work.js turns into an error.
import { fetchBytes } from "../board/reader.js";
import { checkBlob } from "../board/entries.js";
import { Unreachable } from "../board/errors.js";
import { KeyShare } from "../sealing/keys.js";
import { signMix } from "../sealing/maker.js";
import { mix } from "../sealing/mixing.js";
import { Stages } from "../sealing/stages.js";
import { checkBeforeMixing, checkBeforeOpening, makeParts } from "./checks.js";
import { Record } from "./record.js";

const TOLD_EVERY_MS = 200;

self.addEventListener("message", async ({ data }) => {
  try {
    self.postMessage({ done: await TASKS[data.task](data) });
  } catch (error) {
    self.postMessage({ failed: describe(error) });
  }
});

const TASKS = { mix: mixBox, open: openBoxes };

// Check a box's mixes, and mix it anew; gives the mix's bytes and the signature (sealing §8.6).
async function mixBox({ contest, number, ...given }) {
  const { record, share, stages } = begin(given, [1, 1]);
  const progress = stages.following();
  const checked = await checkBeforeMixing(record, { contest, number, progress, say });
  const { setting, key, box } = checked;
  const { name: mixer } = key.trustee(share.number);
  const made = mix(box, { setting, mixer, progress: stages.following() });
  const content = made.toBytes();
  const signature = signMix(content, { name: box.name, setting, key, share });
  say("Mixed, proved and signed with your share.");
  return { content, signature };
}

// Check everything, and make this trustee's part of every box.
async function openBoxes({ remembered, ...given }) {
  const { record, share, stages } = begin(given, [4, 1]);
  const progress = stages.following();
  const checked = await checkBeforeOpening(record, { remembered, progress, say });
  const parts = makeParts(record, checked, { share, progress: stages.following() });
  say("Your part of every box is made, and proved.");
  return { parts };
}

function begin({ address, entries, share }, shares) {
  const readBlob = async (named) => {
    const bytes = await fetchBytes(`${address}/blob/${named.sha256}`);
    checkBlob(bytes, named);
    return bytes;
  };
  return {
    record: new Record(entries, readBlob),
    share: KeyShare.parse(share),
    stages: new Stages(tell(), ...shares),
  };
}

// A progress that is passed on a few times a second.
function tell() {
  let toldAt = 0;
  return (done) => {
    const now = performance.now();
    if (now - toldAt < TOLD_EVERY_MS) return;
    toldAt = now;
    self.postMessage({ progress: done });
  };
}

function say(found) {
  self.postMessage({ found });
}

// What failed, as far as it can be told to the page: a check with its words, no answer, or a fault.
function describe(error) {
  const { check, condition, where = "", message } = error;
  if (check !== undefined) return { check, where, message };
  if (error instanceof Unreachable) return { isUnreachable: true };
  if (condition === undefined) return { isFault: true };
  return { check: condition, where, message: "What the board shows does not hold." };
}
