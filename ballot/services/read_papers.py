"""What a teller made of a postal paper: sealed bytes, a doubt, or that no paper was there.

What was read is sealed in the teller's browser, and nobody here can tell it: whether two tellers
read the same shows in whether they sealed the same bytes (sealing spec, 6.9). Neither is shown
what the other made of it before both have said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from ballot.lifecycle import State
from ballot.models import Election, PostalReading, Reason, Teller
from ballot.postal import (
    Kind,
    Paper,
    is_accounted,
    named_tellers,
    paper_of,
    teller_of,
    tellers_keys,
)
from ballot.sealing.ballot import check_ballot
from ballot.sealing.errors import SealingError
from ballot.sealing.postal import check_teller
from ballot.selectors import contest_codes, setting_of
from ballot.services.moves import lock_election, require_state
from ballot.services.new_papers import require_new
from office.refusal import Refusal
from office.services.audit import record


@dataclass(frozen=True, slots=True)
class Read:
    """What a teller hands in of a paper.

    section, number: the paper's.  other: the number of the teller who reads it, too.
    wire, signature: of a paper that was sealed; else empty.  doubt: a Reason, or empty.
    """

    section: str
    number: int
    other: int
    kind: PostalReading.Kind
    wire: bytes = b""
    signature: bytes = b""
    doubt: str = ""


@transaction.atomic
def read_paper(election_id: int, *, person: int, read: Read, now: datetime) -> Paper:
    """Keep what a teller read; give the paper as it stands then.

    The same once more changes nothing: an answer may have been lost on its way.
    """
    election = lock_election(election_id)
    require_open(election)
    teller, other = _pair(election, person, read.other)
    paper = paper_at(election, read.section, read.number)
    if any(_is_of(one, teller, other, read) for one in paper.readings):
        return paper
    _require_turn(paper, teller, other)
    if read.kind == Kind.SEALED:
        _require_sealed(election, read, teller)
        require_new(election, [read.wire], others=_settled(election, paper))
    elif read.kind == Kind.DOUBTFUL and read.doubt not in Reason.values:
        raise Refusal("reading.malformed", "Say why you doubt the paper.", status=400)
    try:
        with transaction.atomic():
            _keep(election, paper, teller, other, read)
    except IntegrityError as twice:
        raise _read_already() from twice
    record("read_papers", subject=("election", str(election.pk)), by=person, now=now,
           parameters={"section": read.section, "number": read.number, "kind": read.kind.value})
    return paper_at(election, read.section, read.number)


def require_open(election: Election) -> None:
    """Refuse before the envelopes are opened, and once their papers are in the account."""
    require_state(election, State.CLOSED)
    if election.envelopes_opened_at is None:
        raise Refusal("post.not-opened", "The envelopes have not been opened yet: two officers "
                      "open them after the close.")
    if is_accounted(election):
        raise Refusal("post.accounted", "The postal papers are in the boxes' account already.")


def _pair(election: Election, person: int, other: int) -> tuple[Teller, Teller]:
    teller = teller_of(election, person)
    partner = election.tellers.filter(number=other).first()
    named = named_tellers(election)
    if teller is None or teller.number not in named:
        raise Refusal("teller.not-named", "You were not named as a teller before the close.",
                      status=403)
    if partner is None or partner.number not in named or partner.pk == teller.pk:
        raise Refusal("reading.partner", "Choose another teller, who reads the same papers.")
    return teller, partner


def paper_at(election: Election, section: str, number: int) -> Paper:
    """The paper with this number in this section, or a refusal that there is none."""
    paper = paper_of(election, section, number)
    if paper is None:
        raise Refusal("reading.no-paper", "There is no paper with this number in this section: no "
                      "more than envelopes were received.", status=404)
    return paper


def _is_of(reading: PostalReading, teller: Teller, other: Teller, read: Read) -> bool:
    """Whether a reading that was kept is this very one."""
    said = (reading.teller_id, reading.other_id, reading.kind, bytes(reading.wire or b""),
            reading.doubt)  # fmt: skip
    is_doubt = read.kind == Kind.DOUBTFUL
    return said == (teller.pk, other.pk, read.kind, read.wire, read.doubt if is_doubt else "")


def _require_turn(paper: Paper, teller: Teller, other: Teller) -> None:
    if paper.needs_ruling:
        raise Refusal("reading.waits", "The returning officer has to rule on this paper first.")
    if paper.is_read or any(one.teller_id == teller.pk for one in paper.readings):
        raise _read_already()
    if any((one.teller_id, one.other_id) != (other.pk, teller.pk) for one in paper.readings):
        raise Refusal("reading.partner", "Another pair of tellers has begun this paper: leave it "
                      "to them.")


def _read_already() -> Refusal:
    return Refusal("reading.twice", "You have read this paper already. It is read again only after "
                   "the returning officer has ruled on it.")


def _require_sealed(election: Election, read: Read, teller: Teller) -> None:
    setting = setting_of(election)
    try:
        ballot = check_ballot(
            read.wire, setting=setting, contests=contest_codes(election), section=read.section
        )
        check_teller(ballot, read.signature, number=read.number, setting=setting,
                     section=read.section, teller=tellers_keys(election)[teller.number])
    except SealingError as wrong:
        raise Refusal(
            "reading.not-sealed-rightly",
            f"The paper did not arrive as it was sealed ({wrong.condition}). Nothing was kept. "
            "Look whether the code is your own, load the page again and read it once more.",
            status=422,
        ) from wrong


def _settled(election: Election, paper: Paper) -> Iterator[bytes]:
    """What two tellers have sealed of every other paper: the wires alone, of thousands.

    Where two have sealed the same there is nothing to rule on, and so no later turn.
    """
    place = ("election", "section", "number", "turn", "wire")
    same = PostalReading.objects.filter(
        pk__gt=OuterRef("pk"), **{name: OuterRef(name) for name in place}
    )
    sealed = PostalReading.objects.filter(Exists(same), election=election, kind=Kind.SEALED)
    others = sealed.exclude(section=paper.section.section_id, number=paper.number).order_by()
    for wire in others.values_list("wire", flat=True):
        yield bytes(wire or b"")


def _keep(
    election: Election, paper: Paper, teller: Teller, other: Teller, read: Read
) -> None:
    is_sealed = read.kind == Kind.SEALED
    PostalReading.objects.create(
        election=election,
        section_id=paper.section.section_id,
        number=paper.number,
        turn=paper.turn,
        teller=teller,
        other=other,
        kind=read.kind,
        doubt=read.doubt if read.kind == Kind.DOUBTFUL else "",
        wire=read.wire if is_sealed else None,
        signature=read.signature if is_sealed else None,
    )
