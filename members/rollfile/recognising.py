"""The headers of the membership systems that are known, and what each of them feeds.

Sources: CiviCRM's schema (Membership.entityType) and exports, NationBuilder's people export,
Salesforce NPSP's DataImport fields, the local downloads of British parties, and the columns of
the electoral register. A name that is not here is left out until a person says what it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from members.rollfile.columns import COLUMN_NAMES
from members.rollfile.mapping import plain, word_key

# In order: where a file has several, the first of them is meant. For CiviCRM's two dates of
# joining that is “Member Since”, the first day of all, since a renewal moves the other one.
_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "number": (
        "number", "membership number", "membership no", "membership num", "member number",
        "member no", "mem no", "member id", "urn", "supporter id", "supporter number",
        "external identifier", "external id", "membership id", "contact id",
        "internal contact id", "nationbuilder id", "civicrm id", "elector number", "reference",
        "ref", "id",
    ),
    "title": ("title", "prefix", "individual prefix", "salutation", "honorific",
              "contact1 salutation"),
    "given_name": (
        "given name", "given names", "first name", "first names", "forename", "forenames",
        "christian name", "first", "contact1 firstname",
    ),
    "family_name": ("family name", "surname", "last name", "second name", "last", "family",
                    "contact1 lastname"),
    "email": (
        "email", "e-mail", "email address", "e-mail address", "primary email", "email1",
        "npe01__HomeEmail__c", "personal email", "contact1 personal email", "home email",
    ),
    "postcode": (
        "postcode", "post code", "postal code", "zip", "zip code", "mailing postal code",
        "mailing postcode", "primary zip", "mailing zip", "address zip", "billing zip",
        "home zip/postal code",
    ),
    "country": ("country", "mailing country", "primary country", "country code", "address country",
                "primary country code", "mailing country code", "home country"),
    "section": (
        "section", "membership type", "member type", "type of membership", "membership category",
        "category", "membership level", "npo02__LastMembershipLevel__c", "membership name",
        "membership class", "class", "level", "type",
    ),
    "unit": (
        "unit", "clp", "constituency labour party", "constituency", "association",
        "local party", "riding", "branch", "affiliate", "union",
    ),
    "joined_on": (
        "joined on", "member since", "date joined", "joined", "join date", "joining date",
        "npo02__MembershipJoinDate__c", "membership join date", "date of joining",
        "membership started at", "started at", "start date", "membership start date",
        "donation membership start date",
    ),
    "paid_until": (
        "paid until", "paid to", "paid up to", "expiry", "expiry date", "expires on", "expires",
        "membership expires on", "membership expiration date", "membership expiry date",
        "membership end date", "npo02__MembershipEndDate__c", "donation membership end date",
        "renewal", "renewal date", "end date", "lapse date",
    ),
    "standing": ("standing", "membership status", "member status", "status"),
    "date_of_birth": (
        "date of birth", "dob", "birth date", "birthdate", "birthday", "born at", "born on",
        "contact1 birthdate", "dob of attainer",
    ),
    "phone": (
        "phone", "mobile", "mobile number", "mobile phone", "phone number", "telephone",
        "telephone number", "tel", "home phone", "home phone number",
    ),
    "levy_confirmed": ("levy confirmed", "political levy", "levy payer", "pays levy", "levy"),
    "address_withheld": ("address withheld", "anonymous elector", "anonymous", "at risk"),
}  # fmt: skip
# The lines of an address, in the order of an envelope; as many as there are take our four.
_ADDRESS_LINES: Final = (
    "address 1", "address line 1", "address1", "street address", "street", "mailing street",
    "home street", "primary address1", "mailing address1", "address address1", "house",
    "supplemental address 1", "address 2", "address line 2", "primary address2",
    "mailing address2", "supplemental address 2", "address 3", "address line 3",
    "primary address3", "mailing address3", "supplemental address 3", "address 4",
    "address line 4", "address 5", "address 6", "locality", "city", "town", "post town",
    "mailing city", "primary city", "home city", "address city", "county", "state",
    "state province", "mailing state", "primary state", "province",
)  # fmt: skip
_ADDRESSES: Final = ("address_1", "address_2", "address_3", "address_4")
# Several of these stand in one file as a rule, and the order above is known to choose rightly.
_ORDER_IS_KNOWN: Final = frozenset({"joined_on", "unit", "phone", "email", "title", "section"})
_BY_PLAIN: Final = {
    plain(name): (column, rank)
    for column, names in _NAMES.items()
    for rank, name in enumerate((column, *names))
}
_ADDRESS_RANKS: Final = {
    plain(name): rank for rank, name in enumerate((*_ADDRESSES, *_ADDRESS_LINES))
}
KNOWN_HEADERS: Final = frozenset(_BY_PLAIN) | frozenset(_ADDRESS_RANKS)

STANDING_WORDS: Final = {
    **dict.fromkeys(
        ("good", "current", "new", "grace", "active", "paid", "paid up", "live", "full",
         "in good standing", "current member", "yes"), "good"),
    **dict.fromkeys(("arrears", "in arrears", "overdue", "owing", "unpaid"), "arrears"),
    **dict.fromkeys(("lapsed", "expired", "inactive", "former"), "lapsed"),
    **dict.fromkeys(("suspended", "administratively suspended"), "suspended"),
    **dict.fromkeys(("excluded", "expelled", "auto excluded"), "excluded"),
    **dict.fromkeys(("resigned", "cancelled", "canceled", "left"), "resigned"),
    **dict.fromkeys(("deceased", "dead", "died"), "deceased"),
}  # fmt: skip
"""CiviCRM's grace is good: the rules ask paid_until where they want more. Pending is in no list,
because one party takes it for a member and another does not."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a header seems to feed: a documented column, or nothing. sure: not to be asked."""

    column: str
    sure: bool


