"""Row 15: markup in names, statements and reasons. Prevents: escaped on every page and in every
mail. That the policy of the pages would not run it either is in tests/config/test_headers.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from ballot.services.set_up import edit_election
from ballot.services.set_up_candidate import add_candidate
from ballot.services.set_up_contest import add_contest
from ballot.services.tend_polls import tend_polls
from ballot.services.withdraw_candidate import withdraw_candidate
from tests.ballot.factories import Run, bring, election
from tests.office.factories import officer, sign_in
from tests.security.looking import all_routes, send_everything, whole

pytestmark = pytest.mark.django_db(transaction=True)

PAYLOADS = (
    "<script>alert('canary')</script>",
    "\"><img src=x onerror=canary()>",
    "'><svg/onload=canary()>",
    "</title></textarea><script>canary</script>",
    "{{canary}}{% canary %}",
)
LIVE = re.compile(
    r"<script>(?:alert\('canary|canary)|<img src=x|<svg/onload|</textarea><script", re.I
)


def marked(*, at: str) -> Run:
    """An election in which every text that somebody may write is markup."""
    run = election(title=PAYLOADS[0], candidates=PAYLOADS[:3], electors=3,
                   rankings=((0,), (0,), (1,)))
    edit_election(
        run.election_id, **run.by, party=PAYLOADS[1], returning_officer=PAYLOADS[2],
        summary=PAYLOADS[3], helped_routes="\n".join(PAYLOADS),
    )
    post = add_contest(run.election_id, title=PAYLOADS[4], method="plurality", **run.by)
    leaves = add_candidate(post, name=PAYLOADS[3], statement="\n".join(PAYLOADS), **run.by)
    for name in PAYLOADS[:2]:
        add_candidate(post, name=name, statement=PAYLOADS[0], **run.by)
    bring(run, to="nominated")
    withdraw_candidate(leaves, **run.by)
    return bring(run, to=at)


def pages(client: Client, run: Run) -> Iterator[tuple[str, str]]:
    """Every page of the site about this election, as far as it can be read."""
    objects = {
        "sha256": "00" * 32, "slug": run.election.slug, "contest_id": run.contest.pk, "number": 1,
        "candidate_id": run.contest.candidates.order_by("pk")[0].pk,
    }
    for route in all_routes():
        names = re.findall(r"<(?:\w+:)?(\w+)>", route.pattern)
        if "slug" not in names or not set(names) <= objects.keys():
            continue
        address = reverse(route.name, kwargs={name: objects[name] for name in names})
        try:
            resolve(address)
        except Resolver404:
            continue
        answer = client.get(address)
        if "html" in answer.headers.get("Content-Type", ""):
            yield address, answer.content.decode()
    for address in ("/", "/desk/", "/desk/elections/", "/desk/audit/", "/desk/approvals/"):
        yield address, client.get(address).content.decode()


@pytest.mark.parametrize("at", ["nominated", "polling", "declared"])
def test_markup_that_somebody_wrote_is_text_on_every_page(client: Client, at: str) -> None:
    run = marked(at=at)
    sign_in(client, officer(name=PAYLOADS[1]))

    seen = dict(pages(client, run))

    assert len(seen) > 20
    for address, page in seen.items():
        assert not LIVE.search(page), f"{address}: {LIVE.search(page)}"
    # It is there, and told as what it is.
    assert sum("&lt;script&gt;" in page for page in seen.values()) >= 5


def test_markup_that_somebody_wrote_is_text_in_every_mail() -> None:
    from tests.ballot.factories import cast, entries

    run = marked(at="polling")
    cast(run, entries(run)[0], (0,))
    tend_polls()

    mails = send_everything()

    assert len(mails) == 4
    for message in mails:
        html = [content for content, kind in message.alternatives if kind == "text/html"]
        assert html and not LIVE.search(html[0])
        # A title in a subject cannot begin another header.
        assert "\n" not in message.subject and "\r" not in message.subject
    assert "&lt;" in whole(mails[0])


def test_the_search_finds_live_markup() -> None:
    assert all(LIVE.search(f"<p>{payload}</p>") for payload in PAYLOADS[:4])
