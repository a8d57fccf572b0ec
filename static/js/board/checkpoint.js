// Checkpoints: ballot/board/checkpoint.py (docs/spec/board.md §6). What a board signs to say how long
// it is and what stands on it.
import { isSame } from "../sealing/bytes.js";
import { Malformed, NoteRejected } from "./errors.js";
import { checkNote, readNote } from "./note.js";
import { readDecimal, readHash, textLines } from "./spelling.js";
import { EMPTY_ROOT } from "./tree.js";

// Read the text of a checkpoint (§6.1): { origin, size, root }.
export function readCheckpoint(text) {
  const [origin, writtenSize, writtenRoot, ...further] = textLines(text, "checkpoint.lines");
  if (writtenRoot === undefined) throw new Malformed("checkpoint.lines");
  if (origin === "") throw new Malformed("checkpoint.origin");
  const size = readDecimal(writtenSize, "checkpoint.size");
  const root = readHash(writtenRoot, "checkpoint.root");
  if (size === 0 && !isSame(root, EMPTY_ROOT)) throw new Malformed("checkpoint.root");
  if (further.includes("")) throw new Malformed("checkpoint.extension");
  return Object.freeze({ origin, size, root });
}

// Read a signed checkpoint, and check that the board signed it (§6.3).
export function openCheckpoint(bytes, { key }) {
  const note = readNote(bytes);
  const checkpoint = readCheckpoint(note.text);
  if (checkpoint.origin !== key.name) {
    throw new NoteRejected("checkpoint.other-origin", { origin: checkpoint.origin });
  }
  checkNote(note, [key]);
  return checkpoint;
}
