// A trustee's software in the browser, without its page: the ceremony from the board, step by step
// (docs/spec/trustees.md §5.1 and §5.2, docs/spec/sealing.md §9).
import assert from "node:assert/strict";
import test from "node:test";
import { ProofRejected, Unreachable } from "../../static/js/board/errors.js";
import { openBoard } from "../../static/js/board/reader.js";
import { Remembered } from "../../static/js/board/remembered.js";
import { bytesOfHex, hexOfBytes } from "../../static/js/sealing/bytes.js";
import { conclude } from "../../static/js/sealing/ceremony.js";
import { TrusteeSecret } from "../../static/js/sealing/messages.js";
import { checkShareProof, openShare, sealShare } from "../../static/js/sealing/shareFile.js";
import { CheckFailed } from "../../static/js/trustee/failures.js";
import { checkShare, proofOf } from "../../static/js/trustee/held.js";
import { Kept } from "../../static/js/trustee/kept.js";
import { ceremonyOn, checkNotice, readBeforeOpening, STEPS } from "../../static/js/trustee/onBoard.js";
import { NoAnswer, Seat, SeatRefused, secretIn } from "../../static/js/trustee/seat.js";
import {
  begin,
  checkOwn,
  checkSeat,
  end,
  messageOf,
  stepDue,
} from "../../static/js/trustee/steps.js";
import { isPassing, wordsOf } from "../../static/js/trustee/words.js";
import { MadeBoard, MadeStorage } from "./boards.mjs";

const NAMES = ["Ann", "Bob", "Cai"];
const IDENTIFIER = "00112233445566778899aabbccddeeff";
const refused = (check) => (error) => error instanceof CheckFailed && error.check === check;

const boardOf = (made) =>
  openBoard({
    address: "/board",
    key: made.key,
    remembered: new Remembered(new MadeStorage()),
    request: made.request,
  });

async function seen(made) {
  return ceremonyOn(await readBeforeOpening(await boardOf(made)));
}

function begun({ quorum = 2, trustees = NAMES } = {}) {
  const made = new MadeBoard();
  made.append("notice", {});
  made.append("ceremony", { identifier: IDENTIFIER, quorum, trustees });
  return made;
}

// A trustee who does what is due, as the page does; `change` is what they say instead.
class Trustee {
  constructor(number) {
    this.number = number;
    this.storage = new MadeStorage();
    this.kept = new Kept(this.storage, { identifier: IDENTIFIER, number });
  }

  async act(made, { change = (message) => message } = {}) {
    const onBoard = await seen(made);
    checkOwn(this.number, onBoard, this.kept);
    const step = stepDue(this.number, onBoard);
    if (step === null) return null;
    const message = change(this.make(step, onBoard));
    this.kept.keepSent(step, message);
    made.append("ceremony-message", { message, step });
    return step;
  }

  make(step, onBoard) {
    if (step === "commitment") {
      const { secret, message } = begin(this.number, onBoard);
      this.secret = secret;
      return message;
    }
    if (step !== "confirmation") return messageOf(step, this.secret, onBoard);
    const { share, message } = end(this.secret, onBoard);
    this.share = share;
    return message;
  }
}

async function held(made, trustees, { until = STEPS.length } = {}) {
  for (const _ of STEPS.slice(0, until)) for (const trustee of trustees) await trustee.act(made);
  return seen(made);
}

const three = () => [1, 2, 3].map((number) => new Trustee(number));

test("three trustees end with the key that the board's messages give (§9)", async () => {
  const made = begun();
  const trustees = three();
  const onBoard = await held(made, trustees);
  const key = await concluded(made, onBoard);

  assert.equal(key.trustees.length, 3);
  assert.ok(STEPS.every((step) => onBoard.isDone(step)));
  assert.equal(await trustees[0].act(made), null);
  for (const { share, number } of trustees) checkShare(share, { number, key });
  const words = hexOfBytes((await seen(made)).transcript);
  assert.equal(words, hexOfBytes(onBoard.transcript));
});

// Append the key that the messages give, and read the board again.
async function concluded(made, onBoard) {
  const given = { ...onBoard.published, reveals: onBoard.list("reveal") };
  const key = conclude(onBoard.frame, { ...given, confirmations: onBoard.list("confirmation") });
  made.append("key", key.toJson());
  return (await seen(made)).conclude();
}