def propose_columns(headers: Sequence[str]) -> list[Proposal]:
    """What each of the headers of a file (plain names) seems to feed.

    Where several could feed one column, the likeliest does; it is sure only where that order
    is known, and two headers of one name are never sure.
    """
    chosen: dict[str, int] = {}
    rivals: dict[str, int] = {}
    for place, header in enumerate(headers):
        if header not in _BY_PLAIN:
            continue
        column, rank = _BY_PLAIN[header]
        rivals[column] = rivals.get(column, 0) + 1
        if column not in chosen or rank < _BY_PLAIN[headers[chosen[column]]][1]:
            chosen[column] = place
    proposals = [Proposal("", True) for _ in headers]
    for column, place in chosen.items():
        is_sure = rivals[column] == 1 or (
            column in _ORDER_IS_KNOWN and headers.count(headers[place]) == 1
        )
        proposals[place] = Proposal(column, is_sure)
    _propose_addresses(headers, proposals)
    return proposals


def _propose_addresses(headers: Sequence[str], proposals: list[Proposal]) -> None:
    lines = [place for place, header in enumerate(headers) if header in _ADDRESS_RANKS]
    lines.sort(key=lambda place: (_ADDRESS_RANKS[headers[place]], place))
    is_sure = len(lines) <= len(_ADDRESSES)
    for column, place in zip(_ADDRESSES, lines, strict=False):
        proposals[place] = Proposal(column, is_sure)
    for place in lines[len(_ADDRESSES) :]:
        proposals[place] = Proposal("", False)


def propose_standing(word: str) -> str:
    """The standing that a word seems to mean; nothing where a person has to say."""
    return STANDING_WORDS.get(word_key(word), "")


def propose_section(word: str, sections: Mapping[str, str]) -> str:
    """The code of the section that a word seems to mean; nothing where a person has to say.

    sections: from the folded code or name of each section to its code.
    """
    key = word_key(word)
    if key in sections:
        return sections[key]
    for part, code in (("affiliat", "affiliated"), ("register", "registered"),
                       ("supporter", "registered"), ("member", "member")):  # fmt: skip
        if part in key and code in sections.values():
            return code
    return ""


assert set(_NAMES) | set(_ADDRESSES) == set(COLUMN_NAMES), "every column has its names"
