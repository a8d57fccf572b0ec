"""Opening: a quorum commits, then reveals; each part is checked; a profile comes out."""

from __future__ import annotations

import os

import pytest

from ballot.models import PartialOpening, Profile
from ballot.opened_papers import profile_of
from ballot.sealing.errors import OpeningRejected
from ballot.sealing.keys import KeyShare
from ballot.sealing.maker import check_commitment_maker
from ballot.sealing.opening import open_part
from ballot.selectors import key_of, ranking_space, setting_of
from ballot.services.mix_box import mix_boxes
from ballot.services.open_box import commit_part, open_box, reveal_part
from ballot.services.stored_boxes import box_name, mixed_box
from office.models import AuditRecord
from office.refusal import Refusal
from tests.ballot import factories
from tests.ballot.factories import (
    Run,
    boxes,
    bring,
    cast,
    cast_wire,
    code_of_refusal,
    commitment_of,
    content,
    election,
    entries,
    give_parts,
    hand_in_mix,
    kinds,
    part_of,
    recorded,
    sealed,
    set_keys,
    signed_by,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    """A real election whose box is mixed, and whose trustees hold their shares."""
    return election(at="mixed", demonstration=False)


def commit(run: Run, number: int, part: bytes) -> None:
    factories.commit(run, boxes(run)[0], number, part)


def reveal(run: Run, number: int, part: bytes) -> None:
    reveal_part(boxes(run)[0].pk, number=number, content=part, **run.by)


def parts(run: Run) -> dict[int, bytes]:
    (box,) = boxes(run)
    return {share.number: part_of(run, box, share) for share in run.shares}


def test_a_quorum_opens_the_box_into_a_profile(run: Run) -> None:
    given = parts(run)

    commit(run, 1, given[1])
    commit(run, 3, given[3])
    reveal(run, 1, given[1])
    reveal(run, 3, given[3])
    open_box(run.election_id, **run.by)

    assert run.state == "opened"
    assert kinds(run)[-5:] == ["opening-commitment"] * 2 + ["part"] * 2 + ["profile"]
    space = ranking_space(run.contest)
    lines = Profile.objects.get().lines.values_list("ranking", "papers")
    assert {space.ranking(line): papers for line, papers in lines} == dict.fromkeys(run.rankings, 1)
    told = content(run, "profile")
    assert (told["papers"], told["papers_rejected"]) == (7, 0)
    # Its hash is public before it is: nobody finds the papers by trying.
    assert len(told["salt"]) == 64
    (box,) = boxes(run)
    assert recorded("hold_share", subject=("box", str(box.pk))) == [(run.officers[0], None)] * 4
    said = AuditRecord.objects.filter(act="hold_share", subject_kind="box").order_by("pk")
    assert [(one.parameters["trustee"], one.parameters["part"]) for one in said] == [
        (1, "committed"), (3, "committed"), (1, "revealed"), (3, "revealed"),
    ]


def test_one_trustee_short_opens_nothing(run: Run) -> None:
    given = parts(run)
    commit(run, 1, given[1])
    commit(run, 2, given[2])
    reveal(run, 1, given[1])

    with pytest.raises(Refusal, match="2 trustees have opened their part") as refused:
        open_box(run.election_id, **run.by)
    assert refused.value.code == "election.not-ready"
    assert run.state == "mixed" and not Profile.objects.exists()
    reveal(run, 2, given[2])
    open_box(run.election_id, **run.by)

    assert run.state == "opened"


def test_nobody_reveals_before_a_quorum_has_committed(run: Run) -> None:
    given = parts(run)
    commit(run, 1, given[1])

    assert code_of_refusal(lambda: reveal(run, 1, given[1])) == "opening.too-early"
    assert code_of_refusal(lambda: reveal(run, 2, given[2])) == "opening.not-committed"
    commit(run, 2, given[2])
    reveal(run, 1, given[1])

    assert PartialOpening.objects.filter(content__isnull=False).count() == 1


def test_a_trustee_reveals_what_they_committed_to_and_nothing_else(run: Run) -> None:
    given, others = parts(run), parts(run)
    commit(run, 1, given[1])
    commit(run, 2, given[2])

    # Another part of the same trustee's, as true as the first, and another trustee's.
    assert code_of_refusal(lambda: reveal(run, 1, others[1])) == "opening.not-as-committed"
    assert code_of_refusal(lambda: reveal(run, 1, given[2])) == "opening.not-as-committed"
    assert code_of_refusal(lambda: commit(run, 1, others[1])) == "opening.committed"
    reveal(run, 1, given[1])
    entries_before = kinds(run)
    # Said again, both change nothing.
    commit(run, 1, given[1])
    reveal(run, 1, given[1])

    assert kinds(run) == entries_before


def test_a_part_that_is_not_true_is_refused_though_it_was_committed_to(run: Run) -> None:
    given = parts(run)
    wrong = bytearray(given[1])
    wrong[-1] ^= 1
    commit(run, 1, bytes(wrong))
    commit(run, 2, given[2])
    commit(run, 3, given[2])

    with pytest.raises(Refusal, match="opening\\.") as refused:
        reveal(run, 1, bytes(wrong))
    assert (refused.value.code, refused.value.status) == ("opening.does-not-check", 422)
    assert code_of_refusal(lambda: reveal(run, 3, given[2])) == "opening.other-trustee"
    reveal(run, 2, given[2])

    assert PartialOpening.objects.filter(content__isnull=False).count() == 1


def test_a_part_made_with_a_share_of_another_key_is_refused(run: Run) -> None:
    (box,) = boxes(run)
    true = part_of(run, box, run.shares[0])
    other = election(at="frozen", title="Another", demonstration=False)
    set_keys(other)
    # The other ceremony's trustee 1 would open our box with a share that is none of our key's.
    with pytest.raises(OpeningRejected, match=r"opening\.share"):
        open_part(mixed_box(box), setting=setting_of(run.election), key=key_of(run.election),
                  share=other.shares[0], rng=os.urandom)
    commit(run, 1, true)

    assert PartialOpening.objects.count() == 1


def test_a_commitment_stands_on_the_board_with_its_trustee_s_signature_and_not_without(
    run: Run,
) -> None:
    (box,), (first, second, _) = boxes(run), run.shares
    commitment = commitment_of(run, 1, part_of(run, box, first))
    as_first = KeyShare(1, second.public_key, second.secret)

    for signature in (bytes(65), b"", signed_by(run, box, as_first, commitment),
                      signed_by(run, box, first, bytes(32))):  # fmt: skip
        assert code_of_refusal(
            lambda one=signature: commit_part(box.pk, number=1, commitment=commitment,
                                              signature=one, **run.by)
        ) == "opening.not-signed"
    assert not PartialOpening.objects.exists() and "opening-commitment" not in kinds(run)
    good = signed_by(run, box, first, commitment)
    commit_part(box.pk, number=1, commitment=commitment, signature=good, **run.by)

    told = content(run, "opening-commitment")
    assert told["signature"] == good.hex() and told["commitment"] == commitment.hex()


def test_the_server_signs_the_parts_that_it_holds_in_a_demonstration() -> None:
    run = election(at="opened")

    signed = PartialOpening.objects.order_by("trustee__number")
    assert [one.trustee.number for one in signed] == [1, 2]
    for one in signed:
        check_commitment_maker(
            bytes(one.commitment), bytes(one.signature), name=box_name(one.box),
            setting=setting_of(run.election), key=key_of(run.election), number=one.trustee.number,
        )


def test_there_is_no_trustee_but_those_of_the_key(run: Run) -> None:
    given = parts(run)

    (box,) = boxes(run)
    commitment = commitment_of(run, 1, given[1])
    signature = signed_by(run, box, run.shares[0], commitment)
    for number in (0, 4):
        assert code_of_refusal(
            lambda one=number: commit_part(box.pk, number=one, commitment=commitment,
                                           signature=signature, **run.by)
        ) == "opening.no-such-trustee"
    commit(run, 3, given[3])

    assert PartialOpening.objects.count() == 1


def test_nothing_is_opened_that_the_server_alone_has_mixed() -> None:
    run = election(at="verified", demonstration=False)
    mix_boxes(run.election_id, **run.by)

    # No part is taken, and no box is opened, before the last mix that the notice wants.
    given = parts(run)
    assert code_of_refusal(lambda: commit(run, 1, given[1])) == "election.wrong-state"
    assert code_of_refusal(lambda: open_box(run.election_id, **run.by)) == "election.wrong-state"
    hand_in_mix(run, boxes(run)[0], run.shares[2])
    assert code_of_refusal(lambda: reveal(run, 1, given[1])) in {
        "opening.not-committed", "opening.not-as-committed"
    }
    give_parts(run)
    open_box(run.election_id, **run.by)

    assert run.state == "opened"


def test_another_trustee_takes_the_place_of_one_who_committed_and_was_lost(run: Run) -> None:
    given = parts(run)
    commit(run, 1, given[1])
    commit(run, 2, given[2])
    reveal(run, 1, given[1])

    # The second is never heard of again: two shares of three are left, and they suffice.
    commit(run, 3, given[3])
    reveal(run, 3, given[3])
    open_box(run.election_id, **run.by)

    assert run.state == "opened"


def test_a_point_outside_the_table_is_one_rejected_paper_and_the_count_goes_on() -> None:
    run = election(at="polling")
    roll = entries(run)
    for entry in roll[:4]:
        cast(run, entry, (0, 1))
    outside = ranking_space(run.contest).size
    cast_wire(run, sealed(run, roll[4], choices=[outside]))
    cast_wire(run, sealed(run, roll[5], choices=[2**31]))
    run.rankings = ()

    bring(run, to="declared")

    (told,) = content(run, "declaration")["contests"]
    profile = profile_of(run.contest)
    assert told["elected"] == ["Ash Amin"]
    assert told["sheet"]["valid"] == 4 and told["sheet"]["sums_agree"]
    assert sum(section.rejected for section in profile.sections) == 2
    assert content(run, "profile")["papers_rejected"] == 2


def test_an_opened_box_is_not_opened_again(run: Run) -> None:
    give_parts(run)
    open_box(run.election_id, **run.by)

    assert code_of_refusal(lambda: open_box(run.election_id, **run.by)) == "election.wrong-state"
    given = parts(run)
    assert code_of_refusal(lambda: commit(run, 3, given[3])) == "election.wrong-state"

    assert Profile.objects.count() == 1 and kinds(run).count("profile") == 1
