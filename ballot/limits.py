"""How often the public pages may be asked: narrow for one credential, wide for one address.

Many electors share an address (a household, an office, a carrier), so the address's limit is
wide, and where possible it counts only what was refused. Nothing here decides who may vote: the
counts live in the cache, and while that is away each process counts for itself (office.cache),
since a poll must go on.

An internet address is never stored or logged. What is counted is a keyed hash under a salt that
is drawn anew each day and kept in the cache alone, so that yesterday's counts name nobody.
"""

from __future__ import annotations

import functools
import hmac
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from office.refusal import Refusal

_DAY_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Limit:
    """So many in a window of so many seconds."""

    name: str
    most: int
    window_s: int


# Credentials are on the board, so a limit by credential counts only for who proved to hold it.
CAST_REFUSED_BY_ADDRESS = Limit("cast-address", 600, 60)
IDENTIFY_BY_CREDENTIAL = Limit("identify-credential", 30, 60)
IDENTIFY_REFUSED_BY_ADDRESS = Limit("identify-address", 300, 60)
# Enough to be sure of a device, and not enough to fill the board with. Counted by a hash that means
# nothing tomorrow: that somebody checked their device is nobody's business, and never stored.
CHALLENGE_BY_CREDENTIAL = Limit("challenge-credential", 20, 24 * 3600)
REISSUE_BY_NUMBER = Limit("reissue-number", 5, 3600)
# One every minute or so: a busy line, and far from walking through a roll.
HELPDESK_BY_PERSON = Limit("helpdesk-person", 80, 3600)
REISSUE_BY_ADDRESS = Limit("reissue-address", 300, 3600)
TRACKER_BY_ADDRESS = Limit("tracker-address", 300, 60)
# A seat's secret has 192 random bits: this is against noise, not against guessing.
SEAT_REFUSED_BY_ADDRESS = Limit("seat-address", 60, 60)
# A state is signed every ten seconds at most: this is twenty boards of one witness.
COSIGNATURE_BY_ADDRESS = Limit("cosignature-address", 120, 60)


def is_spent(*counts: tuple[Limit, str], now: datetime) -> bool:
    """Tell whether any of these has reached its limit; one question to the cache for all."""
    keys = {_key(limit, who, now): limit for limit, who in counts}
    found = cache.get_many(list(keys))
    return any(int(found.get(key, 0)) >= limit.most for key, limit in keys.items())


def note(*counts: tuple[Limit, str], now: datetime) -> None:
    """Count one more of each."""
    for limit, who in counts:
        key = _key(limit, who, now)
        if not cache.add(key, 1, timeout=2 * limit.window_s):
            # Between the two calls the key may have run out; then this one is not counted.
            try:
                cache.incr(key)
            except ValueError:
                continue


def spend(*counts: tuple[Limit, str], now: datetime) -> None:
    """Count one more of each, and refuse if that was already too many."""
    if is_spent(*counts, now=now):
        raise too_often()
    note(*counts, now=now)


def too_often() -> Refusal:
    """What is said to whoever asks too often."""
    return Refusal(
        "limit.too-often",
        "This was asked too often in a short time. Nothing was used up. Wait a few minutes and "
        "try again.",
        status=429,
    )


def _key(limit: Limit, who: str, now: datetime) -> str:
    window = int(now.timestamp()) // limit.window_s
    return f"limit:{limit.name}:{window}:{who}"


def masked_address(request: HttpRequest, *, now: datetime) -> str:
    """Whose address this is, as a keyed hash that means nothing tomorrow."""
    return masked(_network(_address(request)), now=now)


def masked(words: str, *, now: datetime) -> str:
    """A keyed hash of what somebody typed, for counting; it means nothing tomorrow."""
    key = settings.SECRET_KEY.encode() + _salt(now.astimezone(UTC).date().isoformat())
    return hmac.digest(key, words.encode(), "sha256").hex()[:32]


def _address(request: HttpRequest) -> str:
    """The address that our own outermost proxy saw; what stands before it anybody can write."""
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    trusted = settings.PROXY_COUNT
    if trusted and len(forwarded) >= trusted:
        return forwarded[-trusted]
    return str(request.META.get("REMOTE_ADDR", ""))


def _network(address: str) -> str:
    """IPv4 as it is; of IPv6 the /64 that one household or host is given."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


@functools.lru_cache(maxsize=2)
def _salt(day: str) -> bytes:
    """The day's salt, the same in every process while they share the cache."""
    drawn = secrets.token_bytes(16)
    salt = cache.get_or_set(f"limit:salt:{day}", drawn, timeout=2 * _DAY_S)
    return salt if isinstance(salt, bytes) else drawn
