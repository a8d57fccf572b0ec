// The messages of the key ceremony: ballot/sealing/messages.py (docs/spec/sealing.md §9). Each has
// toJson, a canonical JSON value for the board, and parse, which refuses anything else by name.
import { hexOfBytes } from "./bytes.js";
import { transcriptHash } from "./canonical.js";
import { CeremonyRejected, Malformed } from "./errors.js";
import { Fields } from "./fields.js";
import { writeScalar } from "./group.js";
import { MOST_TRUSTEES } from "./keys.js";
import { EQUALITY, Equality, KNOWLEDGE, Knowledge } from "./proofs.js";
import { checkName } from "./setting.js";

const IDENTIFIER_BYTES = 16;
const SEALED_SHARE = 32 + 16;
const hexOfProof = (proof) => hexOfBytes(proof.toBytes());

class Message {
  constructor(fields) {
    Object.assign(this, fields);
    Object.freeze(this);
  }
}

// A ceremony's frame: its 16-byte identifier, the trustees' names in order, the quorum. A trustee's
// number is their place in the order, from 1.
export class Ceremony extends Message {
  constructor(ceremonyId, trustees, quorum) {
    super({ ceremonyId, trustees: Object.freeze([...trustees]), quorum });
    for (const name of trustees) checkName(name);
    const count = trustees.length;
    if (!(count >= 1 && count <= MOST_TRUSTEES) || new Set(trustees).size !== count) {
      throw new CeremonyRejected("ceremony.trustees", { trustees });
    }
    if (!(quorum >= 1 && quorum <= count)) throw new CeremonyRejected("ceremony.quorum", { quorum });
    if (ceremonyId.length !== IDENTIFIER_BYTES) throw new CeremonyRejected("ceremony.identifier");
  }

  get numbers() {
    return this.trustees.map((_, place) => place + 1);
  }

  // Every proof of the ceremony binds it (§9.1, equation 25).
  digest() {
    const { ceremonyId, trustees, quorum } = this;
    return transcriptHash("ceremony", ceremonyId, quorum, trustees.length, ...trustees);
  }

  // Read the board's entry of the kind `ceremony` (bundle §4).
  static parse(value) {
    const fields = new Fields(value, "ceremony.trustees", ["identifier", "quorum", "trustees"]);
    const names = fields.items("trustees");
    if (!names.every((name) => typeof name === "string")) {
      throw new CeremonyRejected("ceremony.trustees");
    }
    return new Ceremony(fields.octets("identifier"), names, fields.integer("quorum"));
  }
}

// Step 1: the hash of what the trustee will reveal.
export class Commitment extends Message {
  constructor(number, digest) {
    super({ number, digest });
  }

  toJson() {
    return { digest: hexOfBytes(this.digest), number: this.number };
  }

  static parse(value) {
    const fields = new Fields(value, "ceremony.commitment-fields", ["digest", "number"]);
    return new Commitment(fields.integer("number"), fields.octets("digest", 32));
  }
}

// Step 2: the polynomial's points a0·G … , a key to send shares to, and proofs.
export class Reveal extends Message {
  toJson() {
    return {
      coefficients: this.coefficients.map(hexOfBytes),
      encryption: hexOfBytes(this.encryption),
      knows_encryption: hexOfProof(this.knowsEncryption),
      knows_key: hexOfProof(this.knowsKey),
      number: this.number,
    };
  }

  static parse(value) {
    const names = ["coefficients", "encryption", "knows_encryption", "knows_key", "number"];
    const fields = new Fields(value, "ceremony.reveal-fields", names);
    return new Reveal({
      number: fields.integer("number"),
      coefficients: Object.freeze(fields.points("coefficients")),
      encryption: fields.point("encryption"),
      knowsKey: fields.proof("knows_key", Knowledge.parse, KNOWLEDGE),
      knowsEncryption: fields.proof("knows_encryption", Knowledge.parse, KNOWLEDGE),
    });
  }
}

// One share on its way: a fresh point K, the share under the key that K and E_j give, and the proof
// that the dealer knows k: without it nobody answers (§9.3).
export class SealedShare extends Message {
  toJson() {
    return {
      ephemeral: hexOfBytes(this.ephemeral),
      knows_ephemeral: hexOfProof(this.knowsEphemeral),
      recipient: this.recipient,
      sealed: hexOfBytes(this.sealed),
    };
  }

  static parse(value) {
    const names = ["ephemeral", "knows_ephemeral", "recipient", "sealed"];
    const fields = new Fields(value, "ceremony.dealing-fields", names);
    return new SealedShare({
      recipient: fields.integer("recipient"),
      ephemeral: fields.point("ephemeral"),
      sealed: fields.octets("sealed", SEALED_SHARE),
      knowsEphemeral: fields.proof("knows_ephemeral", Knowledge.parse, KNOWLEDGE),
    });
  }
}

