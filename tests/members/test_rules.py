"""Rules of eligibility: saved as versions, and told in words."""

from __future__ import annotations

import pytest

from members import selectors, services
from office.refusal import Refusal
from tests.members.factories import NOW, rules, rules_body
from tests.members.test_freeze import STRICT

pytestmark = pytest.mark.django_db


def test_the_same_rules_saved_again_are_the_same_version_and_others_the_next() -> None:
    first = rules()

    assert rules() == first
    second = rules(joined_by="2016-06-24")

    rows = {row.pk: row.version for row in selectors.rules.rules_rows()}
    assert rows == {first: 1, second: 2}
    assert rules() not in (first, second)


@pytest.mark.parametrize(
    ("name", "fields", "code"),
    [
        (" ", {}, "rules.name"),
        ("x" * 101, {}, "rules.name"),
        ("Rules", {"minimum_age": -1}, "rules.malformed"),
        ("Rules", {"sections": ["friends"]}, "rules.malformed"),
    ],
)
def test_rules_that_cannot_be_kept_are_refused(
    name: str, fields: dict[str, object], code: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        services.save_rules(name, body=rules_body(**fields), by=None, now=NOW)

    assert refusal.value.code == code


def test_rules_are_told_with_names_and_with_what_people_would_hear() -> None:
    rules_id = rules(**STRICT)

    assert selectors.rules.rules_told(rules_id)[1] == (
        "Be in one of these sections: Members, Registered supporters."
    )
    examples = dict(selectors.rules.verdict_examples(rules_id))
    assert examples["Joined after the freeze date"].startswith("you joined on 13 January 2016")
    assert set(examples) >= {"Not paid up", "Under the minimum age", "No standing recorded"}
