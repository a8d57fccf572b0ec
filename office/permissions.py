"""The one permission table: who may do which act, and which acts take two officers.

Roles are Django groups, made by a migration from `Role`. Whatever is not in `ACTS` nobody may
do. The table is read by `office.access`, by the pages and by the tests; nothing else decides.

A deputy acts for the returning officer with written authority: the returning officer's acts
that a deputy may do are in the table, and `office.selectors.may` lets a deputy do them only
while a written authority is in force.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from office.recorded import WORDS


class Role(StrEnum):
    """The offices that a member of staff can hold. The value is the group's name."""

    RETURNING_OFFICER = "returning officer"
    DEPUTY = "deputy"
    MEMBERSHIP_ADMINISTRATOR = "membership administrator"
    TRUSTEE = "trustee"
    SCRUTINEER = "scrutineer"
    CANDIDATES_AGENT = "candidate's agent"
    OBSERVER = "observer"
    TELLER = "teller"

    @property
    def words(self) -> str:
        """The role as a page writes it."""
        return self.value.replace("'", "’")


@dataclass(frozen=True, slots=True)
class Act:
    """One row of the table.

    name:         the act, as services, approvals and the audit trail name it.
    words:        what it is, for a person: "freeze the roll".
    roles:        who may do it, or propose it when it takes two officers.
    seconders:    who may approve a proposal of it; empty when one person is enough.
    fresh:        an unsafe request for it demands that the person proved who they are anew,
                  within the last few minutes.
    on_authority: a deputy may do it only under a written authority in force.
    """

    name: str
    words: str
    roles: frozenset[Role]
    seconders: frozenset[Role] = frozenset()
    fresh: bool = False
    on_authority: bool = True

    @property
    def needs_two(self) -> bool:
        return bool(self.seconders)


OFFICER_ALONE = frozenset({Role.RETURNING_OFFICER})
OFFICERS = frozenset({Role.RETURNING_OFFICER, Role.DEPUTY})
ROLL_KEEPERS = OFFICERS | {Role.MEMBERSHIP_ADMINISTRATOR}
TRUSTEES = frozenset({Role.TRUSTEE})
TELLERS = frozenset({Role.TELLER})
INVITED_BY_TWO = TELLERS | {Role.MEMBERSHIP_ADMINISTRATOR}
"""Who counts beside an officer, or beside another, where an act takes two people."""
WATCHERS = frozenset({Role.SCRUTINEER, Role.CANDIDATES_AGENT, Role.OBSERVER})
ATTESTERS = frozenset({Role.SCRUTINEER, Role.CANDIDATES_AGENT})
EVERYBODY = frozenset(Role)


def _look(name: str, words: str, roles: frozenset[Role]) -> Act:
    """An act that changes nothing: a deputy needs no written authority to read."""
    return Act(name, words, roles, on_authority=False)


def _one(name: str, words: str, roles: frozenset[Role], *, fresh: bool = False) -> Act:
    return Act(name, words, roles, fresh=fresh)


def _two(name: str, words: str, roles: frozenset[Role] = OFFICERS) -> Act:
    """An act of two officers: the second is always one of the returning officers' side."""
    return Act(name, words, roles, seconders=OFFICERS, fresh=True)


