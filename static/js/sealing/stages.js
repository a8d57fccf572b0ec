// One progress over several stages of work, each with its share of the whole. A progress is a
// function that is told how much is done, from 0 to 1: ballot/sealing/workers.py.
export class Stages {
  #progress;
  #shares;
  #stage = 0;

  constructor(progress, ...shares) {
    this.#progress = progress;
    this.#shares = shares;
  }

  // The progress of the following stage; those before it count as done.
  following() {
    const sum = (shares) => shares.reduce((total, share) => total + share, 0);
    const before = sum(this.#shares.slice(0, this.#stage));
    const [share, total] = [this.#shares[this.#stage], sum(this.#shares)];
    const progress = this.#progress;
    this.#stage += 1;
    progress(before / total);
    return (done) => progress((before + share * done) / total);
  }

  finish() {
    this.#progress(1);
  }
}