test("nobody goes on before all have done the step before (§9.1)", async () => {
  const made = begun();
  const [ann, bob, cai] = three();

  assert.equal(await ann.act(made), "commitment");
  assert.equal(await ann.act(made), null);
  assert.equal(await bob.act(made), "commitment");
  assert.equal(await cai.act(made), "commitment");
  assert.deepEqual((await seen(made)).missing("reveal"), [1, 2, 3]);
  assert.equal(await ann.act(made), "reveal");
  made.append("ceremony-message", {
    step: "dealing",
    message: { number: 2, shares: [] },
  });
  await assert.rejects(seen(made), refused("ceremony.order"));
});

test("a message in one's own name that was not sent from here stops the trustee (§5.1)", async () => {
  const made = begun();
  const [ann, bob] = three();
  await ann.act(made);
  await bob.act(made);
  const onBoard = await seen(made);

  checkOwn(1, onBoard, ann.kept);
  const elsewhere = new Trustee(1);
  assert.throws(() => checkOwn(1, onBoard, elsewhere.kept), refused("ceremony.foreign"));
  elsewhere.kept.keepSent("commitment", { digest: "00".repeat(32), number: 1 });
  assert.throws(() => checkOwn(1, onBoard, elsewhere.kept), refused("ceremony.foreign"));
  await assert.rejects(elsewhere.act(made), refused("ceremony.foreign"));
});

test("a message of nobody, a second, or of another form is refused (§9.1, bundle §4.5)", async () => {
  const said = (step, message) => async () => {
    const made = begun();
    await new Trustee(1).act(made);
    made.append("ceremony-message", { message, step });
    return seen(made);
  };
  const digest = "ab".repeat(32);

  assert.equal((await said("commitment", { digest, number: 2 })()).said.commitment.size, 2);
  await assert.rejects(said("commitment", { digest, number: 1 }), refused("ceremony.twice"));
  await assert.rejects(said("commitment", { digest, number: 4 }), refused("ceremony.number"));
  await assert.rejects(said("commitment", { digest }), refused("ceremony.commitment-fields"));
  await assert.rejects(said("another", { digest, number: 2 }), refused("ceremony.step"));
});

test("a reveal that is not what was committed to stops everybody (§9.2)", async () => {
  const made = begun();
  const [ann, bob, cai] = three();
  await held(made, [ann, bob, cai], { until: 1 });
  await ann.act(made);
  const other = begin(2, await seen(made)).secret.reveal.toJson();
  await bob.act(made, { change: () => other });
  await cai.act(made);

  await assert.rejects(ann.act(made), refused("ceremony.commitment"));
});

test("a false share is complained of, its dealer is out, and the others go on (§9.4, §9.5)", async () => {
  const made = begun();
  const [ann, bob, cai] = three();
  await held(made, [ann, bob, cai], { until: 2 });
  cai.secret = falsified(cai.secret);
  await held(made, [ann, bob, cai], { until: 1 });
  await held(made, [ann, bob, cai], { until: 1 });
  const onBoard = await seen(made);

  const complained = onBoard.complaints.map(({ dealer, complainant }) => [dealer, complainant]);
  assert.deepEqual(complained, [[3, 1], [3, 2]]);
  assert.deepEqual([...onBoard.out], [3]);
  assert.equal(await cai.act(made), null);
  await ann.act(made);
  await bob.act(made);
  const key = await concluded(made, await seen(made));
  assert.deepEqual(key.trustees.map(({ number }) => number), [1, 2]);
});

// A dealer whose polynomial is another than they revealed.
function falsified(secret) {
  const [first, ...others] = secret.coefficients;
  return new TrusteeSecret({
    number: secret.number,
    coefficients: [first + 1n, ...others],
    encryption: secret.encryption,
    reveal: secret.reveal,
  });
}

test("a complaint that is not upheld ends the ceremony and names who made it (§9.5)", async () => {
  const made = begun();
  const [ann, bob, cai] = three();
  await held(made, [ann, bob, cai], { until: 3 });
  const [sealed] = (await seen(made)).said.dealing.get(2).shares;
  const point = hexOfBytes(sealed.ephemeral);
  const proof = `${point}${point}${"01".repeat(32)}`;
  const complaint = { complainant: 1, dealer: 2, opened: point, proof };
  await ann.act(made, { change: (message) => ({ ...message, complaints: [complaint] }) });
  await bob.act(made);
  await cai.act(made);

  await assert.rejects(bob.act(made), refused("ceremony.complaint"));
});