_TABLE = (
    # The desk itself.
    _look("see_desk", "see the desk", EVERYBODY),
    _look("see_job", "watch the progress of a job", OFFICERS | ROLL_KEEPERS),
    _one("retry_job", "start a failed job again", ROLL_KEEPERS),
    _one("stop_job", "stop a job", ROLL_KEEPERS),
    _look(
        "see_approvals",
        "see what waits for a second officer",
        ROLL_KEEPERS | {Role.SCRUTINEER},
    ),
    _one("decide_approval", "approve or refuse a proposal", OFFICERS, fresh=True),
    _one("withdraw_proposal", "withdraw one's own proposal", ROLL_KEEPERS),
    _look("read_audit", "read the audit trail", OFFICERS | {Role.SCRUTINEER}),
    _look("see_staff", "see the staff and their roles", OFFICERS | {Role.SCRUTINEER}),
    _one("invite_staff", "invite a member of staff", OFFICER_ALONE, fresh=True),
    _two("invite_by_two", "invite a membership administrator or a teller", OFFICER_ALONE),
    _one("close_account", "close a member of staff's account", OFFICER_ALONE, fresh=True),
    _two("renew_second_factor", "renew somebody’s second factor", OFFICER_ALONE),
    _one("grant_authority", "give a deputy written authority", OFFICER_ALONE, fresh=True),
    _look("see_letters", "see the dispatch of letters", OFFICERS | {Role.SCRUTINEER}),
    _one("run_letters", "pause, resume and release letters", OFFICERS),
    _one("settle_return", "deal with a letter that came back", OFFICERS),
    _two("order_print_batch", "have letters set for printing"),
    _one("take_print_file", "take a file of letters to print", OFFICERS, fresh=True),
    _one("hand_over_print_batch", "say that the printer has a batch of letters", OFFICERS,
         fresh=True),
    _one("settle_letter", "say whether a letter in doubt was sent", OFFICERS, fresh=True),
    # The roll.
    _look("see_members", "look up members", ROLL_KEEPERS),
    _look("see_roll", "see the roll", ROLL_KEEPERS),
    _look("see_look_ups", "see who looked up whom", OFFICERS | {Role.SCRUTINEER}),
    _one("export_members", "export members", ROLL_KEEPERS, fresh=True),
    _one("request_access", "record a subject access request", ROLL_KEEPERS),
    _one("take_access_file", "take a subject access file", ROLL_KEEPERS, fresh=True),
    _one("import_roll", "upload a membership list", ROLL_KEEPERS),
    _one("apply_import", "apply an import", ROLL_KEEPERS),
    _two("apply_import_by_two", "apply an import that takes two people", ROLL_KEEPERS),
    _one("discard_import", "discard an import", ROLL_KEEPERS),
    _one("undo_import", "undo an import", ROLL_KEEPERS, fresh=True),
    _one("find_pairs", "search for records of one person", ROLL_KEEPERS),
    _one("settle_pair", "decide whether two records are one person", ROLL_KEEPERS),
    _two("settle_pair_late", "join or part records after the freeze of contact details",
         ROLL_KEEPERS),
    _one("list_levy", "download who has no levy confirmed", ROLL_KEEPERS, fresh=True),
    _one("edit_rules", "edit the eligibility rules", OFFICERS),
    _one("judge_roll", "judge who may vote", ROLL_KEEPERS),
    _one(
        "download_moves", "download whom a dry run would let in or out", ROLL_KEEPERS, fresh=True
    ),
    _one("answer_enquiry", "answer a member's enquiry", ROLL_KEEPERS),
    _two("decide_standing", "decide on a member’s standing", ROLL_KEEPERS),
    _one("lodge_appeal", "lodge an appeal for a member", ROLL_KEEPERS),
    _one("decide_appeal", "decide an appeal", ROLL_KEEPERS, fresh=True),
    _one("settle_correction", "settle a request for a correction", ROLL_KEEPERS, fresh=True),
    _two("freeze_roll", "freeze the roll"),
    _two("withdraw_freeze", "withdraw the freeze of the roll"),
    _two("set_destruction_date", "set the day on which a roll is destroyed"),
    _two("amend_roll", "amend the frozen roll", ROLL_KEEPERS),
    _two("amend_roll_in_bulk", "amend the frozen roll in bulk", ROLL_KEEPERS),
    _one("edit_contact", "correct a member's contact details", ROLL_KEEPERS, fresh=True),
    _two("edit_contact_late", "change contact details after their freeze", ROLL_KEEPERS),
    _one("set_contact_freeze", "set when contact details freeze", OFFICERS, fresh=True),
    _two("move_contact_freeze", "move the freeze of contact details to a later hour"),
    _look("see_contact_changes", "see the reports of contact details", ROLL_KEEPERS),
    _one("download_contacts", "download changed contact details", ROLL_KEEPERS, fresh=True),
    _one("look_at_flag", "say what was found of a flag", OFFICERS),
    # The election.
    _look(
        "see_election",
        "see an election at the desk",
        EVERYBODY,
    ),
    _one("set_up_election", "set up an election", OFFICERS),
    _one("edit_contest", "edit a contest and its candidates", OFFICERS),
    _one("withdraw_candidate", "record a candidate's withdrawal", OFFICERS, fresh=True),
    _one("draw_names", "record the lot for the order of names", OFFICERS, fresh=True),
    _one("take_nominations", "keep nominating bodies and take nominations", OFFICERS),
    _one("replace_photograph", "replace a candidate's wrong photograph", OFFICERS, fresh=True),
    _one("rule_on_paper", "rule on a nomination paper", OFFICERS, fresh=True),
    _one("publish_notice", "publish the notice of poll", OFFICERS),
    _two("amend_notice", "amend the notice of poll"),
    _two("correct_candidate", "correct a candidate's statement or photograph"),
    _one("publish_candidates", "publish the statement of persons nominated", OFFICERS),
    _one("set_key", "set up the key with the trustees", OFFICERS, fresh=True),
    _one("give_seat", "give a trustee a new seat", OFFICERS, fresh=True),
    _one("send_codes", "make and send the voting codes", OFFICERS),
    _one("give_to_issuer", "give the outside issuer the list or the requests", OFFICERS,
         fresh=True),
    _one("take_from_issuer", "take the outside issuer's keys and answers", OFFICERS, fresh=True),
    _one("send_samples", "send samples of an election's letters", OFFICERS),
    _one("reissue_code", "send an elector a new code", ROLL_KEEPERS),
    _two("open_poll", "open the poll"),
    _two("suspend_poll", "suspend the poll"),
    _two("resume_poll", "resume the poll"),
    _two("extend_poll", "extend the poll"),
    _one("close_poll", "close the poll at its hour", OFFICERS, fresh=True),
    _two("close_poll_early", "close the poll early"),
    _two("void_election", "declare the election void"),
    _two("set_aside_ballot", "set aside a ballot"),
    _look("see_post", "see what came by post", OFFICERS | WATCHERS),
    _two("issue_envelopes", "issue postal envelopes"),
    _one("take_envelope_labels", "take the labels of postal envelopes", OFFICERS, fresh=True),
    _one("receive_envelope", "receive a postal envelope", ROLL_KEEPERS),
    _one("name_tellers", "name the tellers on the board", OFFICERS, fresh=True),
    _one("read_papers", "read postal papers as a teller", TELLERS),
    _one("rule_on_postal_paper", "rule on a doubtful postal paper", OFFICERS, fresh=True),
    _two("open_envelopes", "open the postal envelopes"),
    _two("account_for_post", "put the postal papers into the boxes"),
    _look("see_turnout", "see the turnout", OFFICERS | WATCHERS),
    _look("see_observers_page", "see the observers’ page", OFFICERS | WATCHERS),
    _one("attest", "sign or object for the record", ATTESTERS, fresh=True),
    _one("report_on_election", "report on an election as its scrutineer",
         frozenset({Role.SCRUTINEER}), fresh=True),
    _look("see_incidents", "read the incidents book", ROLL_KEEPERS | WATCHERS),
    _one("write_incident", "write in the incidents book", ROLL_KEEPERS),
    _one("write_late_incident", "write in the incidents book once it is published", OFFICERS),
    _one("judge_incidents", "judge whether incidents are material", OFFICERS, fresh=True),
    _look("see_register", "see the marked register", OFFICERS | {Role.SCRUTINEER}),
    _one("verify_register", "verify that marked register and ballots agree", OFFICERS, fresh=True),
    _two("explain_difference", "explain a difference that the verification found"),
    _one("mix_box", "mix the box", OFFICERS, fresh=True),
    _one("hold_share", "take part with one's share of the key", TRUSTEES, fresh=True),
    _one("open_box", "open the box", OFFICERS, fresh=True),
    _one("count", "count the papers", OFFICERS, fresh=True),
    _look("see_two_counts", "see the evidence of two counts that differ", OFFICERS),
    _one("record_lot", "record a lot drawn for a tie", OFFICERS, fresh=True),
    _one("ask_recount", "ask for a recount", OFFICERS | {Role.CANDIDATES_AGENT}),
    _one("decide_recount", "grant or refuse a recount", OFFICERS, fresh=True),
    _one("release_result", "tell candidates the count before the declaration", OFFICERS,
         fresh=True),
    _two("archive_election", "archive the election"),
    _two("destroy_ballots", "destroy the sealed ballots and the marked register"),
    _two("declare", "declare the result"),
    _two("correct_result", "correct a published result"),
)

ACTS: dict[str, Act] = {act.name: act for act in _TABLE}
if len(ACTS) != len(_TABLE):
    raise ValueError("an act stands twice in the permission table")


def words_of_act(name: str) -> str:
    """An act in words: "freeze the roll"; those of the audit trail too that no table permits."""
    if name in ACTS:
        return ACTS[name].words
    return WORDS.get(name) or name.replace("_", " ")
