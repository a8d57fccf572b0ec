// The booth's sentences that depend on what was marked. No page, no sealing.

const ENDINGS = { one: "st", two: "nd", few: "rd", other: "th" };
const rules = new Intl.PluralRules("en-GB", { type: "ordinal" });

export const ordinal = (number) => `${number}${ENDINGS[rules.select(number)]}`;

export function listed(words) {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

export function sayPlace(name, choice, limit) {
  return choice === null
    ? `${name} is not marked.`
    : `${name} is now your ${ordinal(choice)} choice of ${limit}.`;
}

// One sentence a gap or repeat, as shown beside the paper.
export function sayProblems({ gaps, repeats }, names) {
  const sentences = repeats.map(({ choice, candidates }) => {
    const who = listed(candidates.map((index) => names[index]));
    return `${who} are ${candidates.length > 2 ? "all" : "both"} marked ${ordinal(choice)}.`;
  });
  if (gaps.length > 0) {
    sentences.push(`You have no ${listed(gaps.map(ordinal))} choice, but you have a later one.`);
  }
  return sentences;
}

export function sayHowMany(count, candidates, limit) {
  if (count === 0) return "You have left this blank.";
  if (count === candidates) return `You ranked all ${candidates}.`;
  if (count === limit) return `You ranked ${count}, as many as the rules allow.`;
  return `You ranked ${count} of ${candidates}; you may stop there.`;
}
