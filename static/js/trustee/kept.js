// What a trustee's browser keeps of a ceremony between its steps, so that a reload loses nothing:
// the secret, sealed under the passphrase like a share file (sealing §9.8), and what was sent, as it
// was sent. It is written before anything leaves.

const PREFIX = "hustings/v1/trustee/";

export class Kept {
  #storage;
  #name;

  // identifier: the ceremony's, in hexadecimal; number: the trustee's.
  constructor(storage, { identifier, number }) {
    this.#storage = storage;
    this.#name = `${PREFIX}${identifier}/${number}`;
    Object.freeze(this);
  }

  #read() {
    return JSON.parse(this.#storage.getItem(this.#name) ?? '{"secret":null,"sent":{}}');
  }

  #write(kept) {
    this.#storage.setItem(this.#name, JSON.stringify(kept));
  }

  // The sealed secret as text; null where this browser has none.
  get secret() {
    return this.#read().secret;
  }

  // The message that was sent at a step, as JSON; undefined if none was.
  sent(step) {
    return this.#read().sent[step];
  }

  keepSecret(text) {
    this.#write({ ...this.#read(), secret: text });
  }

  keepSent(step, message) {
    const kept = this.#read();
    this.#write({ ...kept, sent: { ...kept.sent, [step]: message } });
  }

  // The share file is made and was read again: what made it is not needed any more.
  forgetSecret() {
    this.#write({ ...this.#read(), secret: null });
  }
}
