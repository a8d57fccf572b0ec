// The election's key, and the trustees' shares of it: ballot/sealing/keys.py (docs/spec/sealing.md
// §9.6). The secret key is f(0) of a polynomial that nobody holds; trustee j holds f(j).
import { hexOfBytes } from "./bytes.js";
import { Malformed } from "./errors.js";
import { Fields } from "./fields.js";
import { ORDER, publicTimes, readPoint, sumOf, writeScalar } from "./group.js";
import { checkName } from "./setting.js";

export const MOST_TRUSTEES = 9;

// What a ceremony ends with: publicKey (33 bytes), quorum, trustees [{ number, name, point }].
export class ElectionKey {
  constructor(publicKey, quorum, trustees) {
    Object.assign(this, { publicKey, quorum, trustees: Object.freeze([...trustees]) });
    Object.freeze(this);
  }

  trustee(number) {
    const found = this.trustees.find((one) => one.number === number);
    if (!found) throw new Malformed("key.trustee", { trustee: number });
    return found;
  }

  toJson() {
    return {
      public_key: hexOfBytes(this.publicKey),
      quorum: this.quorum,
      trustees: this.trustees.map(({ name, number, point }) => ({
        name,
        number,
        point: hexOfBytes(point),
      })),
    };
  }

  // Read it, and check that it is one: the shares' points are those of one polynomial.
  static parse(value) {
    const fields = new Fields(value, "key.fields", ["public_key", "quorum", "trustees"]);
    const trustees = fields.items("trustees").map((item) => {
      const one = new Fields(item, "key.fields", ["name", "number", "point"]);
      checkName(one.text("name"));
      return { number: one.integer("number"), name: one.text("name"), point: one.point("point") };
    });
    const key = new ElectionKey(fields.point("public_key"), fields.integer("quorum"), trustees);
    const numbers = trustees.map(({ number }) => number);
    const isAscending = numbers.every((number, at) => at === 0 || number > numbers[at - 1]);
    if (!isAscending || !numbers.every((one) => one >= 1 && one <= MOST_TRUSTEES)) {
      throw new Malformed("key.trustees", { numbers });
    }
    if (!(key.quorum >= 1 && key.quorum <= trustees.length)) {
      throw new Malformed("key.quorum", { quorum: key.quorum });
    }
    key.checkShares();
    return key;
  }

  // Check that every quorum's shares give this key, and that fewer do not (§9.6). One quorum and
  // each other trustee put in for its last are enough: that fixes every share.
  checkShares() {
    const key = readPoint(this.publicKey);
    const first = this.trustees.slice(0, this.quorum - 1);
    if (putTogether(first).equals(key)) {
      throw new Malformed("key.shares", { fewerSuffice: first.length });
    }
    for (const last of this.trustees.slice(this.quorum - 1)) {
      if (!putTogether([...first, last]).equals(key)) {
        throw new Malformed("key.shares", { trustee: last.number });
      }
    }
  }
}

// A trustee's secret share, and the key that it is a share of: what a share file holds. The secret
// is kept out of what prints or serialises it by accident.
export class KeyShare {
  #secret;

  constructor(number, publicKey, secret) {
    Object.assign(this, { number, publicKey });
    this.#secret = secret;
    Object.freeze(this);
  }

  get secret() {
    return this.#secret;
  }

  // A secret, to be sealed in a share file.
  toJson() {
    return {
      number: this.number,
      public_key: hexOfBytes(this.publicKey),
      secret: hexOfBytes(writeScalar(this.#secret)),
    };
  }

  static parse(value) {
    const fields = new Fields(value, "share.fields", ["number", "public_key", "secret"]);
    const publicKey = fields.point("public_key");
    return new KeyShare(fields.integer("number"), publicKey, fields.scalar("secret"));
  }
}

// The key that these public shares come to.
function putTogether(shares) {
  const factors = lagrange(shares.map(({ number }) => number));
  return sumOf(shares.map(({ point }, at) => publicTimes(readPoint(point), factors[at])));
}

// Each trustee's factor: the sum of factor times share is the secret (§10.5, equation 43).
export function lagrange(numbers) {
  return numbers.map((number) => {
    const others = numbers.filter((other) => other !== number);
    const above = others.reduce((product, other) => (product * BigInt(other)) % ORDER, 1n);
    const below = others.reduce((product, other) => product * BigInt(other - number), 1n);
    return (above * inverse(below)) % ORDER;
  });
}

// By Fermat: the order is a prime. The numbers are public.
function inverse(number) {
  let [base, power, result] = [((number % ORDER) + ORDER) % ORDER, ORDER - 2n, 1n];
  for (; power > 0n; power >>= 1n) {
    if (power & 1n) result = (result * base) % ORDER;
    base = (base * base) % ORDER;
  }
  return result;
}
