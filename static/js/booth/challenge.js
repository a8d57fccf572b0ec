// The screen of a challenged paper: its picture for a second device, its words and its choices. It
// is given only what was opened, and sends nothing.
import { at, show } from "./page.js";
import { pictureOf } from "./picture.js";
import { showChoices, showWords } from "./shown.js";

// address: of the page that checks it, with the opening after "#". choices: { title, names }.
export function showChallenge({ address, words, choices }) {
  at("challenge-host").textContent = new URL(address).host;
  at("challenge-address").textContent = address;
  at("challenge-picture").replaceChildren(...picture(address));
  showWords(at("challenge-words"), words);
  showChoices(at("challenge-contests"), choices);
}

// A paper of very many contests fits into no picture; its address stands below in any case.
function picture(address) {
  try {
    const drawn = pictureOf(address, { label: "The opened paper as a QR code", isLong: true });
    at("challenge-caption").textContent = "The opened paper, for a camera";
    return [drawn];
  } catch {
    at("challenge-caption").textContent =
      "This paper is too long for a picture. Use the address under “Without a camera”.";
    return [];
  }
}

export function forgetChallenge() {
  for (const part of ["host", "address", "picture", "words", "contests", "told"]) {
    at(`challenge-${part}`).replaceChildren();
  }
  show(at("challenge-again"), false);
}
