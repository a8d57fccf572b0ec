"""Checks 11 to 16 of bundle §5: the boxes, what came out of them, and what was declared.

Each sets what it establishes in `Known`, and returns the figure that is shown beside its name.
"""

from __future__ import annotations

from collections import Counter

from verifier.closed import boxes_left, check_boxes
from verifier.counting import check_count
from verifier.declaration import check_archive, check_declaration
from verifier.destroyed import is_emptied
from verifier.generators import derive_generators
from verifier.known import Known, NotYet, require, require_declared
from verifier.mixing import (
    Mixing,
    check_box_mixes,
    mixes_of,
    require_different,
    require_mixed,
)
from verifier.openings import Box
from verifier.post import check_rejected_came_out
from verifier.recounts import check_recounts
from verifier.report import count_of, figure_of
from verifier.unsealing import check_parts, check_profile, check_profiles_in_order, require_boxes


def make_boxes(known: Known) -> str:
    require(known, "reconciliation", "the register has not been verified")
    counted = [cast for ballot, cast in known.casts if ballot.number not in known.aside]
    counted += [cast for _, cast in known.post.papers]
    setting = known.poll.setting(known.key)
    known.boxes = check_boxes(known.bundle, known.board, known.poll, setting, counted)
    pairs = sum(box.pairs for box in known.boxes)
    return figure_of([count_of(len(known.boxes), "box", "boxes"), count_of(pairs, "pair")])


def make_mixes(known: Known) -> str:
    if is_emptied(known.board):
        known.boxes = boxes_left(known.board, known.poll)
    mixes = mixes_of(known.board, known.boxes)
    if known.board.has("declaration") or known.board.has("opening-commitment"):
        for box, some in zip(known.boxes, mixes, strict=True):
            require_mixed(known.board, box, some)
    elif not any(mixes):
        raise NotYet("no box has been mixed")
    for some in mixes:
        require_different(some)
    work = sum(box.pairs * len(some) for box, some in zip(known.boxes, mixes, strict=True))
    largest = max((box.pairs for box in known.boxes), default=0)
    known.progress.begin("mixes", work + largest + 1)
    generators = derive_generators(largest, known.workers)
    setting = known.poll.setting(known.key)
    given = Mixing(known.bundle, setting, known.key, generators, known.workers)
    known.mixed = [
        check_box_mixes(given, box, some) for box, some in zip(known.boxes, mixes, strict=True)
    ]
    made = count_of(sum(map(len, mixes)), "mix", "mixes")
    signed = sum(entry.content["trustee"] is not None for some in mixes for entry in some)
    by_trustees = f"{signed:,} of them signed by trustees"
    first = "the first of each box not checked" if is_emptied(known.board) else ""
    return figure_of([made, by_trustees, f"{count_of(work, 'pair')} mixed", first])


def make_openings(known: Known) -> str:
    require_declared(known)
    require_boxes(known.board, known.boxes, "opening-commitment", "part", "profile")
    setting = known.poll.setting(known.key)
    pairs = sum(box.pairs for box in known.boxes)
    known.progress.begin("openings", pairs * known.key.quorum)
    known.unsealed = [
        check_parts(
            known.bundle, known.board, box, Box(setting, known.key, box.name, rows), known.workers
        )
        for box, rows in zip(known.boxes, known.mixed, strict=True)
    ]
    parts = sum(len(one.parts) for one in known.unsealed)
    return f"{count_of(parts, 'part')} of {count_of(len(known.boxes), 'box', 'boxes')}"


def make_profile(known: Known) -> str:
    check_profiles_in_order(known.board, known.boxes)
    known.progress.begin("profile", sum(box.pairs for box in known.boxes))
    known.opened = [
        check_profile(known.bundle, known.board, one, known.workers) for one in known.unsealed
    ]
    by_contest: Counter[str] = Counter()
    for box, opened in zip(known.boxes, known.opened, strict=True):
        by_contest[box.contest.code] += opened.rejected
    check_rejected_came_out(known.board, by_contest)
    rejected = by_contest.total()
    papers = sum(sum(one.papers.values()) for one in known.opened) + rejected
    return figure_of([count_of(papers, "paper"), f"{rejected:,} of them rejected"])


def make_count(known: Known) -> str:
    boxes = list(zip(known.boxes, known.opened, strict=True))
    for entry in known.board.all("count", "lot"):
        known.poll.contest(entry.content["contest"], entry.where)
    for contest in known.poll.contests:
        some = [(box, opened) for box, opened in boxes if box.contest == contest]
        known.sheets[contest.code] = check_count(known.board, contest, some)
    stages = sum(len(sheet["stages"]) for sheet in known.sheets.values())
    contests = count_of(len(known.sheets), "contest")
    return figure_of([contests, f"{count_of(stages, 'stage')} counted anew"])


def make_declaration(known: Known) -> str:
    require_declared(known)
    check_recounts(known.board, known.sheets)
    check_declaration(known.board, known.sheets)
    check_archive(known.board, known.log.leaves)
    corrections = known.board.all("correction")
    if corrections:
        known.notes.append(
            f"Corrections of the declaration: {len(corrections)}. The last version was checked."
        )
    last = corrections[-1] if corrections else known.board.only("declaration")
    declared = last.content["contests"]
    elected = "; ".join(f"{one['title']}: {', '.join(one['elected'])}" for one in declared)
    if known.board.only("notice").content["rehearsal"]:
        return f"{elected} (in a rehearsal: it counts for nothing)"
    return elected
