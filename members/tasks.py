"""The long work of the membership list, and its letters, as the office's workers call them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from celery import shared_task
from django.utils import timezone

from members import letters, selectors, services
from members.eligibility.rules import day_in_words
from members.selectors.proposals import by_number
from members.services.answer_correction import PURPOSE as CORRECTION_ANSWER
from members.services.answer_enquiry import PURPOSE
from members.services.apply_import_by_two import ACT as APPLY_BY_TWO
from members.services.apply_import_by_two import describe_import_by_two
from members.services.contact_freeze import describe_move
from members.services.contact_notices import PURPOSE as CONTACT_CHANGED
from members.services.decide_appeal import PURPOSE as APPEAL_OUTCOME
from members.services.decide_standing import PURPOSE as DECISION_NOTICE
from members.services.decide_standing import decision_in_words, require_to_be_made
from members.services.edit_contact import describe_late_edit, require_late_edit
from members.services.flag_contacts import SUBJECT as WHOLE_LIST
from members.services.joined_notices import PURPOSE as RECORDS_JOINED
from members.services.propose_standing import ACT as DECIDE_STANDING
from members.services.settle_pair_late import ACT as SETTLE_LATE
from members.services.settle_pair_late import describe_late_settling
from office.acts import register_act
from office.desk import register_desk_link
from office.kinds import Work, register_job_kind
from office.purposes import Envelope, LetterToSend, register_look_ups, register_purpose
from office.services.jobs import open_job


def register() -> None:
    """Tell the office which jobs, letters and desk cards there are. Called once, at start."""
    for kind, function, words, act in _JOBS:
        register_job_kind(kind, function, words=words, act=act, queue="import")
    register_job_kind(
        "answer_enquiry", answer_enquiry, words="Answering a question", act="answer_enquiry",
        queue="mail",
    )  # fmt: skip
    register_act(
        "set_destruction_date", set_destruction_date, destruction_in_words,
        page=letters.destruction_path,
    )  # fmt: skip
    register_act(
        DECIDE_STANDING, services.decide_standing, decision_in_words, page=letters.decision_path,
        precondition=require_to_be_made, shown=by_number,
    )  # fmt: skip
    _register_letters()
    _register_contacts()
    register_desk_link(
        "Members",
        "members",
        "see_members",
        "The membership list: figures, search, imports, rules and rolls.",
    )
    register_desk_link(
        "Look-ups",
        "look_ups",
        "see_look_ups",
        "Who at the desk looked at which member, and which files of members left.",
    )


def _register_letters() -> None:
    register_look_ups(services.record_search)
    register_purpose(PURPOSE, roll_answers, words="Answers to “Am I on the roll?”")
    for purpose, renderer, words in (
        (DECISION_NOTICE, letters.decision_notices, "Notices of standing decisions"),
        (APPEAL_OUTCOME, letters.appeal_outcomes, "Outcomes of appeals"),
        (CORRECTION_ANSWER, letters.correction_answers, "Answers to requests for a correction"),
    ):
        register_purpose(purpose, renderer, words=words, names=letters.names)


def look_at_file(work: Work) -> None:
    services.look_at_file(
        int(work.subject_id),
        now=timezone.now(),
        encoding=str((work.parameters or {}).get("encoding", "")),
        report=work.report,
    )


def _register_contacts() -> None:
    register_job_kind(
        "flag_contacts", flag_contacts, words="Looking at changes of contact details",
        act="look_at_flag", queue="import",
    )  # fmt: skip
    register_purpose(
        CONTACT_CHANGED, letters.contact_notices, words="Notices of changed contact details"
    )
    register_act(
        "edit_contact_late", services.edit_contact_late, describe_late_edit,
        page=letters.draft_path, precondition=require_late_edit,
        shown=by_number,
    )  # fmt: skip
    register_act(
        APPLY_BY_TWO, services.apply_import_by_two, describe_import_by_two,
        page=letters.import_path,
    )  # fmt: skip
    register_purpose(
        RECORDS_JOINED, letters.joined_notices, words="Notices of records that are one person’s"
    )
    register_act(
        SETTLE_LATE, services.settle_pair_late, describe_late_settling, page=letters.pair_path,
        shown=by_number,
    )  # fmt: skip
    register_act(
        "move_contact_freeze", services.move_contact_freeze, describe_move,
        page=letters.freeze_path,
    )  # fmt: skip


def set_destruction_date(subject_id: str, *, destroy_on: str, **given: Any) -> None:
    services.set_destruction_date(
        int(subject_id), destroy_on=date.fromisoformat(destroy_on), **given
    )


def destruction_in_words(subject_id: str, *, destroy_on: str) -> str:
    roll = selectors.rolls.rolls().get(pk=int(subject_id))
    day = day_in_words(date.fromisoformat(destroy_on))
    before = f", and not on {day_in_words(roll.destroy_on)}" if roll.destroy_on else ""
    return (
        f"On {day}{before}, every name, address and date on roll {roll.version} of “{roll.name}” "
        f"is destroyed. Its totals and its commitment stay."
    )


def preview_import(work: Work) -> None:
    services.preview_import(int(work.subject_id), now=timezone.now(), report=work.report)


def apply_import(work: Work) -> None:
    services.apply_import(
        int(work.subject_id),
        now=timezone.now(),
        seconded_by=work.parameters.get("seconded_by"),
        report=work.report,
    )


def dry_run(work: Work) -> None:
    services.work_dry_run(int(work.subject_id), now=timezone.now(), report=work.report)


def undo_import(work: Work) -> None:
    services.undo_import(int(work.subject_id), now=timezone.now(), report=work.report)


def refresh_search(work: Work) -> None:
    services.refresh_search(report=work.report)


def make_access_file(work: Work) -> None:
    services.make_access_file(int(work.subject_id), now=timezone.now(), report=work.report)


@shared_task
def tend_list() -> None:
    """Have the search catch up with the list, and destroy the files whose time has come."""
    now = timezone.now()
    services.ask_for_refresh(now=now)
    services.destroy_access_files(now=now)


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


@shared_task(name="members.tasks.destroy_due_files", queue="import", ignore_result=True)
def destroy_due_files() -> None:
    """Called by the beat: the files of imports whose time is over."""
    services.destroy_due_files(now=timezone.now())


def flag_contacts(work: Work) -> None:
    services.flag_contacts(now=timezone.now(), report=work.report)


@shared_task
def watch_contacts() -> None:
    """Once a day: have the changes of contact details looked at, whether or not one was applied."""
    open_job("flag_contacts", subject=WHOLE_LIST, by=None, now=timezone.now())


_JOBS: Final = (
    ("look_at_file", look_at_file, "Looking at a membership list", "import_roll"),
    ("preview_import", preview_import, "Reading a membership list", "import_roll"),
    ("apply_import", apply_import, "Applying a membership list", "apply_import"),
    ("undo_import", undo_import, "Undoing a membership list", "undo_import"),
    ("find_pairs", find_pairs, "Searching for records of one person", "find_pairs"),
    ("refresh_search", refresh_search, "Bringing the search up to date", "import_roll"),
    ("make_access_file", make_access_file, "Gathering what is held", "request_access"),
    ("dry_run", dry_run, "Trying the rules", "judge_roll"),
)
"""The long work on the list: the kind of job, its function, what it is, for a person, and the act
that owns it."""
