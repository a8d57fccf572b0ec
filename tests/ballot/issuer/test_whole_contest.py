"""A whole contest whose codes come from outside: list, keys, letters, casts, reissue, strikes."""

from __future__ import annotations

from pathlib import Path

import pytest

from ballot.models import Credential, RegisterMark
from ballot.services.as_published import told
from ballot.services.close_poll import close_poll_early
from ballot.services.codes import PURPOSES
from ballot.services.issuer_signed import require_issuer_signed
from ballot.services.polls import poll_at
from ballot.services.reissue_code import confirm_reissue, reissue_code
from office.models import Letter
from tests.ballot.amending import strike
from tests.ballot.factories import (
    REASON,
    Run,
    bring,
    cast_wire,
    code_of_refusal,
    content,
    entries,
    kinds,
    sealed,
)
from tests.ballot.issuer.outside import NAME, Outside, Post, coded, exchange, key_in
from tests.verifier.bundles import failures, verified, written

pytestmark = pytest.mark.django_db


def test_a_contest_with_codes_from_outside_is_held_declared_and_passes_the_verifier(
    outside: Outside, post: Post, tmp_path: Path
) -> None:
    run = coded(outside, electors=5, demonstration=False)
    assert content(run, "notice")["issuer"]["name"] == NAME
    bring(run, to="polling")
    assert outside.send(post) == 0
    ann, ben, cy, dot, eve = entries(run)
    assert [len(post.to(one.email)) for one in entries(run)] == [1] * 5

    # Two cast with the codes of their letters.
    for entry in (ann, ben):
        _cast(run, entry, post)
    # One lost the letter, gets another and confirms it.
    reissue_code(run.election_id, recipient=cy.public_id, **run.by)
    assert exchange(run, outside).reissued == 1
    assert outside.send(post) == 0
    new = key_in(post.to(cy.email)[1], run.election)
    confirm_reissue(run.election_id, credential=new.credential, now=run.by["now"])
    _cast(run, cy, post, letter=1)
    # One is struck off without having voted, one after.
    strike(run, 3)
    strike(run, 1)
    assert Credential.objects.get(roll_entry=dot).force == "revoked"
    close_poll_early(run.election_id, reason=REASON, **run.by_two)
    assert code_of_refusal(lambda: bring(run, to="verified")) == "election.not-ready"
    assert exchange(run, outside).revoked == 1
    bring(run, to="declared")

    require_issuer_signed(run.election)
    assert kinds(run).count("keys") == 1
    assert all(one["keys"] is None for one in told(run.election, "amendment"))
    (told_keys,) = content(run, "reconciliation")["amended_keys"]
    assert told_keys["revoked"]["credentials"] == 1 and told_keys["issued"] == []
    (section,) = content(run, "reconciliation")["sections"]
    assert (section["electors"], section["struck_voted"], section["issued"]) == (3, 1, 4)
    assert not Letter.objects.filter(purpose__in=PURPOSES).exists()
    report = verified(written(run, tmp_path))
    assert failures(report) == [] and report["status"] == 0
    # Whoever voted did not vote under a key of the server's: eve, who abstained, has no ballot.
    assert kinds(run).count("ballot") == 3
    assert not RegisterMark.objects.filter(roll_entry=eve).exists()


def _cast(run: Run, entry, post: Post, *, letter: int = 0) -> None:
    key = key_in(post.to(entry.email)[letter], run.election)
    assert cast_wire(run, sealed(run, entry, (0,), key=key))
    assert poll_at(run.election.slug)
