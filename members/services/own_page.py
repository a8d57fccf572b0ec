"""The link to a member's own page: made when the answer to their question is written."""

from __future__ import annotations

import secrets
from datetime import datetime

from members.models import Member, OwnPageLink
from members.models.requests import LINK_LASTS
from members.selectors.own_page import hash_of


def make_link(member: Member, *, now: datetime) -> str:
    """Make a link for a member and return its token, of which the hash alone is kept.

    Links that are over are forgotten on the way.
    """
    OwnPageLink.objects.filter(expires_at__lte=now).delete()
    token = secrets.token_urlsafe(32)
    OwnPageLink.objects.create(
        token_hash=hash_of(token),
        member=member,
        is_shared=_is_shared(member),
        expires_at=now + LINK_LASTS,
    )
    return token


def _is_shared(member: Member) -> bool:
    """Whether somebody else on the list has this address. A worker asks, so it may take long."""
    person = member.merged_into_id or member.pk
    others = Member.objects.filter(email__iexact=member.email).exclude(pk=member.pk)
    return others.exclude(pk=person).exclude(merged_into=person).exists()
