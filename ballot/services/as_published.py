"""What the board fixed must still be what is used: paper, keys and roll, opened boxes and counts.

The database holds the same things in tables that a counting or a checking reads. Before the boxes
are fixed, before the count and before the declaration they are compared with what stands on the
board; whoever changed a table meanwhile is found here, and nothing goes on.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from ballot.canonical import Json, read_canonical
from ballot.mapping.boxes import box_content, profile_content, profile_lines
from ballot.mapping.counts import count_content, lot_content
from ballot.mapping.notice import contest_code, contest_content
from ballot.models import Blob, Box, Candidate, Contest, Count, DrawnLot, Election, Entry
from ballot.pooling import box_label
from ballot.selectors import contested, on_paper, roll_of, whole_blob
from ballot.services.board import unsalted
from ballot.services.sealed_keys import opened
from ballot.showing.wording import how_many
from members.selectors import (
    has_entries_as_frozen,
    recompute_commitment,
    roll_commitment,
)
from office.refusal import Refusal

# Set against set, and all sections at once: a condition asked of each ballot would look through
# all keys for each, and a question for each section through all ballots for each.
_NOT_PUBLISHED = """
WITH published (section, key) AS (
    SELECT t.section, substring(c.content FROM 1 + 32 * place FOR 32)
      FROM unnest(%(sections)s::text[], %(blobs)s::int8[]) AS t (section, blob)
      JOIN ballot_blobchunk c ON c.blob_id = t.blob,
           generate_series(0, length(c.content) / 32 - 1) AS place
), cast_under (section, key) AS (
    SELECT s.code::text, k.public_key
      FROM ballot_sealedballot a
      JOIN ballot_credential k ON k.id = a.credential_id
      JOIN members_rollentry r ON r.id = k.roll_entry_id
      JOIN members_section s ON s.id = r.section_id
     WHERE a.election_id = %(election)s
), not_listed (key) AS (
    SELECT key FROM (TABLE cast_under EXCEPT TABLE published) AS other
)
SELECT count(*) FROM (
    (TABLE not_listed EXCEPT SELECT unnest(%(reissued)s::bytea[]))
    UNION
    (SELECT key FROM cast_under INTERSECT SELECT unnest(%(revoked)s::bytea[]))
    UNION
    (SELECT key FROM cast_under INTERSECT
     SELECT substring(c.content FROM 1 + 32 * place FOR 32)
       FROM ballot_blobchunk c, generate_series(0, length(c.content) / 32 - 1) AS place
      WHERE c.blob_id = ANY(%(dead)s))
) AS wrong
"""


def told(election: Election, kind: str) -> list[Any]:
    """What the entries of a kind say, in the order of the board; of any kind but ballots."""
    # No ballot: that is what an index finds, among half a million entries.
    entries = Entry.objects.filter(election=election, ballot__isnull=True, kind=kind)
    bodies = entries.order_by("number").values_list("body", flat=True)
    return [read_canonical(bytes(body))["content"] for body in bodies]


def newest(election: Election, kind: str) -> Any:
    """What the newest entry of a kind says, or a refusal that there is none."""
    entries = told(election, kind)
    if not entries:
        raise Refusal("board.lacks-entry", f"The board has no entry “{kind}”.")
    return entries[-1]


def require_paper_as_opened(election: Election) -> None:
    """Refuse unless every contest is, name for name and rule for rule, as the opening fixed it."""
    papers = [(contest, on_paper(contest)) for contest in contested(election)]
    now = [
        contest_content(contest, candidates) | {"code": contest_code(contest)}
        for contest, candidates in papers
    ]
    if newest(election, "opening")["contests"] != now or not all(
        _is_reopening_last(contest, candidates) for contest, candidates in papers
    ):
        raise Refusal(
            "paper.not-as-opened",
            "The paper in the database, its names, their order or its rules, is not the one that "
            "the opening entry fixed. Somebody has changed the database.",
        )


def _is_reopening_last(contest: Contest, candidates: list[Candidate]) -> bool:
    """Whether “re-open nominations” is who comes last where it stands, and nobody else is.

    The opening says whether it stands, and not who it is: verifier/withdrawals.py takes the last.
    """
    *people, last = [one.is_reopen_nominations for one in candidates]
    return not any(people) and last == contest.reopen_nominations


def require_withdrawals_as_told(election: Election) -> None:
    """Refuse unless those on the paper who withdrew are those whom the board says withdrew."""
    entries = Entry.objects.filter(election=election, ballot__isnull=True)
    opening = entries.get(kind="opening").number
    late = entries.filter(kind="withdrawal", number__gt=opening).values_list("body", flat=True)
    said = [read_canonical(bytes(body))["content"] for body in late]
    now = Candidate.objects.filter(
        contest__election=election, position__isnull=False, withdrawn_at__isnull=False
    )
    if sorted((one["contest"], one["candidate"]) for one in said) != sorted(
        now.values_list("contest__title", "name")
    ):
        raise Refusal(
            "paper.withdrawals-not-as-told",
            "Those who withdrew in the database are not those whom the board says withdrew. "
            "Somebody has changed the database.",
        )


def require_keys_as_published(election: Election) -> None:
    """Refuse a ballot under a key that the board does not name for its section, or revoked."""
    reissues = told(election, "reissue")
    amended = [opened(keys) for _, keys in keys_told(election)]
    sections = [
        *newest(election, "credentials")["sections"],
        *(section for keys in amended for section in keys["issued"]),
    ]
    dead = [keys["revoked"] for keys in amended if keys["revoked"]]
    values: dict[str, Any] = {
        "election": election.pk,
        "sections": [section["section"] for section in sections],
        "blobs": [_keys_of(section) for section in sections],
        "reissued": [bytes.fromhex(one["credential"]) for one in reissues],
        "dead": [_keys_of(revoked) for revoked in dead],
        "revoked": [bytes.fromhex(key) for one in reissues for key in one["revoked"]],
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOT_PUBLISHED, values)
        wrong = cursor.fetchone()[0]
    if wrong:
        raise Refusal(
            "register.key-not-published",
            f"{how_many(wrong, 'ballot was', 'ballots were')} cast under keys that the board "
            "does not name, or that were revoked. Somebody has changed the database.",
        )


def amendments_told(election: Election) -> list[Any]:
    """What the board says of the amendments of the roll as it stands, in their order."""
    promised = newest(election, "roll")["commitment"]
    return [one for one in told(election, "amendment") if one["roll"] == promised]


def keys_told(election: Election) -> list[tuple[dict[str, int], Any]]:
    """What the board says was done to the keys since the codes, in order: sealed or not.

    Each with what names it: the number of its amendment, or with an outside issuer that of its
    entry `keys`.
    """
    if election.issuer is None:
        return [({"amendment": one["number"]}, one["keys"]) for one in amendments_told(election)]
    entries = Entry.objects.filter(
        election=election, ballot__isnull=True, kind__in=["credentials", "keys"]
    )
    rows: list[tuple[dict[str, int], Any]] = []
    for kind, number, body in entries.order_by("number").values_list("kind", "number", "body"):
        # What came before the last credentials was of a roll that was given up.
        told = ({"entry": number}, read_canonical(bytes(body))["content"])
        rows = [*rows, told] if kind == "keys" else []
    return rows


def _keys_of(section: Any) -> int:
    """The id of the blob of a section's keys, whose bytes are those of its name."""
    blob = Blob.objects.get(sha256=bytes.fromhex(section["keys"]["sha256"]))
    whole_blob(blob)
    return int(blob.pk)


