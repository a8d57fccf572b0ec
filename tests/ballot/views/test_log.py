"""The board as files that programs read: checkpoint, tiles, bundles, proofs, and whole entries."""

from __future__ import annotations

from hashlib import sha256

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from ballot import published
from ballot.board.checkpoint import open_checkpoint
from ballot.board.proof_file import check_proof_file
from ballot.board.tiles import check_bundle, read_bundle
from ballot.mapping.entry import log_entry
from ballot.models import Entry
from ballot.services.board import append_entry
from ballot.services.publish_board import publish_board
from tests.ballot.factories import Run, bring, election, now

pytestmark = pytest.mark.django_db


def at(run: Run, path: str) -> HttpResponse:
    return Client().get(f"/board/{run.election.slug}/{path}")  # type: ignore[return-value]


def signed(run: Run) -> int:
    publish_board(run.election_id, now=now())
    return Entry.objects.filter(election=run.election_id).count()


def test_who_has_the_key_checks_the_board_by_its_files_alone() -> None:
    run = election(at="polling", electors=4, rankings=((0,),) * 4)
    size = signed(run)
    key = published.board_key(run.election)

    checkpoint, _ = open_checkpoint(at(run, "checkpoint").content, keys=[key])
    bundle = at(run, f"tile/entries/000.p/{size}").content
    hashes = at(run, f"tile/0/000.p/{size}").content
    proof = at(run, f"{size - 1}.tlog-proof").content

    entries = read_bundle(bundle, width=size)
    check_bundle(entries, hashes)
    assert checkpoint.size == size
    assert check_proof_file(proof, entry=entries[-1], keys=[key]).index == size - 1


def test_files_that_never_change_may_be_kept_for_ever_and_the_checkpoint_for_seconds() -> None:
    run = election(at="coded", electors=3)
    size = signed(run)

    kept = {
        path: at(run, path).headers["Cache-Control"]
        for path in ("checkpoint", f"tile/0/000.p/{size}", f"tile/entries/000.p/{size}")
    }

    assert kept.pop("checkpoint") == "public, max-age=5"
    assert set(kept.values()) == {"public, max-age=31536000, immutable"}
    assert at(run, "checkpoint").headers["Access-Control-Allow-Origin"] == "*"


def test_a_board_without_a_checkpoint_and_a_file_that_is_not_there_are_said_to_be_so() -> None:
    run = election(at="frozen", electors=3)
    before = at(run, "checkpoint")
    size = signed(run)

    assert before.status_code == 404
    assert b"has not been signed yet" in before.content
    for path in ("tile/0/000", f"tile/0/000.p/{size + 1}", "tile/0/0", "tile/64/000",
                 "tile/entries/000.p/0", "tile/1/000", "tile/0/000.p/256", "tile/0/../0",
                 "tile/0/999999999999999999999"):  # fmt: skip
        assert at(run, path).status_code == 404, path
    assert b"No checkpoint has this entry yet" in at(run, f"{size}.tlog-proof").content
    assert at(run, "99999999999999999999.tlog-proof").status_code == 404


def test_an_entry_too_large_for_the_log_is_fetched_by_the_hash_that_stands_there() -> None:
    run = election(at="polling", electors=3)
    entry = append_entry(
        run.election, kind="suspension", content={"reason": "x" * 70_000}, now=now()
    )
    size = signed(run)
    body = bytes(entry.body)

    (*_, held) = read_bundle(at(run, f"tile/entries/000.p/{size}").content, width=size)
    answer = at(run, f"blob/{sha256(body).hexdigest()}")

    assert held == log_entry("suspension", body) != body
    assert sha256(body).hexdigest().encode() in held and len(held) < 1000
    assert b"".join(answer.streaming_content) == body  # type: ignore[attr-defined]


def test_what_waits_for_the_declaration_is_fetched_by_its_hash_from_then_on() -> None:
    run = election(at="counted", rankings=((0,),) * 8)
    body = bytes(Entry.objects.filter(kind="count").latest("number").body)
    path = f"blob/{sha256(body).hexdigest()}"
    before = at(run, path).status_code

    bring(run, to="declared")

    assert (before, at(run, path).status_code) == (404, 200)
    small = bytes(Entry.objects.get(kind="notice").body)
    assert at(run, f"blob/{sha256(small).hexdigest()}").status_code == 404


def test_a_draft_has_no_board() -> None:
    run = election(at="draft")

    assert {at(run, path).status_code for path in ("checkpoint", "tile/0/000.p/1",
                                                   "0.tlog-proof")} == {404}  # fmt: skip
    assert reverse("checkpoint", args=["x"]) == "/board/x/checkpoint"
