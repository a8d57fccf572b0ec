"""Everything that is held about one person, table by table, for a subject access request.

Every table that names a member, or a row that names one, and every table of which
docs/data-protection.md says that it holds personal data, stands in TABLES or GATHERED, or in
LEFT_OUT with the reason, which the file gives; a test walks the models, the database and that
page, and fails when one is in neither. A table is given
whole but for the columns named in `without`, so that a new column is not forgotten either; the
file says of each what is not given and why.

What is never here is the vote. It cannot be: a ballot is sealed before it leaves the elector's
device, the box is mixed before it is opened, and what is opened is kept as a count of rankings. No
row leads from a person to a choice, so that there is nothing to give.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.apps import apps
from django.db.models import Exists, Field, ForeignKey, Model, OuterRef, Q

from members.models import AccessRequest, Member, MendableRow, RefusedRow
from members.rollfile.columns import COLUMN_NAMES
from members.selectors.history import letters_to
from office.models import AuditRecord, StaffMember

VOTE: Final = (
    "How somebody voted is not in this file, because nobody holds it. A ballot is sealed on the "
    "elector’s own device; the sealed ballots are mixed before they are opened; and what is "
    "opened is kept as a count of rankings. No record leads from a person to a choice. Whether "
    "somebody has voted is in the marked register of each election, which is kept by its "
    "returning officer: ask there."
)

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Held:
    """A table that names members: by which column, and what of it is not given, with the reason.

    of:  the column that names them, or the way to it.
    key: the members' own column that it holds.
    """

    label: str
    words: str
    of: str = "member"
    key: str = "pk"
    without: Mapping[str, str] = field(default_factory=dict)


_FOLDED: Final = "a form of the name or number for matching, made from what is given"
_OTHERS: Final = (
    "these words may speak of other people: ask the membership office for them, which gives them "
    "without what concerns others"
)
_OTHER: Final = "it may be another person’s number"
TABLES: Final = (
    Held("members.Member", "The membership list", of="pk",
         without={"name_key": _FOLDED, "number_key": _FOLDED}),
    Held("members.Change", "Every change, from and to"),
    Held("members.ContactChange", "Which changes were of contact details"),
    Held("members.ContactDraft", "Corrections that waited for a second person"),
    Held("members.ContactDispute", "Changes of which it was said: this was not me",
         of="change__member"),
    Held("members.ContactFlag", "Changes that the office was asked to look at",
         of="change__member", without={"note": _OTHERS}),
    Held("members.CorrectionRequest", "Corrections that were asked for"),
    Held("members.Decision", "Decisions on standing", without={"evidence": _OTHERS}),
    Held("members.Appeal", "Appeals", of="decision__member"),
    Held("members.KeptStanding", "Standing that a decision keeps against imports"),
    Held("members.Pair", "Compared with another record: is it the same person?", of="first",
         without={"first": _OTHER, "second": _OTHER, "kept": _OTHER, "reason": _OTHERS}),
    Held("members.Pair", "Compared with an earlier record: is it the same person?", of="second",
         without={"first": _OTHER, "second": _OTHER, "kept": _OTHER, "reason": _OTHERS}),
    Held("members.Verdict", "Decisions on the right to vote"),
    Held("members.RollEntry", "Entries on frozen rolls"),
    Held("members.AmendedEntry", "Entries on frozen rolls, as amended", of="entry__member"),
    Held("members.Amendment", "Amendments of those entries", of="entries__entry__member",
         without={"grounds": _OTHERS, "commitment": "a hash over many people’s entries"}),
    Held("members.BulkLine", "Sets of people who were to be added to a roll or struck off"),
    Held("members.BulkRefused", "Lines of such sets that were refused", of="number", key="number"),
    Held("members.DryRunMove", "Rules that were tried, and would have changed the right to vote"),
    Held("members.RefusedRow", "Cells of imported lists that were refused", of="number_key",
         key="number_key"),
    Held("members.UndoneMember", "Rows of the list that went when an import was undone",
         of="number", key="number"),
    Held("members.OwnPageLink", "Links to their own page that still work",
         without={"token_hash": "it is the hash of a secret, which only the letter holds"}),
    Held("members.LookUp", "Who at the desk looked at this record",
         without={"words_mac": "a look at one member has none"}),
    Held("members.AccessRequest", "Requests to see what is held",
         without={"file": "it is this file, or one before it"}),
)  # fmt: skip
# Rows that no column leads to: given by a function of their own below.
GATHERED: Final = {"members.MendableRow": "Rows of imported lists that were refused, as they stood"}
_ASK: Final = "kept by the returning officer of each election: ask there"
# What else holds something of members, and no person's own file shows.
_BESIDES: Final = {
    "members.Roll": "Salts of the commitment to a roll",
    "members.BulkAmendment": "Grounds of amendments in bulk",
    "members.ExportRecord": "Files of members that left",
    "members.ImportBatch": "What looked odd about imported lists",
    "members.ImportPiece": "Imported files",
    "members.RollEnquiry": "Questions on the public page",
    "members.SearchRow": "What the search keeps of a person",
    "members.SearchWord": "Words that the search keeps",
    "ballot.Credential": "Voting codes",
    "ballot.RegisterMark": "The marked register",
    "ballot.CastDispute": "Disputed ballots",
    "ballot.HelpdeskNote": "Notes of the helpdesk",
    "ballot.Incident": "The incidents book",
    "ballot.Envelope": "Postal envelopes",
    "ballot.IssuerRequest": "What the outside issuer was asked for",
}
LEFT_OUT: Final = {
    "members.Roll": "the salt of a roll proves all its entries at once, and is nobody’s alone",
    "members.BulkAmendment": _OTHERS,
    "members.ExportRecord": "it says why a file left, and names no member",
    "members.ImportBatch": "it is about a whole list; what was refused of your rows is given here",
    "members.ImportPiece": "nobody can take the encrypted file of an import out again; what it "
    "said of you is on the list, or among the rows that were refused",
    "members.RollEnquiry": "a question on the public page is deleted once it is answered",
    "members.SearchWord": "they are of everybody’s names, without whose they are",
    "members.SearchRow": "made from the membership list’s own row, and holds nothing else",
    "ballot.Credential": f"which voting codes were issued is {_ASK}",
    "ballot.RegisterMark": f"whether somebody has voted is {_ASK}",
    "ballot.Envelope": f"which postal envelopes were issued, and came, is {_ASK}",
    "ballot.CastDispute": f"that somebody disputed a ballot is {_ASK}",
    "ballot.HelpdeskNote": f"what somebody asked of the helpdesk of an election is {_ASK}",
    "ballot.Incident": f"whose word an incident of an election goes back to is {_ASK}",
    "ballot.IssuerRequest": f"that a code was asked for, or was to die, is {_ASK}",
}


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one table, ready to read, and which of its columns are not given, and why."""

    words: str
    rows: tuple[Row, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)


