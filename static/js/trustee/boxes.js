// What the trustee's page shows when a mix, a commitment or a part is due: the form for the share, one
// button, how far the computing is, and what was checked and found.
import { make } from "../booth/page.js";
import { Stages } from "../sealing/stages.js";
import { countOf } from "./checks.js";
import { Running } from "./running.js";
import { shareForm } from "./shareForm.js";
import { ballotsIn, mixesDue, MOST_BALLOTS, runTask, Work } from "./work.js";

const TITLES = {
  mix: "Mix the boxes",
  commit: "Open the boxes",
  part: "Reveal your part",
  reveal: "Your part is ready",
  waiting: "Your work is being checked",
};
const EXPLAINED = {
  mix: "Your browser checks the mixes before yours, then puts the sealed ballots into a new order and seals each anew, with a proof that no vote was changed. Nobody, the server included, can then tell which vote came from which ballot.",
  commit: "Your browser first checks everything on the board: every ballot, the boxes, and every mix. Then it makes your part of the opening and publishes a fingerprint of it. The part itself is sent when enough trustees have published theirs: leave this page open until then.",
  part: "Enough trustees have published the fingerprints of their parts. As this page was closed meanwhile, your browser checks everything again, makes the same part as before, and sends it.",
  reveal: "It is sent by itself as soon as the board shows that enough trustees have committed. Leave this page open.",
  waiting: "What you handed in has reached the server. It checks it, as you would check another’s, and then puts it on the board.",
};

const ALL_HOLDS = "All of it holds.";

// The part of a trustee's page that works on boxes, over the frame that all its parts share.
//
// again: look anew at what is due; fail: say an error; workerUrl: of the built worker.js.
export class Boxes {
  #isBusy = false;

  constructor({ frame, seat, storage, workerUrl, again, fail }) {
    Object.assign(this, { frame, again, fail, board: null });
    const openBoard = () => this.board.next();
    const run = (task, told) => runTask(workerUrl, task, told);
    this.work = new Work({ seat, openBoard, storage, run });
    addEventListener("beforeunload", (event) => this.#isBusy && event.preventDefault());
  }

  // While a task runs nothing else may be drawn in its place.
  get isBusy() {
    return this.#isBusy;
  }

  // Draw what is due, of what the seat says; or do it, where nothing is needed for it.
  async show(said, board) {
    if (this.#isBusy) return;
    this.board = board;
    const state = stateOf(said, this.work);
    if (state.name === "reveal" && (await this.work.reveal())) return this.again();
    const draw = () => this.#drawn(state, said);
    this.frame.show(`boxes ${JSON.stringify(state)}`, TITLES[state.name], draw);
  }

  #drawn(state, said) {
    if (state.isTooLarge) return byCommand(state);
    const explained = make("p", "govuk-body", EXPLAINED[state.name]);
    if (state.name === "waiting" || state.name === "reveal") return [explained];
    const refused = state.refused.map((said) => saidBefore(said));
    const list = make("ul", "govuk-list govuk-list--bullet", ...state.boxes.map(boxLine));
    const given = shareForm({
      submit: TITLES[state.name],
      // Not waited for: the form leaves the page, and forgets what was typed.
      onShare: async (share) => void this.#begin(state.name, said, share).catch(this.fail),
      fail: this.fail,
    });
    return [...refused, explained, list, given];
  }

  #begin(name, said, share) {
    if (name === "mix") return this.#run("Mixing", (told) => this.#mix(share, told));
    return this.#run("Checking and opening", async (told) => {
      await this.work.open(share, { ...told, trustee: said.trustee.number });
      if (name === "commit") await this.work.commit(); // A part follows once the board allows it.
      return ALL_HOLDS;
    });
  }

  // Gives what there is to say instead, where there was nothing to mix.
  async #mix(share, { onProgress, onFound }) {
    const said = await this.work.seat.read(); // Others may have mixed since the form was drawn.
    const boxes = mixesDue(said);
    if (boxes.length === 0) return "Others have mixed meanwhile: nothing is left for you to mix.";
    const stages = new Stages(onProgress, ...boxes.map(({ ballots }) => ballots));
    for (const box of boxes) {
      onFound(`${box.label}: ${countOf(box.ballots, "ballot")}.`);
      const told = { onProgress: stages.following(), onFound, trustee: said.trustee.number };
      await this.work.mix(box, share, told);
    }
    return ALL_HOLDS;
  }

  // Run a task: its progress, and what it finds, which stays on the page to be read. Its act gives the
  // last sentence.
  async #run(title, act) {
    this.#isBusy = true;
    const running = new Running(title);
    this.frame.show(`running ${title}`, title, () => running.shown);
    this.frame.work.replaceChildren(running.report);
    try {
      running.end(await act({ onProgress: running.progress, onFound: running.found }));
    } catch (error) {
      running.end("It was stopped, and nothing more was sent.");
      throw error;
    } finally {
      this.#isBusy = false;
    }
    this.again();
  }
}

// What is to be shown, of what the seat says. Two alike need no new drawing.
export function stateOf(said, { hasParts }) {
  const { due, boxes } = said;
  const concerned = due === "mix" ? mixesDue(said) : boxes;
  const isWaiting = boxes.some(({ handed_in: it }) => it?.state === "waiting");
  if (due === "mix" ? concerned.length === 0 : isWaiting) return { name: "waiting" };
  if (due === "part" && hasParts) return { name: "reveal" };
  const ballots = due === "mix" ? Math.max(...concerned.map((one) => one.ballots)) : ballotsIn(boxes);
  return {
    name: due,
    ballots,
    isTooLarge: ballots > MOST_BALLOTS,
    boxes: concerned.map(({ contest, box, label, ballots: size }) => [contest, box, label, size]),
    refused: refusedOf(concerned, due === "mix" ? "mix" : "part"),
  };
}

// What the server says of what was handed in last and not taken, where that was of this kind: it was
// refused, or its check stopped before it ended.
const NOT_TAKEN = {
  refused: "The server refused what you handed in: ",
  stopped: "What you handed in is not on the board: ",
};
const refusedOf = (boxes, kind) =>
  boxes
    .map(({ handed_in: handedIn }) => handedIn)
    .filter((it) => it?.kind === kind && it.state in NOT_TAKEN)
    .map(({ state, message }) => [state, message]);

const boxLine = ([, , label, ballots]) => make("li", "", `${label}: ${countOf(ballots, "ballot")}`);

function saidBefore([state, message]) {
  const title = make("strong", "", NOT_TAKEN[state]);
  return make("p", "govuk-inset-text", title, message);
}

function byCommand({ ballots }) {
  const most = MOST_BALLOTS.toLocaleString("en-GB");
  const words = `There are ${countOf(ballots, "ballot")}, and a browser takes too long for more than ${most}. Use the trustee’s command, on a computer of your own; the handbook for trustees says how to install it:`;
  const command = "python -m ballot.trustee SEAT-ADDRESS --keep FOLDER";
  const where = "SEAT-ADDRESS is the whole address that was sent to you; FOLDER is where your share file lies.";
  return [
    make("p", "govuk-body", words),
    make("pre", "trustee-command", make("code", "", command)),
    make("p", "govuk-body", where),
  ];
}
