"""Who gets in where: every act by every role, and every URL of the desk, from one table."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from office import access, selectors
from office.access import StaffRequest, may, staff_only
from office.models import StaffMember
from office.permissions import ACTS, OFFICERS, Act, Role
from tests.office.factories import NOW, authorise, officer, sign_in, staff, totp_code
from tests.office.urls import Route, routes, staff_routes

pytestmark = pytest.mark.django_db

PUBLIC = (
    "elections/", "vote/", "check/", "board/", "trustee/", "nominate/", "consent/", "roll/",
    "healthz", "outbox/", "accounts/", "media/", "told/",
)
TWO_OFFICERS = {
    "freeze_roll", "withdraw_freeze", "open_poll", "suspend_poll", "extend_poll",
    "close_poll_early", "void_election", "set_aside_ballot", "amend_roll_in_bulk",
    "correct_result", "declare", "apply_import_by_two", "issue_envelopes",
    "renew_second_factor", "invite_by_two",
}


@pytest.fixture(autouse=True)
def no_limits() -> None:
    cache.clear()


@pytest.fixture
def everybody() -> dict[Role, StaffMember]:
    return {role: staff(role) for role in Role}


# --- the table -------------------------------------------------------------------------------


def test_the_acts_that_the_product_says_need_two_officers_need_two() -> None:
    needing = {act.name for act in ACTS.values() if act.needs_two}

    assert needing >= TWO_OFFICERS
    assert all(ACTS[name].seconders <= OFFICERS for name in needing)


@pytest.mark.parametrize("name", ["open_box", "count", "declare", "open_poll"])
def test_opening_counting_and_declaring_demand_fresh_authentication(name: str) -> None:
    assert ACTS[name].fresh


def test_watchers_and_trustees_may_do_nothing_but_look_and_hold_their_share() -> None:
    bound = {Role.SCRUTINEER, Role.CANDIDATES_AGENT, Role.OBSERVER, Role.TRUSTEE}
    doing = {
        act.name for act in ACTS.values() if act.roles & bound and not act.name.startswith("see_")
    }

    # An agent asks for a recount; an officer decides it. What is signed stops nothing.
    assert doing <= {"read_audit", "hold_share", "ask_recount", "attest", "report_on_election"}


@pytest.mark.parametrize("act", ACTS.values(), ids=lambda act: act.name)
def test_every_role_may_do_exactly_what_the_table_says(
    everybody: dict[Role, StaffMember], act: Act
) -> None:
    assert {role for role, person in everybody.items() if may(person, act.name)} == act.roles
    assert {
        role
        for role, person in everybody.items()
        if selectors.may_second(person.pk, act.name, now=timezone.now())
    } == act.seconders


def test_what_is_not_in_the_table_nobody_may_do(everybody: dict[Role, StaffMember]) -> None:
    for person in everybody.values():
        assert not may(person, "dance")
        assert not selectors.may_second(person.pk, "dance", now=timezone.now())


def test_a_closed_account_may_do_nothing() -> None:
    person = officer()
    assert may(person, "freeze_roll")

    person.is_active = False
    person.save(update_fields=["is_active"])

    assert selectors.acts_of(person.pk, now=NOW) == frozenset()


def test_a_person_of_a_group_that_is_no_role_may_do_nothing() -> None:
    person = officer()
    person.groups.all()[0].staff.remove(person)

    assert selectors.roles_of(person.pk) == frozenset()
    assert not may(person, "see_desk")


@pytest.mark.parametrize(
    "act", [act for act in ACTS.values() if Role.DEPUTY in act.roles], ids=lambda act: act.name
)
def test_a_deputy_without_written_authority_in_force_only_looks(act: Act) -> None:
    deputy = staff(Role.DEPUTY, is_authorised=False)

    assert may(deputy, act.name) == (not act.on_authority)
    authority = authorise(deputy)
    assert may(deputy, act.name)

    authority.withdrawn_at = timezone.now()
    authority.save(update_fields=["withdrawn_at"])
    assert may(deputy, act.name) == (not act.on_authority)


def test_acts_of_a_person_agree_with_the_table_asked_act_by_act(
    everybody: dict[Role, StaffMember],
) -> None:
    everybody[Role.DEPUTY] = staff(Role.DEPUTY, is_authorised=False)
    for person in everybody.values():
        assert selectors.acts_of(person.pk, now=timezone.now()) == {
            name for name in ACTS if may(person, name)
        }


# --- every URL -------------------------------------------------------------------------------


def test_every_page_of_the_desk_stands_behind_the_table() -> None:
    desk = [route for route in routes() if route.pattern.startswith("desk/")]

    assert len(desk) > 15
    assert [route.pattern for route in desk if not route.act] == []


def test_every_other_page_is_one_that_the_public_may_see() -> None:
    others = [route for route in routes() if not route.act and route.pattern]

    strangers = [
        route.pattern for route in others if not route.pattern.lstrip("^").startswith(PUBLIC)
    ]
    assert strangers == []


def test_nobody_signed_out_sees_a_page_of_the_desk(client: Client) -> None:
    for route in staff_routes():
        for method in (client.get, client.post):
            response = method(route.address)
            assert response.status_code == 302, route.pattern
            assert response["Location"].startswith("/accounts/login/"), route.pattern


def test_nobody_without_a_second_factor_sees_a_page_of_the_desk(client: Client) -> None:
    sign_in(client, officer(is_enrolled=False))

    for route in staff_routes():
        for method in (client.get, client.post):
            response = method(route.address)
            assert response.status_code == 302, route.pattern
            assert response["Location"] == "/accounts/2fa/totp/activate/", route.pattern


@pytest.mark.parametrize("role", sorted(Role))
def test_every_url_is_closed_to_the_roles_that_the_table_does_not_name(
    client: Client, role: Role
) -> None:
    person = staff(role)
    sign_in(client, person)

    for route in staff_routes():
        assert route.act and route.act_post
        is_looking_allowed = may(person, route.act)
        is_doing_allowed = is_looking_allowed and may(person, route.act_post)
        looked = client.get(route.address)
        done = client.post(route.address)
        if not is_looking_allowed:
            assert looked.status_code == 404, route.pattern
        elif not route.has_object:
            assert looked.status_code in (200, 302, 405), route.pattern
        if not is_doing_allowed:
            assert done.status_code == 404, route.pattern
        elif not route.has_object:
            assert done.status_code in (200, 302, 400, 405, 409), route.pattern


def test_a_wrong_role_and_a_missing_object_look_alike(client: Client) -> None:
    observer, person = staff(Role.OBSERVER), officer()

    refused = sign_in(client, observer).get(f"/desk/staff/{person.pk}/")
    missing = sign_in(client, person).get(f"/desk/staff/{10**9}/")

    assert refused.status_code == missing.status_code == 404
    assert _without_name(refused.content) == _without_name(missing.content)


def _without_name(page: bytes) -> bytes:
    """The page without the token of its sign-out form, which differs at each request."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", page)