// Step 3: a trustee's sealed shares, one for each of the others.
export class Dealing extends Message {
  constructor(number, shares) {
    super({ number, shares: Object.freeze([...shares]) });
  }

  // The share for one trustee; undefined where the dealer left it out.
  shareFor(recipient) {
    return this.shares.find((share) => share.recipient === recipient);
  }

  toJson() {
    return { number: this.number, shares: this.shares.map((share) => share.toJson()) };
  }

  static parse(value) {
    const fields = new Fields(value, "ceremony.dealing-fields", ["number", "shares"]);
    return new Dealing(fields.integer("number"), fields.items("shares").map(SealedShare.parse));
  }
}

// Step 4: a trustee opens one sealed share to all, with a proof, because it is false.
export class Complaint extends Message {
  toJson() {
    return {
      complainant: this.complainant,
      dealer: this.dealer,
      opened: hexOfBytes(this.opened),
      proof: hexOfProof(this.proof),
    };
  }

  static parse(value) {
    const names = ["complainant", "dealer", "opened", "proof"];
    const fields = new Fields(value, "ceremony.complaint-fields", names);
    return new Complaint({
      dealer: fields.integer("dealer"),
      complainant: fields.integer("complainant"),
      opened: fields.point("opened"),
      proof: fields.proof("proof", Equality.parse, EQUALITY),
    });
  }
}

// Step 4, whole: that a trustee has looked at every dealing, and what they complain of, in the order
// of the dealers (bundle §4.5). No complaint says that every share was good.
export class Received extends Message {
  constructor(number, complaints) {
    super({ number, complaints: Object.freeze([...complaints]) });
  }

  toJson() {
    return { complaints: this.complaints.map((one) => one.toJson()), number: this.number };
  }

  static parse(value) {
    const condition = "ceremony.received-fields";
    const fields = new Fields(value, condition, ["complaints", "number"]);
    const received = new Received(
      fields.integer("number"),
      fields.items("complaints").map(Complaint.parse),
    );
    const { number, complaints } = received;
    const isOwn = complaints.every(({ complainant }) => complainant === number);
    const isOrdered = complaints.every(
      ({ dealer }, at) => at === 0 || dealer > complaints[at - 1].dealer,
    );
    if (!isOwn || !isOrdered) throw new Malformed(condition);
    return received;
  }
}

// Step 5: a trustee has a whole share of the key all see, and proves that they hold it.
export class Confirmation extends Message {
  toJson() {
    return {
      holds_share: hexOfProof(this.holdsShare),
      number: this.number,
      public_key: hexOfBytes(this.publicKey),
    };
  }

  static parse(value) {
    const names = ["holds_share", "number", "public_key"];
    const fields = new Fields(value, "ceremony.confirmation-fields", names);
    return new Confirmation({
      number: fields.integer("number"),
      publicKey: fields.point("public_key"),
      holdsShare: fields.proof("holds_share", Knowledge.parse, KNOWLEDGE),
    });
  }
}

// What a trustee keeps to themselves during the ceremony, and forgets after it. The secrets are kept
// out of what prints or serialises it by accident.
export class TrusteeSecret {
  #coefficients;
  #encryption;

  constructor({ number, coefficients, encryption, reveal }) {
    Object.assign(this, { number, reveal });
    this.#coefficients = coefficients;
    this.#encryption = encryption;
    Object.freeze(this);
  }

  get coefficients() {
    return this.#coefficients;
  }

  get encryption() {
    return this.#encryption;
  }

  // A secret, to be sealed like a share file.
  toJson() {
    return {
      coefficients: this.#coefficients.map((one) => hexOfBytes(writeScalar(one))),
      encryption: hexOfBytes(writeScalar(this.#encryption)),
      number: this.number,
      reveal: this.reveal.toJson(),
    };
  }

  static parse(value) {
    const names = ["coefficients", "encryption", "number", "reveal"];
    const fields = new Fields(value, "ceremony.secret-fields", names);
    return new TrusteeSecret({
      number: fields.integer("number"),
      coefficients: fields.scalars("coefficients"),
      encryption: fields.scalar("encryption"),
      reveal: Reveal.parse(fields.value("reveal")),
    });
  }
}

// Messages of one kind by trustee, in their order, at most one of each (§9.2).
export function byTrustee(ceremony, messages) {
  const found = new Map();
  for (const message of messages) {
    const { number } = message;
    if (!ceremony.numbers.includes(number)) {
      throw new CeremonyRejected("ceremony.number", { trustee: number });
    }
    if (found.has(number)) throw new CeremonyRejected("ceremony.twice", { trustee: number });
    found.set(number, message);
  }
  return new Map([...found].sort(([one], [other]) => one - other));
}
