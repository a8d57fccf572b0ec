// What mixing, checking and opening a box take in a trustee's browser: `node benchmarks/mixing.mjs
// [ballots]`. It prints and asserts nothing; a browser of the same engine takes about as long.
import { checkBallots } from "../static/js/sealing/batch.js";
import { sealBallot } from "../static/js/sealing/ballot.js";
import { VotingKey } from "../static/js/sealing/codes.js";
import { baseTimes, browserRng, randomScalar, writePoint } from "../static/js/sealing/group.js";
import { bytesOfNumber } from "../static/js/sealing/bytes.js";
import { checkMix } from "../static/js/sealing/mixCheck.js";
import { mix } from "../static/js/sealing/mixing.js";
import { checkPart, openPart, readPart } from "../static/js/sealing/opening.js";
import { Setting } from "../static/js/sealing/setting.js";
import { readMix } from "../static/js/sealing/shuffle.js";

const count = Number(process.argv[2] ?? 3_000);
const secret = randomScalar(browserRng);
const point = writePoint(baseTimes(secret));
const key = { publicKey: point, trustee: (number) => ({ number, name: "Ann", point }) };
const setting = new Setting(new Uint8Array(32), point);
const place = { setting, contests: ["contest-1"], section: "member" };

function timed(what, act) {
  const start = performance.now();
  const made = act();
  const ms = performance.now() - start;
  const rate = `${(ms / count).toFixed(1)} ms a ballot`;
  console.log(`${what.padEnd(24)} ${(ms / 1000).toFixed(1).padStart(6)} s  ${rate}`);
  return made;
}

console.log(`${count} ballots of one contest`);
const ballots = timed("seal (no trustee does)", () =>
  Array.from({ length: count }, (_, row) =>
    sealBallot([row % 6], {
      ...place,
      key: new VotingKey(bytesOfNumber(randomScalar(browserRng), 32)),
    }).toBytes(),
  ),
);
const box = timed("check the ballots", () => checkBallots(ballots, place)).box("contest-1");
const wire = timed("mix", () => mix(box, { setting, mixer: "server" })).toBytes();
const after = timed("read and check a mix", () =>
  checkMix(box, readMix(wire, { before: box }), { setting, mixer: "server" }),
);
const part = timed("open", () => openPart(after, { setting, key, share: { number: 1, secret } }));
timed("read and check a part", () =>
  checkPart(after, readPart(part.toBytes(), { box: after }), { setting, key }),
);