def test_every_unsafe_url_of_the_desk_refuses_a_post_without_its_token(browser: Client) -> None:
    sign_in(browser, officer())

    for route in staff_routes():
        assert browser.post(route.address).status_code == 403, route.pattern


def test_what_changes_something_is_refused_to_a_get(client: Client) -> None:
    sign_in(client, officer())
    changing = [route for route in staff_routes() if _is_post_only(route)]

    assert {"approve", "refuse", "withdraw", "job_retry", "job_stop", "settle_letter"} <= {
        route.name for route in changing
    }
    for route in changing:
        assert client.get(route.address).status_code == 405, route.pattern


def _is_post_only(route: Route) -> bool:
    """Whether the view's own acts of looking and doing differ, or it answers POST alone."""
    return route.name in {
        "approve", "refuse", "withdraw", "job_retry", "job_stop", "settle_letter",
        "pause_letters", "resume_letters", "grant_authority", "close_account",
        "withdraw_authority", "renew_second_factor", "desk_envelope_labels",
    }


# --- the decorator ---------------------------------------------------------------------------


def probe(act: str, **named: Any) -> Any:
    @staff_only(act, **named)
    def view(request: StaffRequest) -> HttpResponse:
        return HttpResponse("in")

    return view


def asked(person: Any, method: str = "GET") -> HttpRequest:
    request = RequestFactory().generic(method, "/desk/probe/")
    request.user = person
    request.session = {}  # type: ignore[assignment]
    return request


def test_an_act_that_is_not_in_the_table_cannot_guard_a_view() -> None:
    with pytest.raises(ValueError, match="not in the permission table"):
        staff_only("dance")
    with pytest.raises(ValueError, match="not in the permission table"):
        staff_only("see_desk", post="dance")


def test_looking_and_doing_are_demanded_apart() -> None:
    view = probe("see_letters", post="run_letters")
    scrutineer = staff(Role.SCRUTINEER)

    assert view(asked(scrutineer)).status_code == 200
    with pytest.raises(Http404):
        view(asked(scrutineer, "POST"))
    assert view(asked(officer(), "POST")).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "NONSENSE"])
def test_any_method_but_the_safe_ones_counts_as_doing(method: str) -> None:
    view = probe("see_letters", post="run_letters")

    with pytest.raises(Http404):
        view(asked(staff(Role.SCRUTINEER), method))


def test_an_act_marked_fresh_demands_fresh_authentication_of_a_post_alone() -> None:
    view = probe("count")
    person = officer()

    assert view(asked(person)).status_code == 200
    with pytest.raises(access_demand()):
        view(asked(person, "POST"))


def access_demand() -> type[Exception]:
    from allauth.core.exceptions import ReauthenticationRequired

    return ReauthenticationRequired


def test_a_visitor_is_nobody() -> None:
    response = probe("see_desk")(asked(AnonymousUser()))

    assert response.status_code == 302
    assert access.is_staff_request(asked(AnonymousUser())) is False


def test_a_form_with_a_mistake_that_comes_after_proof_anew_goes_on_from_its_own_page(
    client: Client,
) -> None:
    path = "/desk/staff/invite/"
    sign_in(client, officer(), fresh=False)
    asked = client.post(path, {"name": "Una Price"})

    mistaken = client.post(asked["Location"], {"code": totp_code()})

    assert mistaken.status_code == 200
    content = mistaken.content.decode()
    assert "There is a problem" in content and "Una Price" in content
    assert f'<form method="post" action="{path}"' in content


def test_every_form_says_where_it_goes() -> None:
    templates = Path(settings.BASE_DIR) / "templates"
    ours = [page for page in templates.rglob("*.html") if page.relative_to(templates).parts[0]
            not in {"account", "allauth", "mfa"}]  # fmt: skip
    forms = [(page, form) for page in ours
             for form in re.findall(r'<form method="post"[^>]*>', page.read_text())]  # fmt: skip

    assert len(forms) > 100
    assert [found for found in forms if "action=" not in found[1]] == []
