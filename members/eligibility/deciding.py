"""One person's facts, judged under the rules.

Each rule is a Question about one fact, with one of four Outcomes. The questions are asked in a
fixed order, and the first that does not pass decides and is named: a verdict gives one reason,
the same one for everybody in the same case. A fact that was never recorded does not pass.

Judging one fact and settling all outcomes are apart, so that a roll of any size is decided
with few calls: each distinct value of a fact (with its section, where a section may have a day
of its own) is judged once, each distinct set of outcomes is settled once, and decide() is by
definition the two put together.

Somebody may be on the list more than once. Each of their records is decided by itself; of those
that may vote one is entered on the roll (members.eligibility.persons), and the last question
keeps the others out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from members.eligibility.rules import STANDINGS, Rules, day_in_words, grace_in_words


class Question(StrEnum):
    """The questions, in the order in which they are asked."""

    LISTED = "listed"
    SECTION = "section"
    UNIT = "unit"
    STANDING = "standing"
    JOINED = "joined"
    PAID = "paid"
    LEVY = "levy"
    AGE = "age"
    ENTERED = "entered"


class Outcome(StrEnum):
    """What became of one question."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_RECORDED = "not_recorded"
    NOT_ASKED = "not_asked"


PASSING: Final = frozenset({Outcome.MET, Outcome.NOT_ASKED})
ELIGIBLE: Final = "eligible"

Value = date | str | bool | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is recorded of one person. None and "" mean: not recorded. unit is a unit's key.

    entered: whether this is the record under which the person is entered on the roll. Only of
             somebody with several records may it be False.
    """

    listed: bool
    section: str
    unit: str
    standing: str
    joined_on: date | None
    paid_until: date | None
    date_of_birth: date | None
    levy_confirmed: bool | None = None
    entered: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision on one person.

    rule: "eligible", or the deciding question and what was wrong ("joined:not_met").
    facts: the facts that were looked at: the deciding one, or all that were asked.
    sentence: the decision in words, to the person it is about.
    """

    eligible: bool
    rule: str
    facts: Mapping[str, Value]
    sentence: str


def decide(facts: Facts, rules: Rules) -> Verdict:
    """Decide whether this person may vote, and say why (not)."""
    outcomes = {
        question: judge(question, fact_of(question, facts), rules, section=facts.section)
        for question in Question
    }
    rule = settle(outcomes)
    used = facts_used(rule, facts, rules)
    return Verdict(rule == ELIGIBLE, rule, used, sentence(rule, facts, rules))


def fact_of(question: Question, facts: Facts) -> Value:
    """The one fact that this question looks at."""
    value: Value = getattr(facts, FACT_NAMES[question])
    return value


FACT_NAMES: Final = {
    Question.LISTED: "listed",
    Question.SECTION: "section",
    Question.UNIT: "unit",
    Question.STANDING: "standing",
    Question.JOINED: "joined_on",
    Question.PAID: "paid_until",
    Question.LEVY: "levy_confirmed",
    Question.AGE: "date_of_birth",
    Question.ENTERED: "entered",
}

# The questions whose limit may differ from section to section.
BY_SECTION: Final = frozenset({Question.JOINED, Question.PAID, Question.LEVY})


def judge(question: Question, value: Value, rules: Rules, *, section: str) -> Outcome:
    """What becomes of one question on one value of its fact, of somebody in this section."""
    if not is_asked_of(section, question, rules):
        return Outcome.NOT_ASKED
    if value is None or value == "":
        return Outcome.NOT_RECORDED
    return Outcome.MET if _IS_MET[question](value, rules, section) else Outcome.NOT_MET


def is_asked_of(section: str, question: Question, rules: Rules) -> bool:
    """Whether these rules ask this question of the people of a section."""
    if question is Question.UNIT:
        return bool(rules.units)
    if question is Question.JOINED:
        return rules.joined_by_of(section) is not None
    if question is Question.PAID:
        return rules.paid_up_on_of(section) is not None
    if question is Question.LEVY:
        return section in rules.levy_sections
    if question is Question.AGE:
        return rules.age_on is not None
    return True


def is_asked(question: Question, rules: Rules) -> bool:
    """Whether these rules ask this question of anybody."""
    return any(is_asked_of(section, question, rules) for section in rules.sections)


def settle(outcomes: Mapping[Question, Outcome]) -> str:
    """The rule that decides: the first question, in order, that does not pass; or "eligible"."""
    for question in Question:
        if outcomes[question] not in PASSING:
            return f"{question}:{outcomes[question]}"
    return ELIGIBLE


