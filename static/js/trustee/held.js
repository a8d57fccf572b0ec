// That a share is still held: docs/spec/sealing.md §9.7, docs/spec/trustees.md §5.2. No page.
import { hexOfBytes, isSame } from "../sealing/bytes.js";
import { baseTimes, writePoint } from "../sealing/group.js";
import { proveShare } from "../sealing/shareFile.js";
import { CheckFailed } from "./failures.js";

// Check that a share is this trustee's, of the key that the board shows.
export function checkShare(share, { number, key }) {
  if (share.number !== number) {
    const why = `This is the share file of trustee ${share.number}, and you are trustee ${number}.`;
    throw new CheckFailed("share.trustee", "the share file", why);
  }
  const isOfKey = isSame(share.publicKey, key.publicKey);
  if (!isOfKey || !isSame(writePoint(baseTimes(share.secret)), key.trustee(number).point)) {
    const why = "This share file is of another key than the one on the board.";
    throw new CheckFailed("share.key", "the share file", why);
  }
}

// The proof, for the newest state of the board that this browser has checked.
export function proofOf(share, { checkpoint }) {
  const proof = hexOfBytes(proveShare(share, { question: checkpoint.root }));
  return { proof, size: checkpoint.size };
}
