// Who mixed, and who committed: a trustee signs either with their share of the key:
// ballot/sealing/maker.py (docs/spec/sealing.md §8.6, §10.3). It says nothing of whether the mix is
// right: mixCheck.js does.
import { sha256 } from "@noble/hashes/sha2.js";
import { OpeningRejected, ShuffleRejected } from "./errors.js";
import { browserRng, readPoint } from "./group.js";
import { Knowledge, knows, proveKnowledge } from "./proofs.js";

// Sign a mix, its bytes, with the share of the trustee under whose name in the key it was made;
// 65 bytes (eq. 48). Throws Malformed "key.trustee".
export function signMix(content, { name, setting, key, share, rng = browserRng }) {
  const statement = statementOf(content, { name, setting, trustee: key.trustee(share.number) });
  return proveKnowledge("mix-maker", statement, { secret: share.secret, rng }).toBytes();
}

// Check that a mix was signed with the share of the trustee of this number (eq. 48). Throws
// ShuffleRejected "mix.maker"; Malformed "proof.length", "proof.point", "proof.scalar",
// "key.trustee".
export function checkMixMaker(content, signature, { name, setting, key, number }) {
  const trustee = key.trustee(number);
  const statement = statementOf(content, { name, setting, trustee });
  const proof = Knowledge.parse(signature);
  if (!knows(proof, "mix-maker", statement, { point: readPoint(trustee.point) })) {
    throw new ShuffleRejected("mix.maker", { trustee: number });
  }
}

const statementOf = (content, { name, setting, trustee }) => [
  setting.fingerprint,
  setting.key,
  ...name.parts(),
  trustee.name,
  trustee.number,
  trustee.point,
  sha256(content),
];

// Sign the commitment to a part, 32 bytes, with the share of the trustee who made it; 65 bytes
// (§10.3, eq. 49). Throws Malformed "key.trustee".
export function signCommitment(commitment, { name, setting, key, share, rng = browserRng }) {
  const statement = committedOf(commitment, { name, setting, trustee: key.trustee(share.number) });
  return proveKnowledge("opening-maker", statement, { secret: share.secret, rng }).toBytes();
}

// Check that a commitment was signed with the share of the trustee of this number (eq. 49). Throws
// OpeningRejected "opening.maker"; Malformed as checkMixMaker.
export function checkCommitmentMaker(commitment, signature, { name, setting, key, number }) {
  const trustee = key.trustee(number);
  const statement = committedOf(commitment, { name, setting, trustee });
  const proof = Knowledge.parse(signature);
  if (!knows(proof, "opening-maker", statement, { point: readPoint(trustee.point) })) {
    throw new OpeningRejected("opening.maker", { trustee: number });
  }
}

const committedOf = (commitment, { name, setting, trustee }) => [
  setting.fingerprint,
  setting.key,
  ...name.parts(),
  trustee.number,
  trustee.point,
  commitment,
];