def require_roll_as_frozen(election: Election) -> None:
    """Refuse unless the roll's entries still give the commitment that stands on the board."""
    roll = roll_of(election)
    promised = newest(election, "roll")["commitment"]
    is_whole = has_entries_as_frozen(roll.pk)
    if not is_whole or {recompute_commitment(roll.pk).hex(), roll_commitment(roll.pk).hex()} != {
        promised
    }:
        raise Refusal(
            "roll.not-as-frozen",
            "The roll in the database is not the one whose commitment stands on the board. "
            "Somebody has changed the database.",
        )


def require_box_as_fixed(box: Box) -> None:
    """Refuse unless a box's row, its sections and its label say what the reconciliation says."""
    fixed = newest(box.contest.election, "reconciliation")
    names = {section["code"]: section["name"] for section in fixed["sections"]}
    codes = sorted(box.sections.values_list("code", flat=True))
    if (
        box_content(box) not in fixed["boxes"]
        or box_label([names[code] for code in codes]) != box.label
    ):
        raise Refusal(
            "box.not-as-fixed",
            f"The box of {box} in the database is not the one that was fixed after the close. "
            "Somebody has changed the database.",
        )


def require_boxes_as_opened(election: Election) -> None:
    """Refuse unless what is counted, profiles and lots, is what was opened and drawn."""
    boxes = Box.objects.filter(contest__election=election).select_related("contest", "profile")
    ordered = list(boxes.order_by("contest__position", "number"))
    for box in ordered:
        require_box_as_fixed(box)
    if [_profile_of(box) for box in ordered] != _told_unsalted(election, "profile"):
        raise Refusal(
            "profile.not-as-opened",
            "The opened papers in the database are not those that the board names. Somebody has "
            "changed the database.",
        )
    lots = DrawnLot.objects.filter(contest__election=election).select_related("contest")
    if [lot_content(lot) for lot in lots.order_by("pk")] != _told_unsalted(election, "lot"):
        raise Refusal(
            "lot.not-as-drawn",
            "The lots in the database are not those that the board names. Somebody has changed "
            "the database.",
        )


def _told_unsalted(election: Election, kind: str) -> list[dict[str, Json]]:
    return [unsalted(content) for content in told(election, kind)]


def _profile_of(box: Box) -> dict[str, Json]:
    lines = profile_lines(box.profile.lines.values_list("ranking", "papers"))
    papers, rejected = box.profile.papers, box.profile.papers_rejected
    return profile_content(box, papers=papers, rejected=rejected, lines=lines)


def require_counts_as_published(election: Election) -> None:
    """Refuse unless the sheets that are declared are those that the count put on the board."""
    counts = Count.objects.filter(contest__election=election).select_related("contest")
    sheets = [count_content(count) for count in counts.order_by("contest__position")]
    if sheets != _told_unsalted(election, "count"):
        raise Refusal(
            "count.not-as-published",
            "The count in the database is not the one on the board. Somebody has changed the "
            "database.",
        )