def words_of_table(table: str) -> str:
    """What a table of the database holds, in words; its name where there are none."""
    words = {**{each.label: each.words for each in reversed(TABLES)}, **GATHERED, **_BESIDES}
    named = {apps.get_model(label)._meta.db_table: said for label, said in words.items()}
    return named.get(table, table)


def everything_about(members: Sequence[int]) -> list[Section]:
    """What each table holds of the person whose rows of the list these are."""
    sections = [
        Section(table.words, tuple(_rows(table, members)),
                {_in_words(name): why for name, why in table.without.items()})
        for table in TABLES
    ]  # fmt: skip
    return [
        *sections,
        Section(GATHERED["members.MendableRow"], tuple(_refused_rows(members))),
        Section("Letters", tuple(_letters(members))),
        Section("The audit trail", tuple(_acts(members))),
    ]


def left_out() -> dict[str, str]:
    """What the file holds nothing of though it is about members, in words, and why."""
    return {_BESIDES[label]: why for label, why in LEFT_OUT.items()}


def access_requests(member_id: int) -> list[AccessRequest]:
    """One person's requests, the newest first, without the files themselves."""
    rows = AccessRequest.objects.filter(member_id=member_id).select_related("requested_by")
    return list(rows.defer("file").order_by("-pk"))


