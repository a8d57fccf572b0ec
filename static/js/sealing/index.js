// The browser's half of the sealing core, as the booth uses it. It touches no page, keeps nothing
// and asks for nothing; docs/spec/sealing.md is what it follows, ballot/sealing what it mirrors.
export { ballotSize, sealBallot, signBallot, trackerHash, trackerWords } from "./ballot.js";
export { bytesOfHex, hexOfBytes } from "./bytes.js";
export { drawOpening, fingerprintOf, makePaper, readOpening } from "./challenge.js";
export { readCode, showCode, signIdentity, votingKey } from "./codes.js";
export { CodeRejected, SealingError } from "./errors.js";
export { RankingSpace } from "./rankings.js";
export { Setting } from "./setting.js";
