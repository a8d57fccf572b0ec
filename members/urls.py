"""Pages of the membership list, at the desk and in public."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from members.views import elector, public
from members.views.administrator import (
    access_requests,
    contacts,
    corrections,
    decisions,
    differences,
    duplicates,
    exports,
    imports,
    levy,
    mappings,
    people,
    sections,
    undoing,
)
from members.views.officer import contacts as officer_contacts
from members.views.officer import dry_runs, lookups, retention, rolls, rules

urlpatterns: list[URLPattern | URLResolver] = [
    path("roll/", public.enquiry, name="roll_enquiry"),
    path("roll/asked/", public.enquiry_asked, name="roll_enquiry_asked"),
    path("roll/not-me/said/", public.contact_not_me_said, name="contact_not_me_said"),
    path("roll/not-me/<str:token>/", public.contact_not_me, name="contact_not_me"),
    path("roll/decisions/", public.decision_totals, name="decision_totals"),
    path("roll/decisions/totals.csv", public.decision_totals_csv, name="decision_totals_csv"),
    path("roll/mine/<str:token>/", elector.own_page, name="own_page"),
    path(
        "roll/mine/<str:token>/correction/",
        elector.own_page_correction,
        name="own_page_correction",
    ),
    path(
        "roll/mine/<str:token>/appeals/<int:decision_id>/",
        elector.own_page_appeal,
        name="own_page_appeal",
    ),
    path("desk/members/", people.members, name="members"),
    path("desk/members/<int:member_id>/", people.member, name="member"),
    path(
        "desk/members/<int:member_id>/access/",
        access_requests.access_requests,
        name="access_requests",
    ),
    path(
        "desk/members/access/<int:request_id>/file/",
        access_requests.access_file,
        name="access_file",
    ),
    path("desk/members/exports/", exports.exports, name="exports"),
    path("desk/members/look-ups/", lookups.look_ups, name="look_ups"),
    path("desk/members/<int:member_id>/contact/", contacts.contact, name="contact"),
    path("desk/members/contacts/", contacts.contacts, name="contacts"),
    path("desk/members/contacts/changes/", contacts.contact_changes, name="contact_changes"),
    path(
        "desk/members/contacts/changes.csv",
        contacts.contact_changes_download,
        name="contact_changes_download",
    ),
    path("desk/members/contacts/letters.csv", contacts.contact_letters, name="contact_letters"),
    path("desk/members/contacts/shared/", contacts.contacts_shared, name="contacts_shared"),
    path("desk/members/contacts/mailboxes/", contacts.odd_mailboxes, name="odd_mailboxes"),
    path(
        "desk/members/contacts/drafts/<int:draft_id>/",
        contacts.contact_draft,
        name="contact_draft",
    ),
    path("desk/members/contacts/freeze/", officer_contacts.contact_freeze, name="contact_freeze"),
    path(
        "desk/members/contacts/flags/<int:flag_id>/",
        officer_contacts.contact_flag,
        name="contact_flag",
    ),
    path("desk/members/<int:member_id>/decide/", decisions.decide, name="decide"),
    path("desk/members/decisions/", decisions.decisions, name="decisions"),
    path(
        "desk/members/decisions/letters-to-print.csv",
        decisions.notices_to_print,
        name="notices_to_print",
    ),
    path("desk/members/decisions/<int:decision_id>/", decisions.decision, name="decision"),
    path("desk/members/decisions/<int:decision_id>/appeal/", decisions.appeal, name="appeal"),
    path("desk/members/decisions/<int:decision_id>/outcome/", decisions.outcome, name="outcome"),
    path("desk/members/requests/", corrections.corrections, name="corrections"),
    path("desk/members/requests/<int:request_id>/", corrections.correction, name="correction"),
    path(
        "desk/members/requests/<int:request_id>/refuse/",
        corrections.correction_refuse,
        name="correction_refuse",
    ),
    path("desk/members/imports/", imports.imports, name="imports"),
    path("desk/members/imports/<int:batch_id>/", imports.import_, name="import"),
    path(
        "desk/members/imports/<int:batch_id>/mapping/",
        mappings.import_mapping,
        name="import_mapping",
    ),
    path(
        "desk/members/imports/<int:batch_id>/encoding/",
        mappings.import_encoding,
        name="import_encoding",
    ),
    path(
        "desk/members/imports/<int:batch_id>/refused.csv",
        imports.import_refused,
        name="import_refused",
    ),
    path(
        "desk/members/imports/<int:batch_id>/apply/",
        imports.import_apply,
        name="import_apply",
    ),
    path(
        "desk/members/imports/<int:batch_id>/discard/",
        imports.import_discard,
        name="import_discard",
    ),
    path(
        "desk/members/imports/<int:batch_id>/new/", differences.import_new, name="import_new"
    ),
    path(
        "desk/members/imports/<int:batch_id>/changed/",
        differences.import_changed,
        name="import_changed",
    ),
    path(
        "desk/members/imports/<int:batch_id>/gone/", differences.import_gone, name="import_gone"
    ),
    path(
        "desk/members/imports/<int:batch_id>/alike/",
        differences.import_alike,
        name="import_alike",
    ),
    path(
        "desk/members/imports/<int:batch_id>/units/",
        differences.import_units,
        name="import_units",
    ),
    path(
        "desk/members/imports/<int:batch_id>/undo/", undoing.import_undo, name="import_undo"
    ),
    path("desk/members/duplicates/", duplicates.duplicates, name="duplicates"),
    path(
        "desk/members/duplicates/search/", duplicates.duplicates_search, name="duplicates_search"
    ),
    path(
        "desk/members/duplicates/decided/",
        duplicates.duplicates_settled,
        name="duplicates_settled",
    ),
    path("desk/members/duplicates/<int:pair_id>/", duplicates.duplicate, name="duplicate"),
    path(
        "desk/members/duplicates/<int:pair_id>/undo/",
        duplicates.duplicate_undo,
        name="duplicate_undo",
    ),
    path("desk/members/levy/", levy.levy, name="levy"),
    path("desk/members/levy/<int:unit_id>.csv", levy.levy_unconfirmed, name="levy_unconfirmed"),
    path("desk/members/sections/", sections.sections, name="sections"),
    path("desk/members/rules/", rules.rules, name="rules"),
    path("desk/members/rules/new/", rules.rules_new, name="rules_new"),
    path("desk/members/rules/<int:rules_id>/", rules.rules_version, name="rules_version"),
    path(
        "desk/members/rules/<int:rules_id>/try/", dry_runs.dry_run_new, name="dry_run_new"
    ),
    path("desk/members/dry-runs/<int:dry_run_id>/", dry_runs.dry_run, name="dry_run"),
    path(
        "desk/members/dry-runs/<int:dry_run_id>/<slug:against>.csv",
        dry_runs.dry_run_moves,
        name="dry_run_moves",
    ),
    path("desk/members/rolls/", rolls.rolls, name="rolls"),
    path("desk/members/rolls/<int:roll_id>/", rolls.roll, name="roll"),
    path(
        "desk/members/rolls/<int:roll_id>/destruction/",
        retention.roll_destruction,
        name="roll_destruction",
    ),
]
