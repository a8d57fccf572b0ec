"""The link "this was not me" in the notice of a cast: it names a roll entry, signed by us.

It opens nothing but the page that records the dispute, and it says neither who the elector is
nor how they voted.
"""

from __future__ import annotations

import uuid

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from ballot.models import Election

_SIGNER = Signer(salt="ballot.cast-dispute")


def dispute_path(recipient: uuid.UUID, *, election: Election) -> str:
    """The path of the page on which this elector can say that it was not them."""
    signed = _SIGNER.sign(recipient.hex)
    return reverse("not_me", args=[election.slug, signed])


def entry_disputed(token: str) -> uuid.UUID | None:
    """The roll entry that a link names; None where the link is not one of ours.

    Entries are drawn at random for each roll, so a link of another election names nobody here.
    """
    try:
        return uuid.UUID(_SIGNER.unsign(token))
    except (BadSignature, ValueError):
        return None
