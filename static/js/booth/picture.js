// A text as a QR code, drawn in the page.
import { correction, generate } from "lean-qr";
import { toSvgPath } from "lean-qr/extras/svg";

const SVG = "http://www.w3.org/2000/svg";
const QUIET_MODULES = 4;

// label: what it is, for who does not see it. isLong: whether the text is long, and the code better
// coarse than able to bear much damage. Throws where no code can hold so much.
export function pictureOf(text, { label, isLong = false }) {
  const level = isLong ? correction.L : correction.M;
  const code = generate(text, { minCorrectionLevel: level, maxCorrectionLevel: isLong ? level : undefined });
  const svg = document.createElementNS(SVG, "svg");
  const side = code.size + 2 * QUIET_MODULES;
  svg.setAttribute("viewBox", `${-QUIET_MODULES} ${-QUIET_MODULES} ${side} ${side}`);
  svg.setAttribute("class", "booth-picture__code");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
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
