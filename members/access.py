"""How often the public pages may be asked. Staff's access is the office's (office.access)."""

from __future__ import annotations

import hmac
from hashlib import sha256

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from members.rollfile import number_key

# One address may be a whole office or a mobile carrier; one number is one person.
ASKED_FROM_ONE_ADDRESS_AN_HOUR = 60
ASKED_ABOUT_ONE_NUMBER_A_DAY = 5
LINKS_TRIED_FROM_ONE_ADDRESS_AN_HOUR = 60
ASKED_ON_ONE_OWN_PAGE_A_DAY = 20
_HOUR_S = 3600
_DAY_S = 24 * _HOUR_S


def may_enquire(request: HttpRequest, *, number: str) -> bool:
    """Whether one more question may be asked, counting this one.

    A number is counted whether or not somebody has it, so that the limit tells nothing; but not
    where the address has asked too often already, or one address could silence any number.
    """
    address = get_adapter(request).get_client_ip(request)
    if _count("address", address, lasts_s=_HOUR_S) > ASKED_FROM_ONE_ADDRESS_AN_HOUR:
        return False
    asked = _count("number", number_key(number), lasts_s=_DAY_S)
    return asked <= ASKED_ABOUT_ONE_NUMBER_A_DAY


def may_try_link(request: HttpRequest) -> bool:
    """Whether one more link that is none may be tried from this address, counting this one."""
    address = get_adapter(request).get_client_ip(request)
    return _count("link", address, lasts_s=_HOUR_S) <= LINKS_TRIED_FROM_ONE_ADDRESS_AN_HOUR


def may_ask_on_own_page(member_id: int) -> bool:
    """Whether one more form may be sent from this member's own page, counting this one."""
    asked = _count("own-page", str(member_id), lasts_s=_DAY_S)
    return asked <= ASKED_ON_ONE_OWN_PAGE_A_DAY


def _count(kind: str, value: str, *, lasts_s: int) -> int:
    """Count one, and return how many there were in this spell.

    The cache holds no address and no number, only a hash whose key changes every day.
    """
    today = timezone.now().date().isoformat()
    salt = f"{settings.SECRET_KEY}|{today}".encode()
    digest = hmac.new(salt, f"{kind}|{value}".encode(), sha256).hexdigest()
    key = f"members.enquiry.{digest}"
    cache.add(key, 0, timeout=lasts_s)
    try:
        return int(cache.incr(key))
    except ValueError:
        # It ran out between the two calls: this is the first of a new spell.
        return 1
