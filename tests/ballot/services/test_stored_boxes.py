"""Between close and opening: a box, mix or part that was exchanged is found and not used."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from django.db import transaction

from ballot.models import Blob, BlobChunk, Box, Entry, Mix, PartialOpening
from ballot.sealing.box import PAIR, box_hash
from ballot.sealing.mixing import mix
from ballot.selectors import setting_of, whole_blob
from ballot.services.board import store_blob
from ballot.services.mix_box import mix_boxes
from ballot.services.open_box import open_box
from ballot.services.stored_boxes import sealed_box
from office.refusal import Refusal
from tests.ballot.factories import (
    Run,
    boxes,
    bring,
    election,
    give_parts,
    no_triggers,
    part_of,
)

pytestmark = pytest.mark.django_db


def refused(act: Callable[[], object], *, after: Callable[[], object]) -> str:
    """The code with which an act is refused after rows were changed; the change is undone."""
    with pytest.raises(Refusal) as why, transaction.atomic():
        with no_triggers():
            after()
        act()
    return why.value.code


def another_box(run: Run) -> Blob:
    """The same votes with the first of them twice, and the last not at all."""
    (box,) = boxes(run)
    content = whole_blob(box.sealed)
    return store_blob([content[:PAIR], content[:-PAIR]])


def exchange_the_box(run: Run) -> None:
    Box.objects.update(sealed=another_box(run))


def exchange_the_box_and_its_digest(run: Run) -> None:
    (box,) = boxes(run)
    sealed = sealed_box(box)
    sealed.c1[-1], sealed.c2[-1] = sealed.c1[0].copy(), sealed.c2[0].copy()
    Box.objects.update(
        sealed=store_blob([sealed.to_bytes()]),
        digest=box_hash(sealed, setting=setting_of(run.election)),
    )


def change_the_digest(run: Run) -> None:
    Box.objects.update(digest=bytes(32))


def change_the_bytes(run: Run) -> None:
    BlobChunk.objects.filter(blob=boxes(run)[0].sealed_id).update(
        content=whole_blob(another_box(run))
    )


def say_another_digest_on_the_board(run: Run) -> None:
    entry = Entry.objects.get(election=run.election_id, kind="reconciliation")
    digest = bytes(boxes(run)[0].digest).hex().encode()
    body = bytes(entry.body).replace(digest, b"00" * 32)
    Entry.objects.filter(pk=entry.pk).update(body=body)


def say_and_store_another_digest(run: Run) -> None:
    say_another_digest_on_the_board(run)
    change_the_digest(run)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (exchange_the_box, "box.not-as-fixed"),
        (exchange_the_box_and_its_digest, "box.not-as-fixed"),
        (change_the_digest, "box.not-as-fixed"),
        (say_another_digest_on_the_board, "box.not-as-fixed"),
        (say_and_store_another_digest, "box.not-as-fixed"),
        (change_the_bytes, "blob.not-as-named"),
    ],
)
def test_a_box_that_is_not_the_one_fixed_after_the_close_is_not_mixed(
    change: Callable[[Run], None], code: str
) -> None:
    run = election(at="verified")

    def mix_it() -> None:
        mix_boxes(run.election_id, **run.by)

    assert refused(mix_it, after=lambda: change(run)) == code
    mix_it()

    assert Mix.objects.count() == 1


def test_a_mix_that_was_exchanged_for_another_as_true_is_not_opened() -> None:
    run = election(at="mixed")
    last = Mix.objects.order_by("number").last()
    assert last is not None
    other = mix(sealed_box(boxes(run)[0]), setting=setting_of(run.election), mixer=last.mixer,
                rng=os.urandom)

    def exchange() -> None:
        Mix.objects.filter(pk=last.pk).update(content=store_blob([other.to_bytes()]))

    def open_it() -> None:
        open_box(run.election_id, **run.by)

    assert refused(open_it, after=exchange) == "mix.not-as-published"
    assert refused(open_it, after=lambda: Entry.objects.filter(kind="mix").delete()) == (
        "mix.not-as-published"
    )
    open_it()

    assert run.state == "opened"


def test_a_part_that_was_exchanged_for_another_as_true_opens_nothing() -> None:
    run = bring(election(demonstration=False), to="mixed")
    give_parts(run)
    (box,) = boxes(run)
    other = part_of(run, box, run.shares[0])

    def exchange() -> None:
        PartialOpening.objects.filter(box=box, trustee__number=1).update(
            content=store_blob([other])
        )

    def open_it() -> None:
        open_box(run.election_id, **run.by)

    assert refused(open_it, after=exchange) == "opening.not-as-published"
    open_it()

    assert run.state == "opened"
