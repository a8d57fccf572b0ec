// Postal papers: ballot/sealing/postal.py, of which the browser needs the teller's key, the sealing
// and the signature. Two tellers who read the same seal the same bytes.
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { sealBallot, trackerHash } from "./ballot.js";
import { joined } from "./bytes.js";
import { LABEL, transcriptHash, xof } from "./canonical.js";
import { derivedKey, VotingKey } from "./codes.js";
import { Malformed } from "./errors.js";
import { browserRng, randomScalar, writeScalar } from "./group.js";

// Turn a teller's code into their key in one election (§6.9).
export const tellerKey = (code, { electionId }) =>
  derivedKey(code, { electionId, info: `${LABEL}teller-key` });

// Seal a paper as one of two tellers reads it (§6.9, equations 51 and 52). choices: one a contest,
// the number of a ranking or that after the last (rejected). other: the other teller's key.
export function sealPostal(choices, { number, setting, contests, section, key, other }) {
  const known = key.agreed(tellerPoint(other));
  const place = [setting.fingerprint, setting.key, known, section, number];
  const rng = drawnFrom(transcriptHash("postal-seed", ...place, ...choices));
  const own = new VotingKey(writeScalar(randomScalar(rng)));
  return sealBallot(choices, { setting, contests, section, key: own, rng });
}

// Sign a sealed paper as its teller (§6.10, equation 53).
export function signPostal(ballot, { number, setting, section, key, rng = browserRng }) {
  const tracker = trackerHash(ballot.credential, ballot.votes, { setting });
  const place = [setting.fingerprint, setting.key, section, number];
  return key.sign(transcriptHash("postal-paper", ...place, tracker), rng(32));
}

function tellerPoint(key) {
  const wire = joined([Uint8Array.of(2), key]);
  try {
    secp256k1.Point.fromBytes(wire);
  } catch (error) {
    throw new Malformed("teller.key", { cause: error });
  }
  return wire;
}

// Bytes in order out of a seed's stream (§2.3).
function drawnFrom(seed) {
  let offset = 0;
  return (size) => {
    const drawn = xof(seed, offset + size).subarray(offset);
    offset += size;
    return drawn;
  };
}