def facts_used(rule: str, facts: Facts, rules: Rules) -> Mapping[str, Value]:
    """The facts behind a decision: the one that decided, or, of the eligible, all asked about."""
    if rule == ELIGIBLE:
        questions = [each for each in Question if is_asked_of(facts.section, each, rules)]
    else:
        questions = [Question(rule.split(":", maxsplit=1)[0])]
    return {FACT_NAMES[question]: fact_of(question, facts) for question in questions}


def sentence(
    rule: str, facts: Facts, rules: Rules, names: Mapping[str, str] | None = None
) -> str:
    """The decision in words, with the fact and the limit that decided it.

    rule:  what settle() gave for these facts under these rules.
    names: what to call a section, unit or standing; its code or key where left out.
    """
    if rule == ELIGIBLE:
        return "You are eligible to vote: every rule for this contest is met."
    question, outcome = rule.split(":")
    if outcome == Outcome.NOT_RECORDED:
        return f"Not eligible: {_UNRECORDED[Question(question)]}"
    return f"Not eligible: {_UNMET[Question(question)](facts, rules, names or {})}"


def failing(rules: Rules) -> Iterator[tuple[str, Facts]]:
    """One person for each way in which these rules keep somebody out, and the rule that does.

    For showing beforehand what people would be told. Nobody is made up who could not be.
    """
    shown = set()
    for question in Question:
        for section in sorted(rules.sections):
            if question in _SHOWN and is_asked_of(section, question, rules):
                passing = _barely_passing(section, rules)
                for outcome, value in _not_passing(question, passing, rules):
                    if (question, value) not in shown:
                        shown.add((question, value))
                        changed: dict[str, Any] = {FACT_NAMES[question]: value}
                        yield f"{question}:{outcome}", replace(passing, **changed)


# Not whether somebody is listed, and not the sections: the rules do not name the others.
_SHOWN: Final = frozenset(Question) - {Question.LISTED, Question.SECTION}
# Questions about a yes or no: one is wrong by being answered with no.
_YES: Final = frozenset({Question.LEVY, Question.ENTERED})


def _not_passing(
    question: Question, passing: Facts, rules: Rules
) -> Iterator[tuple[Outcome, Value]]:
    """Values of one fact that just fail a question, and the value of one never recorded."""
    if question in _YES:
        yield Outcome.NOT_MET, False
    elif question is Question.STANDING:
        for standing in sorted(set(STANDINGS) - rules.standings)[:1]:
            yield Outcome.NOT_MET, standing
    elif question is not Question.UNIT:
        limit = fact_of(question, passing)
        assert isinstance(limit, date)
        yield Outcome.NOT_MET, limit + timedelta(days=-1 if question is Question.PAID else 1)
    if question is not Question.ENTERED:
        yield Outcome.NOT_RECORDED, "" if question in (Question.UNIT, Question.STANDING) else None


def _barely_passing(section: str, rules: Rules) -> Facts:
    """Somebody of a section who may vote, and by not a day more than the rules ask."""
    return Facts(
        listed=True,
        section=section,
        unit=min(rules.units, default=""),
        standing=min(rules.standings),
        joined_on=rules.joined_by_of(section),
        paid_until=_paid_at_least(section, rules),
        date_of_birth=_born_by(rules) if rules.age_on else None,
        levy_confirmed=True if section in rules.levy_sections else None,
    )


def _paid_at_least(section: str, rules: Rules) -> date | None:
    """The earliest day until which people of a section may have paid; None: it is not asked."""
    day = rules.paid_up_on_of(section)
    return day and day - timedelta(days=rules.grace_days)


def reason_in_words(rule: str) -> str:
    """The deciding rule as the heading of a total: what is true of all the people in it."""
    return REASONS[rule]


def latest_birth(age: int, on: date) -> date:
    """The last day of birth of somebody who is so many years old on that day.

    An age is reached as the anniversary begins (Family Law Reform Act 1969, s. 9). Somebody
    born on 29 February has none in a common year, and reaches the age on 1 March.
    """
    try:
        return on.replace(year=on.year - age)
    except ValueError:
        # on is 29 February and the earlier year has none: its 28 February is the last day.
        return on.replace(year=on.year - age, day=28)


def _born_by(rules: Rules) -> date:
    assert rules.minimum_age, "The age is asked about only where the rules have one."
    assert rules.age_on
    return latest_birth(rules.minimum_age, rules.age_on)


