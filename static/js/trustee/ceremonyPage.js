// The key ceremony on a trustee's page: a passphrase, then the steps by themselves, then the share
// file. What is due comes from the board; the secret and the passphrase live in this tab's memory,
// and the secret sealed in the browser's storage until the share file was read again.
import { make } from "../booth/page.js";
import { hexOfBytes } from "../sealing/bytes.js";
import { canonical } from "../sealing/canonical.js";
import { ShareFileRejected } from "../sealing/errors.js";
import { openShare, sealShare, SHORTEST_PASSPHRASE } from "../sealing/shareFile.js";
import { deriveBeside } from "./deriving.js";
import { CheckFailed } from "./failures.js";
import { button, form, passphraseField } from "./form.js";
import { Kept } from "./kept.js";
import { STEPS } from "./onBoard.js";
import { printPaper, removePaper } from "./paper.js";
import { shareForm } from "./shareForm.js";
import { begin, checkOwn, checkSeat, end, messageOf, stepDue } from "./steps.js";

const text = new TextDecoder();

export class CeremonyPage {
  #identifier = null; // Of the ceremony that what follows belongs to.
  #secret = null;
  #passphrase = null;

  // storage: localStorage; again(): look at once; fail(error): what is shown when something fails.
  constructor({ frame, seat, storage, again, fail }) {
    Object.assign(this, { frame, seat, storage, again, fail });
    Object.seal(this);
  }

  // Do what is due of the ceremony, or show what the trustee must do for it.
  async take(said, onBoard) {
    const { number } = said.trustee;
    if (this.#identifier !== onBoard.identifier) this.#forget(onBoard.identifier);
    checkSeat(said.trustee, onBoard);
    const kept = new Kept(this.storage, { identifier: onBoard.identifier, number });
    checkOwn(number, onBoard, kept);
    const step = stepDue(number, onBoard);
    if (step === null) return this.#wait(onBoard, number);
    const sent = kept.sent(step);
    if (sent !== undefined) return this.#send(step, sent, onBoard);
    if (step === "commitment") return this.#askToBegin(onBoard, number, kept);
    if (this.#secret === null) return this.#askToGoOn(kept);
    if (step === "confirmation") return this.#askToKeep(said, onBoard, kept);
    const message = kept.keepSent(step, messageOf(step, this.#secret, onBoard));
    return this.#send(step, message, onBoard);
  }

  #forget(identifier) {
    this.#identifier = identifier;
    this.#secret = null;
    this.#passphrase = null;
  }

  async #send(step, message, onBoard) {
    await this.seat.sendMessage(step, message);
    this.#showWaiting("Your message is on its way to the board.", onBoard);
  }

  #wait(onBoard, number) {
    if (onBoard.out.has(number)) {
      throw new CheckFailed("ceremony.out", "the complaints", "You are out of this ceremony.");
    }
    const step = STEPS.find((one) => !onBoard.isDone(one));
    const names = step ? onBoard.missing(step).map((one) => onBoard.nameOf(one)) : [];
    const what = names.length > 0 ? `Waiting for ${names.join(", ")}.` : "Waiting for the key.";
    this.#showWaiting(what, onBoard);
  }

  #showWaiting(sentence, onBoard) {
    this.frame.show("ceremony-waits", "The ceremony is under way", () => {
      const advice = "Keep this page open. It goes on by itself, and says when you are needed.";
      return [make("p", "app-lead", advice), make("p", "govuk-body trustee-waits")];
    });
    this.frame.due.querySelector(".trustee-waits").textContent = sentence;
    return onBoard;
  }

  // ---- the passphrase ----

