// A trustee's own steps in a ceremony, each after a check of all that the board shows
// (docs/spec/sealing.md §9, docs/spec/trustees.md §5.1). No page.
import { isSame } from "../sealing/bytes.js";
import { canonical } from "../sealing/canonical.js";
import { deal, finish, prepare, receive, reveal } from "../sealing/ceremony.js";
import { browserRng } from "../sealing/group.js";
import { Received } from "../sealing/messages.js";
import { at, CheckFailed } from "./failures.js";
import { STEPS } from "./onBoard.js";

// Check that the trustee of this seat is the one whom the board names.
export function checkSeat({ number, name }, onBoard) {
  if (onBoard.frame.trustees[number - 1] !== name) {
    const why = `Trustee ${number} of the ceremony on the board is not ${name}.`;
    throw new CheckFailed("ceremony.seat", `entry ${onBoard.number} (ceremony)`, why);
  }
}

// Check that what the board shows in this trustee's name is what this browser sent, and nothing else
// (sealing §9.1).
export function checkOwn(number, onBoard, kept) {
  for (const step of STEPS) {
    const shown = onBoard.raw[step].get(number);
    const sent = kept.sent(step);
    if (shown === undefined) continue;
    if (sent === undefined || !isSame(canonical(shown), canonical(sent))) {
      const why = `Your ${NAMES[step]} on the board was not sent from this browser.`;
      throw new CheckFailed("ceremony.foreign", "a message in your name", why);
    }
  }
}

export const NAMES = {
  commitment: "commitment",
  reveal: "reveal",
  dealing: "shares for the others",
  received: "check of the shares",
  confirmation: "confirmation",
};

// The step that this trustee is to do now; null while the others are waited for, or when all is done.
export function stepDue(number, onBoard) {
  for (const [place, step] of STEPS.entries()) {
    if (onBoard.said[step].has(number)) continue;
    if (place > 0 && !onBoard.isDone(STEPS[place - 1])) return null;
    return step === "confirmation" && onBoard.out.has(number) ? null : step;
  }
  return null;
}

// Step 1: a secret to keep, and the commitment to it, as JSON.
export function begin(number, onBoard, { rng = browserRng } = {}) {
  const { secret, commitment } = prepare(onBoard.frame, number, { rng });
  return { secret, message: commitment.toJson() };
}

// Steps 2 to 4: the message, as JSON.
export function messageOf(step, secret, onBoard, { rng = browserRng } = {}) {
  const given = { ceremony: onBoard.frame, rng };
  return {
    reveal: () => {
      const commitments = onBoard.list("commitment");
      return reveal(secret, { ...given, commitments }).toJson();
    },
    dealing: () => deal(secret, { ...given, reveals: onBoard.reveals }).toJson(),
    received: () => {
      const seen = { ...given, reveals: onBoard.reveals, dealings: onBoard.list("dealing") };
      return new Received(secret.number, receive(secret, seen)).toJson();
    },
  }[step]();
}

// Step 5: the share, to be put into a file, and the confirmation, to be sent once the file was read
// again.
export function end(secret, onBoard, { rng = browserRng } = {}) {
  return at("the end of the ceremony", "You hold no whole share of the key.", () => {
    const { share, confirmation } = finish(secret, { ...onBoard.published, rng });
    return { share, message: confirmation.toJson() };
  });
}
