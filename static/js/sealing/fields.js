// Reading the messages of a ceremony: ballot/sealing/fields.py. Objects with exactly the fields
// they must have.
import { bytesOfHex, isSame, NotHex, numberOf } from "./bytes.js";
import { Malformed } from "./errors.js";
import { ORDER, readPoint } from "./group.js";

// An object's fields, read by kind; what does not fit is refused with the condition given.
export class Fields {
  #value;
  #condition;

  constructor(value, condition, names) {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    if (!isObject || !isSame(Object.keys(value).sort(), [...names].sort())) {
      throw new Malformed(condition, { expected: names });
    }
    this.#value = value;
    this.#condition = condition;
  }

  #refuse(field) {
    return new Malformed(this.#condition, { field });
  }

  // A whole number from 0 to 255.
  integer(name) {
    const value = this.#value[name];
    if (!Number.isInteger(value) || value < 0 || value > 255) throw this.#refuse(name);
    return value;
  }

  text(name) {
    const value = this.#value[name];
    if (typeof value !== "string") throw this.#refuse(name);
    return value;
  }

  items(name) {
    const value = this.#value[name];
    if (!Array.isArray(value)) throw this.#refuse(name);
    return value;
  }

  // Bytes in lower-case hexadecimal, so many where a size is given.
  octets(name, size) {
    return this.#octets(name, this.#value[name], size);
  }

  #octets(name, text, size) {
    let bytes;
    try {
      bytes = bytesOfHex(text);
    } catch (error) {
      if (!(error instanceof NotHex)) throw error;
      throw this.#refuse(name);
    }
    if (size !== undefined && bytes.length !== size) throw this.#refuse(name);
    return bytes;
  }

  // A compressed point, on the curve; its 33 bytes.
  point(name) {
    return this.#point(name, this.#value[name]);
  }

  points(name) {
    return this.items(name).map((text) => this.#point(name, text));
  }

  #point(name, text) {
    const bytes = this.#octets(name, text, 33);
    try {
      readPoint(bytes);
    } catch {
      throw this.#refuse(name);
    }
    return bytes;
  }

  // A number from 1 below the order.
  scalar(name) {
    return this.#scalar(name, this.#value[name]);
  }

  scalars(name) {
    return this.items(name).map((text) => this.#scalar(name, text));
  }

  #scalar(name, text) {
    const number = numberOf(this.#octets(name, text, 32));
    if (!(number > 0n && number < ORDER)) throw this.#refuse(name);
    return number;
  }

  // A proof of so many bytes, by its parser.
  proof(name, parse, size) {
    try {
      return parse(this.octets(name, size));
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      throw this.#refuse(name);
    }
  }

  // A field that has a parser of its own.
  value(name) {
    return this.#value[name];
  }
}
