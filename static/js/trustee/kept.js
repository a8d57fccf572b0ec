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

  // Keep what was drawn, sealed, with the commitment to it. Gives whether it was: not where another tab
  // of this browser has begun, for what that one drew could then be opened by nobody.
  keepDrawn(text, commitment) {
    if (this.sent("commitment") !== undefined) return false;
    this.#write({ secret: text, sent: { commitment } });
    return true;
  }

  // Keep the message of a step, and give the one to be sent: the first that was kept. Another tab may
  // have made one meanwhile, and two would contradict one another on the board.
  keepSent(step, message) {
    const kept = this.#read();
    if (kept.sent[step] !== undefined) return kept.sent[step];
    this.#write({ ...kept, sent: { ...kept.sent, [step]: message } });
    return message;
  }

  // The share file is made and was read again: what made it is not needed any more.
  forgetSecret() {
    this.#write({ ...this.#read(), secret: null });
  }
}
