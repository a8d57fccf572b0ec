"""What commands that name an election share."""

from __future__ import annotations

from django.core.management.base import CommandError

from ballot.models import Election


def election_named(slug: str) -> Election:
    """The election of a slug, or an error that names those there are."""
    election = Election.objects.filter(slug=slug).first()
    if election is None:
        known = ", ".join(Election.objects.values_list("slug", flat=True)) or "none"
        raise CommandError(f"There is no election “{slug}”. There are: {known}.")
    return election
