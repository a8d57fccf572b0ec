// The worker of deriving.js: one key, and how far it is, from 0 to 1, a few times a second.
import { deriveKey } from "../sealing/shareFile.js";

const TOLD_EVERY_MS = 200;

self.addEventListener("message", ({ data: { bytes, salt } }) => {
  let toldAt = 0;
  const key = deriveKey(bytes, salt, (done) => {
    if (performance.now() - toldAt < TOLD_EVERY_MS) return;
    toldAt = performance.now();
    self.postMessage({ done });
  });
  self.postMessage({ key });
});
