"""The long work of the membership list, and its letters, as the office's workers call them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from members import letters, selectors, services
from members.eligibility.rules import day_in_words
from members.services.answer_enquiry import PURPOSE
from members.services.decide_appeal import PURPOSE as APPEAL_OUTCOME
from members.services.decide_standing import PURPOSE as DECISION_NOTICE
from members.services.decide_standing import decision_in_words
from members.services.propose_standing import ACT as DECIDE_STANDING
from members.services.settle_correction import PURPOSE as CORRECTION_ANSWER
from office.acts import register_act
from office.desk import register_desk_link
from office.kinds import Work, register_job_kind
from office.purposes import Envelope, LetterToSend, register_purpose


def register() -> None:
    """Tell the office which jobs, letters and desk cards there are. Called once, at start."""
    register_job_kind(
        "preview_import", preview_import, words="Reading a membership list", queue="import"
    )
    register_job_kind(
        "apply_import", apply_import, words="Applying a membership list", queue="import"
    )
    register_job_kind(
        "find_pairs", find_pairs, words="Searching for records of one person", queue="import"
    )
    register_job_kind(
        "answer_enquiry", answer_enquiry, words="Answering a question", queue="mail"
    )
    register_act("set_destruction_date", set_destruction_date, destruction_in_words)
    register_purpose(PURPOSE, roll_answers, words="Answers to “Am I on the roll?”")
    register_purpose(
        DECISION_NOTICE,
        letters.decision_notices,
        words="Notices of standing decisions",
        names=letters.names,
    )
    register_purpose(
        APPEAL_OUTCOME, letters.appeal_outcomes, words="Outcomes of appeals", names=letters.names
    )
    register_purpose(
        CORRECTION_ANSWER,
        letters.correction_answers,
        words="Answers to requests for a correction",
        names=letters.names,
    )
    register_act(DECIDE_STANDING, services.decide_standing, decision_in_words)
    register_desk_link(
        "Members",
        "members",
        "see_members",
        "The membership list: figures, search, imports, rules and rolls.",
    )


def set_destruction_date(subject_id: str, *, destroy_on: str, **given: Any) -> None:
    services.set_destruction_date(
        int(subject_id), destroy_on=date.fromisoformat(destroy_on), **given
    )


def destruction_in_words(subject_id: str, *, destroy_on: str) -> str:
    roll = selectors.rolls.rolls().get(pk=int(subject_id))
    day = day_in_words(date.fromisoformat(destroy_on))
    return (
        f"On {day} every name, address and date on roll {roll.version} of “{roll.name}” is "
        f"destroyed. Its totals and its commitment stay."
    )


def preview_import(work: Work) -> None:
    services.preview_import(int(work.subject_id), now=timezone.now(), report=work.report)


def apply_import(work: Work) -> None:
    services.apply_import(int(work.subject_id), now=timezone.now(), report=work.report)


def find_pairs(work: Work) -> None:
    """Search; and where the list has changed meanwhile, once more for what changed."""
    is_whole = bool(work.parameters.get("whole"))
    services.find_pairs(
        by=work.opened_by, now=timezone.now(), is_whole=is_whole, report=work.report
    )
    while selectors.pairs.is_behind():
        services.find_pairs(by=work.opened_by, now=timezone.now(), report=work.report)


def answer_enquiry(work: Work) -> None:
    services.answer_enquiry(int(work.subject_id), now=timezone.now())


def roll_answers(batch: Sequence[LetterToSend]) -> Mapping[int, Envelope]:
    return letters.roll_answers(batch, now=timezone.now())