_IS_MET: Final[Mapping[Question, Callable[[Any, Rules, str], bool]]] = {
    Question.LISTED: lambda listed, rules, of: listed is True,
    Question.SECTION: lambda section, rules, of: section in rules.sections,
    Question.UNIT: lambda unit, rules, of: unit in rules.units,
    Question.STANDING: lambda standing, rules, of: standing in rules.standings,
    Question.JOINED: lambda joined_on, rules, of: joined_on <= rules.joined_by_of(of),
    Question.PAID: lambda paid_until, rules, of: paid_until >= _paid_at_least(of, rules),
    Question.LEVY: lambda confirmed, rules, of: confirmed is True,
    Question.AGE: lambda born_on, rules, of: born_on <= _born_by(rules),
    Question.ENTERED: lambda entered, rules, of: entered is True,
}

REASONS: Final[Mapping[str, str]] = {
    ELIGIBLE: "Eligible",
    "listed:not_met": "No longer on the membership list",
    "listed:not_recorded": "Not recorded whether on the membership list",
    "section:not_met": "In a section that does not vote",
    "section:not_recorded": "No section recorded",
    "unit:not_met": "In a unit that does not vote",
    "unit:not_recorded": "No unit recorded",
    "standing:not_met": "Not in a standing that votes",
    "standing:not_recorded": "No standing recorded",
    "joined:not_met": "Joined after the freeze date",
    "joined:not_recorded": "No day of joining recorded",
    "paid:not_met": "Not paid up",
    "paid:not_recorded": "Not recorded until when paid",
    "levy:not_met": "Levy not confirmed by the affiliate",
    "levy:not_recorded": "Not recorded whether the levy is confirmed",
    "age:not_met": "Under the minimum age",
    "age:not_recorded": "No date of birth recorded",
    "entered:not_met": "Votes under another record",
    "entered:not_recorded": "Not recorded whether another record votes",
}

_UNRECORDED: Final = {
    Question.LISTED: "it is not recorded whether you are on the membership list.",
    Question.SECTION: "no section is recorded for you.",
    Question.UNIT: "no unit is recorded for you.",
    Question.STANDING: "no standing is recorded for you.",
    Question.JOINED: "the day you joined is not recorded.",
    Question.PAID: "it is not recorded until when you have paid.",
    Question.LEVY: "it is not recorded whether the affiliate confirms that you pay the levy.",
    Question.AGE: "your date of birth is not recorded, and this contest has a minimum age.",
    Question.ENTERED: "it is not recorded whether you vote under another record.",
}


def _on(day: date | None) -> str:
    assert day, "A date that was judged is recorded, and so is the limit it was judged by."
    return day_in_words(day)


_UNMET: Final[Mapping[Question, Callable[[Facts, Rules, Mapping[str, str]], str]]] = {
    Question.LISTED: lambda facts, rules, names: "you are no longer on the membership list.",
    Question.SECTION: lambda facts, rules, names: (
        f"your section ({names.get(facts.section, facts.section)}) does not vote in this contest."
    ),
    Question.UNIT: lambda facts, rules, names: (
        f"your unit ({names.get(facts.unit, facts.unit)}) does not vote in this contest."
    ),
    Question.STANDING: lambda facts, rules, names: (
        f"your standing is recorded as “{names.get(facts.standing, facts.standing)}”; "
        f"to vote it must be {' or '.join(sorted(names.get(s, s) for s in rules.standings))}."
    ),
    Question.JOINED: lambda facts, rules, names: (
        f"you joined on {_on(facts.joined_on)}; "
        f"to vote you must have joined on or before {_on(rules.joined_by_of(facts.section))}."
    ),
    Question.PAID: lambda facts, rules, names: (
        f"you have paid until {_on(facts.paid_until)}; "
        f"to vote you must be paid up on {_on(rules.paid_up_on_of(facts.section))}"
        f"{grace_in_words(rules.grace_days)}."
    ),
    Question.LEVY: lambda facts, rules, names: (
        "the affiliate does not confirm that you pay the levy, which your section must."
    ),
    Question.AGE: lambda facts, rules, names: (
        f"you were born on {_on(facts.date_of_birth)}; to vote you must be at least "
        f"{rules.minimum_age} years old on {_on(rules.age_on)}."
    ),
    Question.ENTERED: lambda facts, rules, names: (
        "you are on the membership list more than once, and vote under your other record, whose "
        "section comes first. You have one vote, and it is not lost."
    ),
}