  #askToBegin(onBoard, number, kept) {
    this.frame.show(`begin ${onBoard.identifier}`, "Choose a passphrase, and begin", () => {
      const first = passphraseField({
        label: "A new passphrase",
        hint: `At least ${SHORTEST_PASSPHRASE} characters. Four or five words that you have used nowhere else are good.`,
        isNew: true,
      });
      const second = passphraseField({ label: "The same passphrase again", isNew: true });
      const act = async (tell) => {
        if (!isChosen(first, second)) return;
        await this.#begin(onBoard, number, kept, { passphrase: first.input.value, tell });
      };
      return [
        make("p", "govuk-body", "Your share of the key will be closed by this passphrase. It does not leave this browser. Nobody can restore it: without it your share is lost. Write it down, and keep it apart from the share file."),
        form({
          fields: [first.group, second.group],
          submit: "Begin the ceremony",
          busy: "Drawing your secret…",
          act,
          fail: this.fail,
        }),
      ];
    });
  }

  async #begin(onBoard, number, kept, { passphrase, tell }) {
    const { secret, message } = begin(number, onBoard);
    const sealed = await sealShare(secret, { passphrase, derive: deriveBeside(tell) });
    if (kept.keepDrawn(text.decode(sealed), message)) {
      this.#secret = secret;
      this.#passphrase = passphrase;
      await this.#send("commitment", message, onBoard);
    } // Else another tab of this browser has begun meanwhile.
    this.again();
  }

  // After a reload: what was kept opens with the passphrase alone.
  #askToGoOn(kept) {
    const { secret } = kept;
    if (secret === null) {
      const why = "This browser does not have what you drew at the start of the ceremony.";
      throw new CheckFailed("ceremony.secret", "this browser’s storage", why);
    }
    this.frame.show("go-on", "Go on with the ceremony", () => {
      const passphrase = passphraseField({ hint: "The one that you chose when you began." });
      const act = async (tell) => {
        passphrase.clear();
        const given = { passphrase: passphrase.input.value, derive: deriveBeside(tell) };
        this.#secret = await openKept(secret, given, passphrase);
        if (this.#secret === null) return;
        this.#passphrase = given.passphrase;
        this.again();
      };
      return [
        make("p", "govuk-body", "This page was loaded anew. What you drew is kept in this browser, closed by your passphrase."),
        form({
          fields: [passphrase.group],
          submit: "Go on",
          busy: "Opening…",
          act,
          fail: this.fail,
        }),
      ];
    });
  }

  // ---- the share file ----

  async #askToKeep(said, onBoard, kept) {
    const name = `keep ${onBoard.identifier}`;
    const title = "Keep your share of the key";
    const busy = make("p", "govuk-body trustee-busy", "Making your share file…");
    if (!this.frame.show(name, title, () => [busy])) return;
    const { share, message } = end(this.#secret, onBoard);
    const tell = (done) => {
      busy.textContent = `Making your share file… ${Math.round(100 * done)} %`;
    };
    const given = { passphrase: this.#passphrase, derive: deriveBeside(tell) };
    const file = text.decode(await sealShare(share, given));
    const isSame = (other) => sameBytes(canonical(other.toJson()), canonical(share.toJson()));
    const onShare = async (other) => {
      if (!isSame(other)) {
        const why = "This is another share file than the one that was just made.";
        throw new CheckFailed("share.key", "the share file", why);
      }
      const confirmed = kept.keepSent("confirmation", message);
      kept.forgetSecret();
      this.#forget(onBoard.identifier);
      removePaper();
      await this.#send("confirmation", confirmed, onBoard);
      this.again();
    };
    const { due } = this.frame;
    due.replaceChildren(due.firstChild, ...this.#keeping(said, file, onShare));
  }

  #keeping({ election, trustee }, file, onShare) {
    const download = make("a", "govuk-button", "Download the share file");
    download.href = URL.createObjectURL(new Blob([file], { type: "application/json" }));
    download.download = `hustings-share-${election.slug}-${trustee.number}.json`;
    download.setAttribute("role", "button");
    const print = button("Print the paper backup", { isSecondary: true });
    const owner = { title: election.title, name: trustee.name, number: trustee.number };
    print.addEventListener("click", () => printPaper(file, owner));
    const part = (title, ...children) => [make("h3", "govuk-heading-s", title), ...children];
    return [
      make("p", "app-lead", "You need this file to open the boxes. Whoever loses it cannot open, and if too many do, nobody can count."),
      ...part("1. Download it", make("p", "govuk-body", "Copy it to a second place, such as a memory stick that you lock away."), download),
      ...part("2. Print it", make("p", "govuk-body", "The paper holds the same, as a code and as text."), print),
      ...part("3. Show that you can read it", make("p", "govuk-body", "Only then do you confirm to the others that you hold your share."), shareForm({ submit: "Check it and confirm", onShare, fail: this.fail })),
    ];
  }
}

function isChosen(first, second) {
  first.clear();
  second.clear();
  if ([...first.input.value].length < SHORTEST_PASSPHRASE) {
    first.refuse(`Choose at least ${SHORTEST_PASSPHRASE} characters.`);
    return false;
  }
  if (first.input.value !== second.input.value) {
    second.refuse("This is not the same passphrase. Type it again.");
    return false;
  }
  return true;
}

async function openKept(secret, given, field) {
  try {
    return await openShare(new TextEncoder().encode(secret), given);
  } catch (error) {
    if (!(error instanceof ShareFileRejected)) throw error;
    field.refuse("The passphrase does not open it. Try again: capitals and spaces count.");
    return null;
  }
}

const sameBytes = (one, other) => hexOfBytes(one) === hexOfBytes(other);
