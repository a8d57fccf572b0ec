"""Take a question from the public page: am I on the roll?

Whatever was typed, the same is done: a row is written and a job is opened. Whether there is
such a member is looked up by a worker, later, out of sight of whoever asked.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from members.models import RollEnquiry
from office.services.jobs import open_job


@transaction.atomic
def record_enquiry(number: str, *, proof: str, now: datetime) -> None:
    """Keep a question until it is answered.

    number: a membership number as it was typed. proof: a postcode or an e-mail address.
    """
    enquiry = RollEnquiry.objects.create(number=number[:32], proof=proof[:254], asked_at=now)
    open_job("answer_enquiry", subject=("enquiry", str(enquiry.pk)), by=None, now=now)
