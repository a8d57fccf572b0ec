"""Write down that somebody looked. Called before the page is made: no record, no page.

The words that were searched for are personal data and are not kept. What is kept is a keyed hash
of them, folded as the search folds them, so that it can be seen that the same person was searched
for again and again, and not who.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from members.models import LookUp
from members.rollfile.normal import fold


def record_lookup(member_id: int, *, by: int, now: datetime) -> None:
    """Somebody looked at one member."""
    LookUp.objects.create(at=now, by_id=by, kind=LookUp.Kind.MEMBER, member_id=member_id)


def record_search(words: str, *, hits: int, by: int, now: datetime) -> None:
    """Somebody searched, or went through the list (no words), and so many people were shown."""
    mac = words_mac(words) if words.strip() else ""
    LookUp.objects.create(at=now, by_id=by, kind=LookUp.Kind.SEARCH, words_mac=mac, hits=hits)


def words_mac(words: str) -> str:
    """The keyed hash of what was searched for; words in another order are other words."""
    key = HKDF(SHA256(), 32, salt=None, info=b"hustings look-ups v1").derive(settings.SEALING_KEY)
    return hmac.new(key, fold(words).encode(), sha256).hexdigest()
