// The receipt: the tracker as words and as a picture. It is given no choice to show.
import { correction, generate } from "lean-qr";
import { toSvgPath } from "lean-qr/extras/svg";
import { at, make, show, write } from "./page.js";

const SVG = "http://www.w3.org/2000/svg";
const QUIET_MODULES = 4;

// The picture holds the whole tracker: 64 hexadecimal digits, in capitals so that it stays small.
export function pictureOf(tracker) {
  const code = generate(tracker.toUpperCase(), { minCorrectionLevel: correction.M });
  const svg = document.createElementNS(SVG, "svg");
  const side = code.size + 2 * QUIET_MODULES;
  svg.setAttribute("viewBox", `${-QUIET_MODULES} ${-QUIET_MODULES} ${side} ${side}`);
  svg.setAttribute("class", "booth-picture__code");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", "Receipt as a QR code; it holds the same words in full");
  svg.setAttribute("shape-rendering", "crispEdges");
  const paper = document.createElementNS(SVG, "rect");
  for (const [name, value] of [["x", -QUIET_MODULES], ["y", -QUIET_MODULES]]) {
    paper.setAttribute(name, String(value));
  }
  paper.setAttribute("width", String(side));
  paper.setAttribute("height", String(side));
  paper.setAttribute("class", "booth-picture__paper");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", toSvgPath(code));
  path.setAttribute("class", "booth-picture__ink");
  svg.append(paper, path);
  return svg;
}

// signed: the board's promise as a small text to keep; an answer without one has nothing to keep.
export function showReceipt({ tracker, words, elector, when, signed }) {
  at("receipt-words").replaceChildren(
    ...words.map((word) => make("li", "booth-words__word", word)),
  );
  at("receipt-full").textContent = tracker;
  at("receipt-elector").textContent = `Cast for ${elector}.`;
  write(at("receipt-when"), when);
  at("receipt-picture").replaceChildren(pictureOf(tracker));
  if (signed) {
    const file = new Blob([signed], { type: "text/plain" });
    at("receipt-file").href = URL.createObjectURL(file);
  }
  show(at("receipt-keep"), Boolean(signed));
}