test("a key that the ceremony does not give is refused (§9.6)", async () => {
  const made = begun();
  const trustees = three();
  const onBoard = await held(made, trustees);
  const other = begun();
  const key = await concluded(other, await held(other, three()));
  made.append("key", key.toJson());
  const found = await seen(made);

  assert.ok(onBoard.isDone("confirmation"));
  assert.throws(() => found.conclude(), refused("key.ceremony"));
});

test("a later ceremony takes an earlier one's place, and its opening ends the reading", async () => {
  const made = begun();
  await new Trustee(1).act(made);
  made.append("ceremony", { identifier: "ff".repeat(16), quorum: 1, trustees: ["Bob"] });
  made.append("opening", {});
  made.append("ceremony", { identifier: IDENTIFIER, quorum: 1, trustees: ["Ann"] });
  const onBoard = await seen(made);

  assert.equal(onBoard.identifier, "ff".repeat(16));
  assert.equal(onBoard.said.commitment.size, 0);
  checkSeat({ number: 1, name: "Bob" }, onBoard);
  assert.throws(() => checkSeat({ number: 1, name: "Ann" }, onBoard), refused("ceremony.seat"));
  assert.equal(ceremonyOn([]), null);
  const entries = await readBeforeOpening(await boardOf(made));
  assert.throws(() => checkNotice(entries, "another"), refused("notice.board"));
  assert.throws(() => checkNotice([], made.key), refused("notice.board"));
  checkNotice([{ kind: "notice", content: { board: made.key } }], made.key);
});

test("a ceremony under the identifier of an earlier one is refused (sealing §9.1)", async () => {
  const told = { identifier: IDENTIFIER, quorum: 2, trustees: NAMES };
  const [anew, again] = [begun(), begun()];
  anew.append("ceremony", { ...told, identifier: "ff".repeat(16) });
  again.append("ceremony", told);

  assert.equal((await seen(anew)).identifier, "ff".repeat(16));
  await assert.rejects(() => seen(again), refused("ceremony.identifier"));
});

test("a share proves that it is held, of the key on the board alone (§5.2, §9.7)", async () => {
  const made = begun();
  const [ann, bob, cai] = three();
  const key = await concluded(made, await held(made, [ann, bob, cai]));
  const other = begun();
  const theirs = three();
  const another = await concluded(other, await held(other, theirs));
  const board = await boardOf(made);

  const { proof, size } = proofOf(ann.share, board);
  assert.equal(size, board.checkpoint.size);
  const question = board.checkpoint.root;
  checkShareProof(key, { number: 1, question, proof: bytesOfHex(proof) });
  checkShare(ann.share, { number: 1, key });
  assert.throws(() => checkShare(bob.share, { number: 1, key }), refused("share.trustee"));
  assert.throws(() => checkShare(ann.share, { number: 1, key: another }), refused("share.key"));
});

test("what is kept survives a reload, and the secret is forgotten when it may be", () => {
  const storage = new MadeStorage();
  const names = { identifier: IDENTIFIER, number: 2 };
  const kept = new Kept(storage, names);
  kept.keepDrawn("sealed", { digest: "ab", number: 2 });
  const again = new Kept(storage, names);

  assert.equal(again.secret, "sealed");
  assert.deepEqual(again.sent("commitment"), { digest: "ab", number: 2 });
  assert.equal(again.sent("reveal"), undefined);
  assert.equal(new Kept(storage, { ...names, number: 3 }).secret, null);
  again.forgetSecret();
  assert.equal(new Kept(storage, names).secret, null);
  assert.ok(new Kept(storage, names).sent("commitment"));
});

test("of two tabs that begin or go on at once, both send what the first kept (§5.1)", () => {
  const storage = new MadeStorage();
  const names = { identifier: IDENTIFIER, number: 2 };
  const [one, other] = [new Kept(storage, names), new Kept(storage, names)];

  assert.equal(one.keepDrawn("first", { digest: "ab", number: 2 }), true);
  assert.equal(other.keepDrawn("second", { digest: "cd", number: 2 }), false);
  assert.deepEqual(one.keepSent("dealing", { shares: [1] }), { shares: [1] });
  assert.deepEqual(other.keepSent("dealing", { shares: [2] }), { shares: [1] });

  for (const { secret, sent } of [one, other].map((kept) => ({
    secret: kept.secret,
    sent: [kept.sent("commitment"), kept.sent("dealing")],
  }))) {
    assert.equal(secret, "first");
    assert.deepEqual(sent, [{ digest: "ab", number: 2 }, { shares: [1] }]);
  }
});

