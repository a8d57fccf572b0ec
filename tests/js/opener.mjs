// Mixes and opens a box for the core to check: reads { box, fingerprint, key, share, contest,
// section, mix }, checks the mix that the core made, mixes after it, signs and opens; writes
// { mix, signature, part, commitment, committed } in hexadecimal. tests/sealing/test_opening_in_script.py runs it.
import { Box, BoxName } from "../../static/js/sealing/box.js";
import { bytesOfHex, hexOfBytes } from "../../static/js/sealing/bytes.js";
import { ElectionKey, KeyShare } from "../../static/js/sealing/keys.js";
import { signCommitment, signMix } from "../../static/js/sealing/maker.js";
import { checkMix } from "../../static/js/sealing/mixCheck.js";
import { mix } from "../../static/js/sealing/mixing.js";
import { openPart, partCommitment } from "../../static/js/sealing/opening.js";
import { Setting } from "../../static/js/sealing/setting.js";
import { readMix } from "../../static/js/sealing/shuffle.js";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const given = JSON.parse(Buffer.concat(chunks).toString("utf8"));
const key = ElectionKey.parse(given.key);
const share = KeyShare.parse(given.share);
const setting = new Setting(bytesOfHex(given.fingerprint), key.publicKey);
const before = Box.parse(new BoxName(given.contest, given.sections), bytesOfHex(given.box));
const first = readMix(bytesOfHex(given.mix), { before });
const middle = checkMix(before, first, { setting, mixer: "server" });
const made = mix(middle, { setting, mixer: key.trustee(share.number).name });
const content = made.toBytes();
const part = openPart(made.after, { setting, key, share }).toBytes();
const commitment = partCommitment(part, { setting, number: share.number });
const answer = {
  mix: content,
  signature: signMix(content, { name: before.name, setting, key, share }),
  part,
  commitment,
  committed: signCommitment(commitment, { name: before.name, setting, key, share }),
};
const shown = Object.entries(answer).map(([name, bytes]) => [name, hexOfBytes(bytes)]);
process.stdout.write(JSON.stringify(Object.fromEntries(shown)));
