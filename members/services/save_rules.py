"""Write a version of the rules that decide who may vote."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from django.db import connection, transaction

from members.eligibility import Rules, RulesRefused, rules_from_json, rules_to_json
from members.mapping import rules_of_row
from members.models import EligibilityRules, Section
from office.refusal import Refusal
from office.services.audit import record


@transaction.atomic
def save_rules(name: str, *, body: Mapping[str, object], by: int | None, now: datetime) -> int:
    """Keep the rules as the next version of their name, and return its id.

    The same rules as the latest version are that version: saving twice makes one.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= 100:
        raise Refusal("rules.name", "Give the rules a name of at most 100 characters.",
                      status=HTTPStatus.BAD_REQUEST)
    kept = _read(body)
    with connection.cursor() as cursor:
        # Two officers saving at once: the second waits, and is given the version after.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [f"rules:{name}"])
    latest = EligibilityRules.objects.filter(name=name).order_by("-version").first()
    if latest is not None and rules_of_row(latest) == kept:
        return latest.pk
    rules = EligibilityRules.objects.create(
        name=name,
        version=latest.version + 1 if latest else 1,
        body=rules_to_json(kept),
        written_by_id=by,
        written_at=now,
    )
    record("edit_rules", subject=("rules", str(rules.pk)), by=by, now=now,
           parameters={"version": rules.version})
    return rules.pk


def _read(body: Mapping[str, object]) -> Rules:
    try:
        rules = rules_from_json(body)
    except RulesRefused as refused:
        raise Refusal("rules.malformed", refused.sentence, status=HTTPStatus.BAD_REQUEST) from None
    unknown = rules.sections.difference(Section.objects.values_list("code", flat=True))
    if unknown:
        raise Refusal("rules.malformed", f"There is no section “{min(unknown)}”.",
                      status=HTTPStatus.BAD_REQUEST)
    return rules
