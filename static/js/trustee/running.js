// A long task on the trustee's page: how far it is, how long it takes yet, and what was found.
import { make } from "../booth/page.js";

const FEWEST_FOR_TIME_LEFT = 0.03;

export class Running {
  constructor(title) {
    this.startedAt = performance.now();
    this.bar = make("progress", "trustee-progress");
    Object.assign(this.bar, { max: 1, value: 0 });
    this.bar.setAttribute("aria-label", "How far it is");
    this.left = make("p", "govuk-body", "Keep this page open.");
    this.left.setAttribute("role", "status");
    this.list = make("ul", "govuk-list");
    this.ended = make("p", "govuk-body");
    this.shown = [this.bar, this.left];
    const heading = make("h2", "govuk-heading-m", `${title}: what was checked and found`);
    this.report = make("div", "", heading, this.list, this.ended);
    this.progress = this.progress.bind(this);
    this.found = this.found.bind(this);
  }

  progress(done) {
    this.bar.value = done;
    const passed = performance.now() - this.startedAt;
    const words = done < FEWEST_FOR_TIME_LEFT ? "" : timeLeft((passed / done) * (1 - done));
    const sentence = `Keep this page open. ${words}`.trim();
    if (this.left.textContent !== sentence) this.left.textContent = sentence;
  }

  found(sentence) {
    this.list.append(make("li", "trustee-found__line", sentence));
  }

  end(sentence) {
    this.bar.value = 1;
    this.left.textContent = "";
    this.ended.textContent = sentence;
  }
}

// In words, coarse enough not to be said every second.
export function timeLeft(ms) {
  const minutes = Math.ceil(ms / 60_000);
  if (ms < 20_000) return "A few seconds are left.";
  return minutes === 1 ? "Less than a minute is left." : `About ${minutes} minutes are left.`;
}
