// A trustee's seat: how their software speaks with the server (docs/spec/trustees.md §2). What it
// answers only says what there is to do; whatever is decided on is read from the board.
import { canonical } from "../sealing/canonical.js";

const ENOUGH_CHARACTERS = 22; // 128 random bits in base64url.

// The secret, out of what was typed or pasted: the seat's whole address, or what stands after its #.
// Null where it cannot be one.
export function secretIn(text) {
  const secret = text.trim().split("#").at(-1);
  return /^[A-Za-z0-9_=-]+$/.test(secret) && secret.length >= ENOUGH_CHARACTERS ? secret : null;
}

// A refusal by the server, in its own words.
export class SeatRefused extends Error {
  constructor({ code, message }, status) {
    super(message);
    this.name = "SeatRefused";
    this.code = code;
    this.status = status;
  }
}

// No answer, or none that can be read: nothing is known of what became of a request.
export class NoAnswer extends Error {}

export class Seat {
  #secret;
  #request;

  // address: of the trustee's page, /trustee/<election>/. The secret goes into a header alone.
  constructor({ address, secret, request = fetch }) {
    this.address = address;
    this.#secret = secret;
    this.#request = request;
    Object.freeze(this);
  }

  // What is due, and for whom (§3).
  read() {
    return this.#ask("seat", { method: "GET" });
  }

  // Put a message of the ceremony on the board.
  sendMessage(step, message) {
    return this.post("ceremony", canonical({ message, step }));
  }

  // Prove that the share is still held; proof in hexadecimal, size of the checkpoint asked about.
  proveHeld({ proof, size }) {
    return this.post("held", canonical({ proof, size }));
  }

  // Hand in bytes: canonical JSON, or what §2 says.
  post(path, bytes) {
    return this.#ask(path, { method: "POST", body: bytes });
  }

  async #ask(path, options) {
    let answer;
    let said;
    try {
      answer = await this.#request.call(globalThis, `${this.address}${path}`, {
        ...options,
        headers: { Authorization: `Seat ${this.#secret}` },
        cache: "no-store",
        credentials: "omit",
        redirect: "error",
      });
      said = await answer.json();
    } catch {
      throw new NoAnswer("The server did not answer.");
    }
    if (!answer.ok) throw new SeatRefused(said, answer.status);
    return said;
  }
}