def _rows(table: Held, members: Sequence[int]) -> Iterable[Row]:
    model: type[Model] = apps.get_model(table.label)
    columns = [each for each in model._meta.concrete_fields if each.name not in table.without]
    named = [each.name for each in columns if _is_named(each)]
    keys = Member.objects.filter(pk__in=members).values_list(table.key, flat=True)
    found = model._default_manager.filter(**{f"{table.of}__in": list(keys)})
    for row in found.select_related(*named).order_by("pk").distinct():
        yield {_in_words(column.name): _shown(row, column) for column in columns}


def _in_words(name: str) -> str:
    """A column's name as a person reads it."""
    return name.replace("_", " ")


def _is_named(column: Field[Any, Any]) -> bool:
    """Whether a reference is to something that has a name to show; staff are given by number."""
    return isinstance(column, ForeignKey) and column.related_model is not StaffMember


def _shown(row: Model, column: Field[Any, Any]) -> str:
    if _is_named(column):
        related = getattr(row, column.name)
        return "" if related is None else str(related)
    value = getattr(row, column.attname)
    if isinstance(column, ForeignKey):
        return _staff(value)
    if value is None:
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _refused_rows(members: Sequence[int]) -> Iterable[Row]:
    """The refused rows of lists whose number could be read, and is theirs."""
    numbers = Member.objects.filter(pk__in=members).values("number_key")
    theirs = RefusedRow.objects.filter(
        batch=OuterRef("batch"), line=OuterRef("line"), number_key__in=numbers
    )
    for row in MendableRow.objects.filter(Exists(theirs)).order_by("pk"):
        cells = {_in_words(name): cell for name, cell in zip(COLUMN_NAMES, row.cells, strict=True)}
        yield {"import": str(row.batch_id), "line": str(row.line), **cells}


def _letters(members: Sequence[int]) -> Iterable[Row]:
    for letter in letters_to(members):
        yield {
            "purpose": letter.purpose,
            "state": letter.get_state_display(),
            "printed in batch": str(letter.print_batch_id or ""),
            "what the mail provider said": letter.get_delivery_display(),
            "said at": _when(letter.delivery_at),
            "its coming back was dealt with": "yes" if letter.return_settled else "no",
        }


def _when(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


# What an act is recorded of, besides the member: a row that names them, by which column.
_ACTS_ON: Final = {
    "decision": ("members.Decision", ("member",)),
    "appeal": ("members.Appeal", ("decision__member",)),
    "correction": ("members.CorrectionRequest", ("member",)),
    "change": ("members.Change", ("member",)),
    "contact_flag": ("members.ContactFlag", ("change__member",)),
    "access request": ("members.AccessRequest", ("member",)),
    "pair": ("members.Pair", ("first", "second")),
}


def _acts(members: Sequence[int]) -> Iterable[Row]:
    """Every act on them and on what names them; the office's own trail has it by number."""
    own = Q(subject_kind="member", subject_id__in=[str(key) for key in members])
    own |= Q(parameters__member__in=list(members))
    for kind, (label, columns) in _ACTS_ON.items():
        rows = apps.get_model(label)._default_manager
        for column in columns:
            keys = rows.filter(**{f"{column}__in": members}).values_list("pk", flat=True)
            own |= Q(subject_kind=kind, subject_id__in=[str(key) for key in keys])
    for row in AuditRecord.objects.filter(own).order_by("pk"):
        yield {"at": row.at.isoformat(), "act": row.act, "of": f"{row.subject_kind} "
               f"{row.subject_id}", "by": _staff(row.by_id),
               "seconded by": _staff(row.seconded_by_id)}  # fmt: skip


def _staff(key: int | None) -> str:
    return f"member of staff {key}" if key else ""
