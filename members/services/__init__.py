"""Every act on the membership list and its rolls. One act a file; only these write."""

from __future__ import annotations

from members.services.access_request import (
    destroy_access_files,
    make_access_file,
    request_access,
    take_access_file,
)
from members.services.add_section import add_section, add_sections
from members.services.amend_roll import amend_roll
from members.services.answer_enquiry import answer_enquiry
from members.services.apply_import import apply_import, request_apply
from members.services.apply_import_by_two import apply_import_by_two, propose_import
from members.services.ask_correction import ask_correction
from members.services.contact_freeze import move_contact_freeze, set_contact_freeze
from members.services.decide_appeal import decide_appeal
from members.services.decide_standing import decide_standing
from members.services.destroy_due_files import destroy_due_files
from members.services.destroy_roll import destroy_roll
from members.services.discard_import import discard_import
from members.services.draft_bulk import draft_bulk
from members.services.dry_run import record_moves_download, request_dry_run, work_dry_run
from members.services.edit_contact import (
    edit_contact,
    edit_contact_late,
    propose_contact_edit,
    request_contact_edit,
)
from members.services.export_members import begin_export, end_export
from members.services.find_pairs import find_pairs, request_search
from members.services.flag_contacts import flag_contacts
from members.services.freeze_roll import freeze_roll
from members.services.kept_files import kept_look
from members.services.lodge_appeal import lodge_appeal
from members.services.look_at_file import look_at_file
from members.services.look_at_flag import look_at_flag
from members.services.map_import import look_again, map_import
from members.services.note_download import note_download
from members.services.preview_import import preview_import
from members.services.print_letters import record_printing
from members.services.propose_standing import propose_standing
from members.services.record_contact_dispute import record_contact_dispute
from members.services.record_enquiry import record_enquiry
from members.services.record_levy_list import record_levy_list
from members.services.record_lookup import record_lookup, record_search
from members.services.refresh_search import ask_for_refresh, refresh_search
from members.services.save_rules import save_rules
from members.services.set_destruction_date import set_destruction_date
from members.services.settle_correction import accept_correction, refuse_correction
from members.services.settle_pair import settle_different, settle_same, unsettle
from members.services.settle_pair_late import propose_settling, settle_pair_late
from members.services.undo_import import request_undo, undo_import
from members.services.upload_import import upload_import
from members.services.withdraw_freeze import withdraw_freeze

__all__ = [
    "accept_correction",
    "add_section",
    "add_sections",
    "amend_roll",
    "answer_enquiry",
    "apply_import",
    "apply_import_by_two",
    "ask_correction",
    "ask_for_refresh",
    "begin_export",
    "decide_appeal",
    "decide_standing",
    "destroy_access_files",
    "destroy_due_files",
    "destroy_roll",
    "discard_import",
    "draft_bulk",
    "edit_contact",
    "edit_contact_late",
    "end_export",
    "find_pairs",
    "flag_contacts",
    "freeze_roll",
    "kept_look",
    "lodge_appeal",
    "look_again",
    "look_at_file",
    "look_at_flag",
    "make_access_file",
    "map_import",
    "move_contact_freeze",
    "note_download",
    "preview_import",
    "propose_contact_edit",
    "propose_import",
    "propose_settling",
    "propose_standing",
    "record_contact_dispute",
    "record_enquiry",
    "record_levy_list",
    "record_lookup",
    "record_moves_download",
    "record_printing",
    "record_search",
    "refresh_search",
    "refuse_correction",
    "request_access",
    "request_apply",
    "request_contact_edit",
    "request_dry_run",
    "request_search",
    "request_undo",
    "save_rules",
    "set_contact_freeze",
    "set_destruction_date",
    "settle_different",
    "settle_pair_late",
    "settle_same",
    "take_access_file",
    "undo_import",
    "unsettle",
    "upload_import",
    "withdraw_freeze",
    "work_dry_run",
]
