// Trustees who use the scripts: a request a line on stdin, an answer a line on stdout, for
// tests/sealing/test_ceremony_in_script.py. Their secrets stay in this process.
import { createInterface } from "node:readline";
import { bytesOfHex, hexOfBytes } from "../../static/js/sealing/bytes.js";
import * as ceremony from "../../static/js/sealing/ceremony.js";
import { browserRng } from "../../static/js/sealing/group.js";
import { ElectionKey, KeyShare } from "../../static/js/sealing/keys.js";
import * as messages from "../../static/js/sealing/messages.js";
import {
  checkShareProof,
  openShare,
  proveShare,
  sealShare,
} from "../../static/js/sealing/shareFile.js";

const rng = browserRng;
const secrets = new Map();
const shares = new Map();

// What is on the board so far, read from JSON.
function read({ frame, commitments, reveals, dealings, complaints, confirmations }) {
  return {
    ceremony: messages.Ceremony.parse(frame),
    commitments: commitments.map(messages.Commitment.parse),
    reveals: reveals.map(messages.Reveal.parse),
    dealings: dealings.map(messages.Dealing.parse),
    complaints: complaints.map(messages.Complaint.parse),
    confirmations: confirmations.map(messages.Confirmation.parse),
  };
}

function checked({ ceremony: frame, commitments, reveals }) {
  return ceremony.checkReveals(frame, commitments, reveals);
}

const acts = {
  prepare(number, published) {
    const { secret, commitment } = ceremony.prepare(published.ceremony, number, { rng });
    secrets.set(number, secret);
    return commitment.toJson();
  },
  reveal: (number, published) => ceremony.reveal(secrets.get(number), published).toJson(),
  deal(number, published) {
    const given = { ...published, reveals: checked(published), rng };
    return ceremony.deal(secrets.get(number), given).toJson();
  },
  receive(number, published) {
    const given = { ...published, reveals: checked(published), rng };
    return ceremony.receive(secrets.get(number), given).map((one) => one.toJson());
  },
  finish(number, published) {
    const given = { ...published, reveals: checked(published), rng };
    const { share, confirmation } = ceremony.finish(secrets.get(number), given);
    shares.set(number, share);
    return confirmation.toJson();
  },
  conclude: (_, published) => ceremony.conclude(published.ceremony, published).toJson(),
  async seal(number, _, { passphrase }) {
    return new TextDecoder().decode(await sealShare(shares.get(number), { passphrase }));
  },
  async open(_, __, { file, passphrase }) {
    const opened = await openShare(new TextEncoder().encode(file), { passphrase });
    return opened instanceof KeyShare ? opened.toJson() : null;
  },
  prove(number, _, { question }) {
    return hexOfBytes(proveShare(shares.get(number), { question: bytesOfHex(question) }));
  },
  check(number, _, { key, question, proof }) {
    const given = { number, question: bytesOfHex(question), proof: bytesOfHex(proof) };
    checkShareProof(ElectionKey.parse(key), given);
    return true;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { act, number, published, ...others } = JSON.parse(line);
  const answer = await acts[act](number, published && read(published), others);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
