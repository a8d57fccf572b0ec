"""An elector asks for a new code without help; a worker looks them up, out of sight.

Whatever was typed, the same is done: a row is written and a job is opened. The new link goes to
the address on the frozen roll and nowhere else, so nobody learns anything from the answer.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from ballot.lifecycle import State
from ballot.models import Dated, Election, ReissueRequest
from ballot.services.moves import require_state
from ballot.services.reissue_code import reissue_code
from ballot.timetable import require_in_time
from members.selectors import entry_numbered
from members.services.answer_enquiry import is_proved
from office.refusal import Refusal
from office.services.jobs import open_job

_log = logging.getLogger(__name__)


@transaction.atomic
def request_reissue(election_id: int, *, number: str, proof: str, now: datetime) -> None:
    """Keep the request until a worker has looked at it.

    number: a membership number as it was typed. proof: the postcode or e-mail address on file.
    """
    election = Election.objects.get(pk=election_id)
    require_state(election, State.POLLING, State.SUSPENDED)
    require_in_time(election, Dated.REISSUE_BY_PAGE, now=now)
    asked = ReissueRequest.objects.create(
        election_id=election_id, number=number[:32], proof=proof[:254], asked_at=now
    )
    open_job("answer_reissue_request", subject=("reissue_request", str(asked.pk)), by=None, now=now)


@transaction.atomic
def answer_reissue_request(request_id: int, *, now: datetime) -> None:
    """Send the new code if number and proof are one elector's, and forget the request."""
    asked = ReissueRequest.objects.select_for_update().filter(pk=request_id).first()
    if asked is None:
        return
    election = Election.objects.get(pk=asked.election_id)
    entry = entry_numbered(election.roll_id, asked.number) if election.roll_id else None
    if entry is not None and entry.email and is_proved(entry, asked.proof):
        try:
            reissue_code(election.pk, recipient=entry.public_id, by=None, now=now)
        except Refusal as refused:
            # Nobody is told: that somebody has voted, or asked too often, is theirs alone.
            _log.info("a request for a new code was not met (%s)", refused.code)
    asked.delete()
