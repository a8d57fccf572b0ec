"""The words of the letters to members: made when a letter is sent, and kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from members import selectors
from members.models import Appeal, Change, CorrectionRequest, Decision, Member
from members.models.decisions import Kind
from office.letters import words
from office.links import absolute
from office.purposes import Envelope, LetterToSend


def roll_answers(batch: Sequence[LetterToSend], *, now: datetime) -> Mapping[int, Envelope]:
    """The answers to “Am I on the roll?”: on the list or not, and on each roll that stands."""
    envelopes = {}
    for letter in batch:
        member = selectors.people.member(int(letter.recipient.removeprefix("member:")))
        if member is not None and member.email:
            answer = _answer(member, now) | _own_page(letter.enclosure, now)
            subject, text, html = words("members/letters/roll_answer", answer)
            envelopes[letter.letter_id] = Envelope(member.email, subject, text, html)
    return envelopes


def _answer(member: Member, now: datetime) -> dict[str, object]:
    rolls = selectors.own_page.judged_on_rolls(member.pk)
    return {"member": member, "rolls": rolls, "asked_on": now}


_DISPUTED = Signer(salt="members.contact-dispute")


def dispute_path(change_id: int) -> str:
    """The page on which whoever got the notice of a change can say that it was not them."""
    return reverse("contact_not_me", args=[_DISPUTED.sign(str(change_id))])


def change_disputed(token: str) -> int | None:
    """The change that such a link names; None where the link is not one of ours."""
    try:
        return int(_DISPUTED.unsign(token))
    except (BadSignature, ValueError):
        return None


def contact_notices(batch: Sequence[LetterToSend]) -> Mapping[int, Envelope]:
    """Notices of changed contact details: one to the address of before, one to the new one.

    Neither shows what the other address is: the old one gets a hint of the new, and the new one
    no name, since it may be a stranger's.
    """
    asked = {letter.letter_id: letter.recipient.split(":") for letter in batch}
    found = selectors.contacts.notices([int(change) for _, change, _ in asked.values()])
    envelopes = {}
    for letter_id, (_, change, side) in asked.items():
        notice = found[int(change)]
        to = notice.email_before if side == "old" else notice.email_after
        if to:
            told = {
                "notice": notice,
                "new_email": masked_email(notice.email_after),
                "link": absolute(dispute_path(notice.change_id)),
            }
            envelopes[letter_id] = Envelope(to, *words(f"members/letters/contact_{side}", told))
    return envelopes


def joined_notices(batch: Sequence[LetterToSend]) -> Mapping[int, Envelope]:
    """Notices that records are one person's now, to each address among them.

    Each gets a hint of the others and of nothing else: they may be a stranger's. Records that
    were parted again before the notice went out have none.
    """
    asked = {letter.letter_id: letter.recipient.split(":") for letter in batch}
    changes = Change.objects.in_bulk([int(change) for _, change, _ in asked.values()])
    envelopes = {}
    for letter_id, (_, change, member_id) in asked.items():
        member = selectors.people.member(int(member_id))
        others = selectors.pairs.other_addresses(int(member_id))
        if member is not None and member.email and others:
            told = {
                "member": member,
                "joined_at": changes[int(change)].at,
                "others": [masked_email(each) for each in others],
                "link": absolute(dispute_path(int(change))),
            }
            envelopes[letter_id] = Envelope(
                member.email, *words("members/letters/records_joined", told)
            )
    return envelopes


def masked_email(email: str) -> str:
    """A hint of an address: who owns it knows it again, and nobody else learns it."""
    local, at, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}" if at else ""


def draft_path(member_id: str, *, draft: int, digest: str) -> str:
    """Where the second person reads, from and to, what a draft would change."""
    return reverse("contact_draft", args=[draft])


def decision_path(member_id: str, *, decision: int) -> str:
    """Where the second officer reads what a decision rests on."""
    return reverse("decision", args=[decision])


def import_path(batch_id: str) -> str:
    """Where the second person reads what an import would change."""
    return reverse("import", args=[batch_id])


def pair_path(pair_id: str, *, keep: int | None) -> str:
    """Where the second person sees the two records side by side."""
    return reverse("duplicate", args=[pair_id])


def freeze_path(subject_id: str, **given: str) -> str:
    """Where the second officer reads when contact details froze until now."""
    return reverse("contact_freeze")


def destruction_path(roll_id: str, *, destroy_on: str) -> str:
    """Where the second officer reads until when a roll is kept."""
    return reverse("roll_destruction", args=[roll_id])


def _own_page(enclosure: bytes | None, now: datetime) -> dict[str, object]:
    """The link that travels with an answer; a letter that waited too long has none."""
    token = enclosure.decode() if enclosure else ""
    link = selectors.own_page.opened(token, now=now) if token else None
    if link is None:
        return {"own_page": ""}
    path = reverse("own_page", args=[token])
    return {
        "own_page": absolute(path),
        "own_page_until": link.expires_at,
        "deadline": selectors.own_page.correction_deadline(),
    }


def decision_notices(batch: Sequence[LetterToSend]) -> Mapping[int, Envelope]:
    """The notices of standing decisions: the reason in words, and the right of appeal."""
    keys = {letter.letter_id: _key(letter, "decision:") for letter in batch}
    rows = Decision.objects.select_related("member").in_bulk(list(keys.values()))
    envelopes = {}
    for letter_id, key in keys.items():
        decision = rows.get(key)
        if decision and decision.member.email and decision.kind != Kind.DEATH:
            told = words("members/letters/decision_notice", notice_of(decision))
            envelopes[letter_id] = Envelope(decision.member.email, *told)
    return envelopes


def notice_of(decision: Decision) -> dict[str, object]:
    """What a notice says, sent by e-mail or printed."""
    return {
        "member": decision.member,
        "decision": decision,
        "is_reinstatement": decision.kind == Kind.REINSTATEMENT,
        "roll_link": absolute(reverse("roll_enquiry")),
    }


def appeal_outcomes(batch: Sequence[LetterToSend]) -> Mapping[int, Envelope]:
    """The outcomes of appeals, each with its reason."""
    keys = {letter.letter_id: _key(letter, "appeal:") for letter in batch}
    rows = Appeal.objects.select_related("decision__member").in_bulk(list(keys.values()))
    envelopes = {}
    for letter_id, key in keys.items():
        appeal = rows.get(key)
        if appeal and appeal.decision.member.email:
            told = words("members/letters/appeal_outcome", outcome_of(appeal))
            envelopes[letter_id] = Envelope(appeal.decision.member.email, *told)
    return envelopes


def outcome_of(appeal: Appeal) -> dict[str, object]:
    """What the letter of an appeal's outcome says, sent by e-mail or printed."""
    return {
        "member": appeal.decision.member,
        "decision": appeal.decision,
        "appeal": appeal,
        "is_upheld": appeal.outcome == Appeal.Outcome.UPHELD,
        "gave_back": appeal.gave_back,
        "standing": selectors.decisions.standing_decision(appeal.decision.member_id),
    }


