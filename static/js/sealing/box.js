// A box, the sealed pairs of one contest from the sections that are opened together:
// ballot/sealing/box.py, and its name from ballot/sealing/setting.py (docs/spec/sealing.md §7).
import { joined } from "./bytes.js";
import { transcriptHash } from "./canonical.js";
import { Malformed } from "./errors.js";
import { POINT_BYTES } from "./group.js";
import { readPoints, writePoints } from "./points.js";
import { checkName } from "./setting.js";

export const PAIR_BYTES = 2 * POINT_BYTES;
const text = new TextEncoder();

// A contest, the sections whose votes lie in it, and a unit where units weigh (§7.1). Sections are
// kept in the order of their UTF-8 bytes, each once.
export class BoxName {
  constructor(contest, sections, unit = "") {
    for (const name of [contest, ...sections, ...(unit ? [unit] : [])]) checkName(name);
    const ordered = [...new Set(sections)].sort(compareBytes);
    if (ordered.length === 0 || ordered.length !== sections.length) {
      throw new Malformed("name.sections", { sections });
    }
    Object.assign(this, { contest, sections: Object.freeze(ordered), unit });
    Object.freeze(this);
  }

  // The name as parts of a transcript.
  parts() {
    return [this.contest, this.sections.length, ...this.sections, this.unit];
  }

  isSame(other) {
    return JSON.stringify(this.parts()) === JSON.stringify(other.parts());
  }
}

function compareBytes(one, other) {
  const [a, b] = [text.encode(one), text.encode(other)];
  const at = a.findIndex((byte, place) => byte !== b[place]);
  return at === -1 ? a.length - b.length : a[at] - (b[at] ?? -1);
}

// Points with their compressed bytes end to end, both in the same order.
export class Column {
  constructor(points, wire = writePoints(points)) {
    Object.assign(this, { points, wire });
    Object.freeze(this);
  }

  // Read compressed points; throws Malformed with the condition given and the first bad row.
  static parse(wire, condition) {
    const refuse = (row) => {
      throw new Malformed(condition, { row });
    };
    return new Column(readPoints(wire, refuse), wire);
  }

  get length() {
    return this.points.length;
  }

  bytes(row) {
    return this.wire.subarray(POINT_BYTES * row, POINT_BYTES * (row + 1));
  }
}

// Pairs (c1, c2) in their order, as two columns.
export class Box {
  constructor(name, c1, c2) {
    Object.assign(this, { name, c1, c2 });
    Object.freeze(this);
  }

  // Read pairs, c1 33 | c2 33 each; throws Malformed "box.length", "box.point" or what is given.
  static parse(name, rows, condition = "box.point") {
    if (rows.length % PAIR_BYTES !== 0) {
      throw new Malformed("box.length", { expected: PAIR_BYTES });
    }
    const count = rows.length / PAIR_BYTES;
    const column = (offset) =>
      joined(
        Array.from({ length: count }, (_, row) => {
          const at = PAIR_BYTES * row + offset;
          return rows.subarray(at, at + POINT_BYTES);
        }),
      );
    const [c1, c2] = [column(0), column(POINT_BYTES)];
    return new Box(name, Column.parse(c1, condition), Column.parse(c2, condition));
  }

  get length() {
    return this.c1.length;
  }

  // The pairs as bytes, row by row (§7.2).
  toBytes() {
    const rows = Array.from({ length: this.length }, (_, row) => [
      this.c1.bytes(row),
      this.c2.bytes(row),
    ]);
    return joined(rows.flat());
  }
}

// The hash that fixes a box on the board (§7.2).
export function boxHash(box, { setting }) {
  const { fingerprint, key } = setting;
  return transcriptHash(
    "box",
    fingerprint,
    key,
    ...box.name.parts(),
    box.length,
    box.toBytes(),
  );
}

// Pool boxes of one contest, in the order given, under a name for all their sections; throws
// Malformed "box.name" where contest, unit or sections do not fit (§7.1). Sections without a ballot
// may be missing.
export function joinBoxes(name, boxes) {
  const places = boxes.map((box) => name.sections.indexOf(box.name.sections[0]));
  const fits = boxes.every(
    (box, row) =>
      box.name.contest === name.contest &&
      box.name.unit === name.unit &&
      places[row] > (places[row - 1] ?? -1),
  );
  if (!fits) throw new Malformed("box.name", { name });
  const column = (which) =>
    new Column(
      boxes.flatMap((box) => box[which].points),
      joined(boxes.map((box) => box[which].wire)),
    );
  return new Box(name, column("c1"), column("c2"));
}