test("the seat's secret goes into a header, and never into an address (§1)", async () => {
  const secret = "8hC0ZV3nJrw3n0J6C1cO9kqv1m2c4gIu";
  const asked = [];
  const answers = [
    Response.json({ due: null }),
    Response.json({ code: "ceremony.step", message: "No." }, { status: 409 }),
    new Response("<html>", { status: 502 }),
  ];
  const request = async (address, options) => {
    asked.push([address, options.method, options.headers.Authorization, options.body]);
    return answers.shift();
  };
  const seat = new Seat({ address: "/trustee/x/", secret, request });

  assert.deepEqual(await seat.read(), { due: null });
  const isRefusal = ({ code, status }) => code === "ceremony.step" && status === 409;
  const sent = seat.sendMessage("reveal", { number: 1 });
  await assert.rejects(sent, (error) => error instanceof SeatRefused && isRefusal(error));
  await assert.rejects(seat.proveHeld({ proof: "", size: 1 }), NoAnswer);
  assert.ok(asked.every(([address]) => !address.includes(secret)));
  assert.ok(asked.every(([, , header]) => header === `Seat ${secret}`));
  assert.equal(new TextDecoder().decode(asked[1][3]), '{"message":{"number":1},"step":"reveal"}');
  assert.ok(!JSON.stringify(seat).includes(secret));
});

test("a seat is read from its address or its secret alone", () => {
  const secret = "8hC0ZV3nJrw3n0J6C1cO9kqv1m2c4gIu";

  assert.equal(secretIn(` https://votes.example/trustee/x/#${secret}\n`), secret);
  assert.equal(secretIn(secret), secret);
  for (const text of ["", "https://votes.example/trustee/x/", "#short", "two words of a passphrase"]) {
    assert.equal(secretIn(text), null, text);
  }
});

test("what a share file holds is what the ceremony gave (§9.8)", async () => {
  const made = begun({ quorum: 1, trustees: ["Ann"] });
  const ann = new Trustee(1);
  await held(made, [ann]);
  const file = await sealShare(ann.share, { passphrase: "saith milltir" });

  const opened = await openShare(file, { passphrase: "saith milltir" });
  assert.deepEqual(opened.toJson(), ann.share.toJson());
});

const nameOf = (number) => NAMES[number - 1];

test("a refusal names the check, the trustee, the place, and what to do", () => {
  const where = "the reveals";
  const error = new CheckFailed("ceremony.possession", where, "Not proved.", { trustee: 2 });
  const { title, sentences, check } = wordsOf(error, { nameOf });

  assert.equal(title, "A check failed");
  assert.equal(check, "ceremony.possession");
  const said = sentences.join(" ");
  assert.match(said, /Bob has not proved to know/);
  assert.match(said, /Where: the reveals\./);
  assert.match(said, /begins it anew/);
});

test("a board that does not continue is told from one that only does not answer", () => {
  const forked = wordsOf(new ProofRejected("proof.root"));
  const away = wordsOf(new Unreachable("board.unreachable"));

  assert.match(forked.sentences.join(" "), /does not continue .* Do not go on/);
  assert.equal(forked.check, "proof.root");
  assert.match(away.sentences.join(" "), /tries again/);
  assert.ok(isPassing(new Unreachable("board.unreachable")));
  assert.ok(isPassing(new NoAnswer("x")));
  assert.ok(!isPassing(new ProofRejected("proof.root")));
});

test("a fault of the page's own tells nothing of what it held", () => {
  const said = JSON.stringify(wordsOf(new TypeError("secret 42")));

  assert.ok(!said.includes("42"));
  assert.match(said, /Load the page anew/);
  const refused = wordsOf(new SeatRefused({ code: "held.too-old", message: "Too old." }, 409));
  assert.deepEqual([refused.sentences, refused.check], [["Too old."], "held.too-old"]);
});
