"""Pages of the membership list, at the desk and in public."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from members.views import administrator, officer, public

urlpatterns: list[URLPattern | URLResolver] = [
    path("roll/", public.enquiry, name="roll_enquiry"),
    path("roll/asked/", public.enquiry_asked, name="roll_enquiry_asked"),
    path("desk/members/", administrator.members, name="members"),
    path("desk/members/<int:member_id>/", administrator.member, name="member"),
    path("desk/members/imports/", administrator.imports, name="imports"),
    path("desk/members/imports/<int:batch_id>/", administrator.import_, name="import"),
    path(
        "desk/members/imports/<int:batch_id>/refused.csv",
        administrator.import_refused,
        name="import_refused",
    ),
    path(
        "desk/members/imports/<int:batch_id>/apply/",
        administrator.import_apply,
        name="import_apply",
    ),
    path(
        "desk/members/imports/<int:batch_id>/discard/",
        administrator.import_discard,
        name="import_discard",
    ),
    path("desk/members/sections/", administrator.sections, name="sections"),
    path("desk/members/rules/", officer.rules, name="rules"),
    path("desk/members/rules/new/", officer.rules_new, name="rules_new"),
    path("desk/members/rules/<int:rules_id>/", officer.rules_version, name="rules_version"),
    path("desk/members/rolls/", officer.rolls, name="rolls"),
    path("desk/members/rolls/<int:roll_id>/", officer.roll, name="roll"),
]
