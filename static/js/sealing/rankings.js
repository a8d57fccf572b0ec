// Rankings as numbers: ballot/sealing/rankings.py. A ranking lists candidates, 0 to n - 1, in order
// of preference; an empty one is a blank paper. They are numbered by length, then in the order of
// dictionaries.
import { RankingRejected } from "./errors.js";

const LARGEST_SPACE = 2 ** 20;

// In how many ways `length` of `count` can be put in order.
function perm(count, length) {
  let ways = 1;
  for (let place = 0; place < length; place += 1) ways *= count - place;
  return ways;
}

// All rankings of up to `preferences` of the candidates, blank included (§4.1).
export class RankingSpace {
  #starts = [0];

  constructor(candidates, preferences) {
    if (!(preferences >= 1 && preferences <= candidates)) {
      throw new RankingRejected("ranking.preferences", { preferences });
    }
    for (let length = 0; length <= preferences; length += 1) {
      this.#starts.push(this.#starts.at(-1) + perm(candidates, length));
      if (this.#starts.at(-1) > LARGEST_SPACE) {
        throw new RankingRejected("ranking.space", { largest: LARGEST_SPACE });
      }
    }
    this.candidates = candidates;
    this.preferences = preferences;
    this.size = this.#starts.at(-1);
    Object.freeze(this);
  }

  // Number a ranking (§4.1).
  index(ranking) {
    const { length } = ranking;
    if (length > this.preferences) {
      throw new RankingRejected("ranking.length", { preferences: this.preferences });
    }
    if (new Set(ranking).size !== length) throw new RankingRejected("ranking.repeated");
    if (!ranking.every((who) => Number.isInteger(who) && who >= 0 && who < this.candidates)) {
      throw new RankingRejected("ranking.candidate");
    }
    const left = Array.from({ length: this.candidates }, (_, candidate) => candidate);
    return ranking.reduce((number, candidate, place) => {
      const step = perm(left.length - 1, length - 1 - place);
      const which = left.indexOf(candidate);
      left.splice(which, 1);
      return number + which * step;
    }, this.#starts[length]);
  }

  // Give the ranking of a number (§4.1).
  ranking(index) {
    if (!(Number.isInteger(index) && index >= 0 && index < this.size)) {
      throw new RankingRejected("ranking.index", { size: this.size });
    }
    const length = this.#starts.findLastIndex((start) => start <= index);
    const left = Array.from({ length: this.candidates }, (_, candidate) => candidate);
    let rest = index - this.#starts[length];
    return Array.from({ length }, (_, place) => {
      const step = perm(left.length - 1, length - 1 - place);
      const which = Math.floor(rest / step);
      rest %= step;
      return left.splice(which, 1)[0];
    });
  }
}