def correction_answers(batch: Sequence[LetterToSend]) -> Mapping[int, Envelope]:
    """The answers to requests for a correction, to the address from before the correction."""
    keys = {letter.letter_id: _key(letter, "correction:") for letter in batch}
    found = CorrectionRequest.objects.select_related("member", "change")
    rows = found.in_bulk(list(keys.values()))
    envelopes = {}
    for letter_id, key in keys.items():
        asked = rows.get(key)
        address = _address_before(asked) if asked else ""
        if asked and address:
            told = words("members/letters/correction_answer", _correction(asked))
            envelopes[letter_id] = Envelope(address, *told)
    return envelopes


def _address_before(asked: CorrectionRequest) -> str:
    """Where the request came from: a changed address does not answer for itself."""
    before = asked.change.before.get("email", "") if asked.change else ""
    return str(before) or asked.member.email


def _correction(asked: CorrectionRequest) -> dict[str, object]:
    return {
        "member": asked.member,
        "asked": asked,
        "is_accepted": asked.state == CorrectionRequest.State.ACCEPTED,
    }


def _key(letter: LetterToSend, kind: str) -> int:
    return int(letter.recipient.removeprefix(kind))


def names(recipients: Sequence[str]) -> dict[str, str]:
    """From decisions, appeals and requests to whom a letter about each goes."""
    rows = {
        "decision": Decision.objects.values_list("pk", "member"),
        "appeal": Appeal.objects.values_list("pk", "decision__member"),
        "correction": CorrectionRequest.objects.values_list("pk", "member"),
    }
    found = {}
    for kind, pairs in rows.items():
        keys = [int(one.removeprefix(f"{kind}:")) for one in recipients if one.startswith(kind)]
        people = dict(pairs.filter(pk__in=keys))
        members = Member.objects.in_bulk(list(people.values()))
        for key, member_id in people.items():
            member = members[member_id]
            found[f"{kind}:{key}"] = f"{member.full_name}, {member.number}"
    return found
