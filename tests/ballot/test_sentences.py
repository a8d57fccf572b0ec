"""What the board's page says of each kind of entry, from plain contents."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ballot.showing.sentences import SENTENCES, in_words

ROOT = Path(__file__).resolve().parents[2]
ZONE = "Europe/London"


def said(kind: str, **content: Any) -> str:
    return in_words(kind, content, zone=ZONE)[1]


def test_every_kind_of_the_specification_is_told_in_words_and_no_other() -> None:
    text = (ROOT / "docs/spec/bundle.md").read_text(encoding="utf-8")
    table = text[text.index("## 4. Kinds") : text.index("### 4.1")]
    firsts = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]

    assert set(SENTENCES) == {kind for first in firsts for kind in re.findall(r"`([^`]+)`", first)}
    assert len({title for title, _ in SENTENCES.values()}) == len(SENTENCES)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("commitment", "Trustee 2 fixed what they will bring to the key, by its hash."),
        ("reveal", "Trustee 2 showed what they bring to the key."),
        ("dealing", "Trustee 2 dealt the others their shares of it, each sealed to its holder."),
        ("confirmation", "Trustee 2 confirmed the key, and that they hold their share of it."),
    ],
)
def test_a_step_of_the_ceremony_says_who_did_what(step: str, words: str) -> None:
    assert said("ceremony-message", step=step, message={"number": 2}) == words


def test_complaints_of_shares_name_who_dealt_them() -> None:
    def received(*dealers: int) -> str:
        complaints = [{"dealer": dealer} for dealer in dealers]
        return said(
            "ceremony-message", step="received", message={"number": 2, "complaints": complaints}
        )

    assert received().endswith("that they were dealt, and found all of them good.")
    assert received(1, 3).endswith("and found false what trustee 1 and trustee 3 dealt.")


def test_a_ceremony_names_its_trustees_and_its_quorum() -> None:
    words = said("ceremony", identifier="00" * 16, quorum=2, trustees=["Ann", "Bob", "Cai"])

    assert words.startswith("These trustees begin to make the key, 2 of whom will open a box: Ann,")
    assert said("share-held", trustee=3, size=9, proof="") == (
        "Trustee 3 proved that they still hold their share of the key."
    )


def test_a_mix_says_who_mixed_and_the_server_is_called_so() -> None:
    assert said("mix", number=1, box=0, mixer="server", trustee=None) == (
        "Mix 1 of box 1, by the server."
    )
    assert said("mix", number=2, box=0, mixer="Ann", trustee=1) == (
        "Mix 2 of box 1, by Ann, trustee 1."
    )


def test_a_destruction_names_the_papers_in_words_and_leaves_out_what_there_was_none_of() -> None:
    def of(**papers: int) -> str:
        none = {"ballot": 0, "challenge": 0, "envelope": 0, "postal-paper": 0}
        return said("destruction", officers=["Ann", "Bob"], kept_until="2027-11-26", leaves="ab",
                    entries={**none, **papers})  # fmt: skip

    assert "by their hashes alone: 1,200 sealed ballots, 1 paper opened to check a device." in of(
        ballot=1200, challenge=1
    )
    assert "by their hashes alone: none." in of()


def test_an_extension_says_the_hour_as_clocks_show_it() -> None:
    words = said("extension", closes_at="2026-12-11T12:00:00Z", reason="The post was late.")

    assert words == (
        "The poll closes later, on Friday 11 December 2026 at 12:00 (GMT). The reason: The post "
        "was late."
    )


def test_a_notice_says_who_makes_the_codes_and_whether_its_result_counts() -> None:
    notice: dict[str, Any] = {
        "title": "Leader", "party": "The Party", "contests": [{}], "issuer": None,
        "opens_at": "2026-11-30T09:00:00Z", "closes_at": "2026-12-11T12:00:00Z",
    }  # fmt: skip
    mine = said("notice", **notice, rehearsal=False)
    rehearsed = said("notice", **notice | {"issuer": {"name": "Civica"}}, rehearsal=True)

    assert "1 contest. The poll opens on Monday 30 November 2026 at 09:00 (GMT) and" in mine
    assert "rehearsal" not in mine
    assert "made by Civica. A rehearsal: its result counts for nothing." in rehearsed


def test_what_an_issuer_answered_is_counted_and_while_it_is_sealed_is_not() -> None:
    issued = [{"credentials": 1}]

    assert said("keys", issued=issued, revoked=None).endswith("1 voting code made, 0 ended.")
    assert said("keys", issued=issued * 2, revoked={"credentials": 3}).endswith(
        "2 voting codes made, 3 ended."
    )
    assert "is told after the close" in said("keys", sealed="00" * 32)


def test_a_section_is_told_by_its_name_where_that_is_known() -> None:
    disputed = {"section": "affiliated", "number": 1, "explanation": "Their daughter cast it."}
    section = {"ballots": 3, "set_aside": 0}
    content = {"sections": [section], "boxes": [{}], "explanations": [disputed]}
    names = {"affiliated": "Affiliated supporters"}

    told = in_words("reconciliation", content, zone=ZONE, section_names=names)[1]

    assert told.endswith("In the section “Affiliated supporters”, 1 of them is disputed by its "
                         "elector: Their daughter cast it.")
    assert "the section “affiliated”, 1 of them" in said("reconciliation", **content)


def test_a_rejected_nomination_s_reason_brings_no_second_full_stop() -> None:
    paper = {"candidate": "Ash Amin", "valid": False, "reason": "It came after the closing date."}
    contents = {"bodies": [{"bodies": 2}], "contests": [{"papers": [paper]}]}

    assert said("nominations", **contents).endswith(
        "Rejected: Ash Amin (It came after the closing date)."
    )
