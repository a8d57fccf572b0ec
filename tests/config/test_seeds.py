"""What the migrations write is there at every test, though some tests empty every table."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_the_roles_are_there_after_a_test_that_emptied_the_tables(turn: str) -> None:
    assert Group.objects.exists()


@pytest.mark.django_db
def test_the_roles_are_there_in_a_test_that_is_rolled_back() -> None:
    assert Group.objects.exists()
