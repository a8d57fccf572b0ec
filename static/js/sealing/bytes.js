// Bytes and their hexadecimal form. The browser's and node's own, without a library.

export class NotHex extends Error {}

export function bytesOfHex(text) {
  if (typeof text !== "string" || text.length % 2 !== 0 || /[^0-9a-f]/.test(text)) {
    throw new NotHex("not hexadecimal in small letters");
  }
  return Uint8Array.from({ length: text.length / 2 }, (_, place) =>
    Number.parseInt(text.slice(2 * place, 2 * place + 2), 16),
  );
}

export const hexOfBytes = (bytes) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function joined(parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}

export const isSame = (a, b) => a.length === b.length && a.every((byte, place) => byte === b[place]);

export function numberOf(bytes) {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

export function bytesOfNumber(value, size) {
  const bytes = new Uint8Array(size);
  let rest = BigInt(value);
  for (let place = size - 1; place >= 0; place -= 1) {
    bytes[place] = Number(rest & 255n);
    rest >>= 8n;
  }
  if (rest !== 0n) throw new RangeError(`a number does not fit into ${size} bytes`);
  return bytes;
}
