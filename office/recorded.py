"""Acts that the audit trail keeps and the permission table has not, in words.

The server does them, or somebody by a link of their own; or they are a part of an act that the
table names.
"""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "add_section": "add a section of the membership list",
    "amend_incident": "add to an incident in the book",
    "approve_act": "approve a proposal, which carries it out",
    "ask_correction": "ask for a correction of one’s own record",
    "cancel_letters": "cancel letters that were not sent",
    "carry_out_destruction": "destroy sealed ballots and marked register, as two officers ordered",
    "choose_encoding": "say how the characters of a membership list are coded",
    "destroy_access_file": "destroy a subject access file",
    "destroy_file": "destroy an uploaded membership list",
    "destroy_roll": "destroy a roll on its day",
    "download": "download a list of members",
    "draft_bulk": "draft an amendment of the roll in bulk",
    "dry_run": "end a dry run of the rules",
    "expire_proposal": "close a proposal whose time has passed",
    "flag_contacts": "look for patterns in changes of contact details",
    "helpdesk_alarm": "look up more people at the helpdesk than an hour allows",
    "look_at_import": "find out which columns an uploaded list has",
    "make_staff": "make an account on the server",
    "map_import": "say what the columns of a membership list hold",
    "note_at_helpdesk": "write down a call at the helpdesk",
    "open_incident": "open an incident in the book",
    "open_job": "begin a piece of work",
    "pause_letters": "pause letters",
    "preview_import": "work out what an import would change",
    "print_letters": "download the letters to members that go by post",
    "propose_act": "propose an act of two officers",
    "propose_standing": "draft a decision on a member’s standing",
    "record_contact_dispute": "say that one did not change one’s own contact details",
    "record_dispute": "say that one did not cast the ballot in one’s name",
    "refuse_act": "refuse a proposal",
    "refuse_import": "refuse a membership list that cannot be read",
    "release_letters": "release letters",
    "resume_letters": "go on sending letters",
    "see_count": "see the count before the declaration",
    "send_reminder": "send a reminder at its hour",
    "set_letter_rate": "set the pace of letters",
    "settle_different": "decide that two records are two people’s",
    "settle_same": "decide that two records are one person’s",
    "unsettle_pair": "take back a decision on a pair of records",
    "withdraw_authority": "end a deputy’s written authority",
}
