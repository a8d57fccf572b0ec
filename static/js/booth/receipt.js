// The receipt: the tracker as words and as a picture. It is given no choice to show.
import { at, show, write } from "./page.js";
import { pictureOf } from "./picture.js";
import { showWords } from "./shown.js";

const LABEL = "Receipt as a QR code; it holds the same words in full";

// signed: the board's promise as a small text to keep; an answer without one has nothing to keep.
export function showReceipt({ tracker, words, elector, when, signed }) {
  showWords(at("receipt-words"), words);
  at("receipt-full").textContent = tracker;
  at("receipt-elector").textContent = `Cast for ${elector}.`;
  write(at("receipt-when"), when);
  // The whole tracker: 64 hexadecimal digits, in capitals so that the picture stays small.
  at("receipt-picture").replaceChildren(pictureOf(tracker.toUpperCase(), { label: LABEL }));
  if (signed) {
    const file = new Blob([signed], { type: "text/plain" });
    at("receipt-file").href = URL.createObjectURL(file);
  }
  show(at("receipt-keep"), Boolean(signed));
}
