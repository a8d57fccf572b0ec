"""Write down who did what. Called by every service that changes something, in its transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from office.models import AuditRecord

_LONGEST = 200

Plain = str | int | bool | None


class PersonalData(ValueError):
    """A parameter that looks like personal data was offered to the audit trail: a bug."""


def record(
    act: str,
    *,
    subject: tuple[str, str],
    by: int | None,
    now: datetime,
    seconded_by: int | None = None,
    parameters: Mapping[str, Plain | list[Plain]] | None = None,
) -> None:
    """Append one record to the audit trail.

    subject:    kind and id: ("election", str(election.pk)).
    by:         the member of staff's id; None for what the clock did.
    parameters: ids, counts, codes and dates. Never a name, an address or a code that opens
                anything; what looks like one raises PersonalData.
    """
    for name, value in (parameters or {}).items():
        _refuse_personal(name, value)
    AuditRecord.objects.create(
        at=now,
        act=act,
        by_id=by,
        seconded_by_id=seconded_by,
        subject_kind=subject[0],
        subject_id=subject[1],
        parameters=dict(parameters or {}),
    )


def _refuse_personal(name: str, value: Plain | list[Plain]) -> None:
    values = value if isinstance(value, list) else [value]
    for each in values:
        if isinstance(each, str) and ("@" in each or len(each) > _LONGEST):
            raise PersonalData(f"the parameter {name} does not belong in the audit trail")
        if not isinstance(each, str | int | None):
            raise TypeError(f"the parameter {name} is a {type(each).__name__}")
