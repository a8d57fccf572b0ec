"""The office's own pages. Those of members and ballot are included beside these."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from office.views import approvals, audit, desk, jobs, letters, outbox, printing, staff

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/", desk.desk, name="desk"),
    path("desk/approvals/", approvals.approvals, name="approvals"),
    path("desk/approvals/<int:approval_id>/approve/", approvals.approve, name="approve"),
    path("desk/approvals/<int:approval_id>/refuse/", approvals.refuse, name="refuse"),
    path("desk/approvals/<int:approval_id>/withdraw/", approvals.withdraw, name="withdraw"),
    path("desk/audit/", audit.audit_trail, name="audit_trail"),
    path("desk/jobs/<int:job_id>/", jobs.job, name="job"),
    path("desk/jobs/<int:job_id>/fragment/", jobs.job_fragment, name="job_fragment"),
    path("desk/jobs/<int:job_id>/progress.json", jobs.job_json, name="job_json"),
    path("desk/jobs/<int:job_id>/retry/", jobs.job_retry, name="job_retry"),
    path("desk/jobs/<int:job_id>/stop/", jobs.job_stop, name="job_stop"),
    path("desk/letters/", letters.dispatches, name="dispatches"),
    path("desk/letters/held/", letters.held_letters, name="held_letters"),
    path("desk/letters/held/<int:letter_id>/settle/", letters.settle, name="settle_letter"),
    path("desk/letters/returned/", letters.returned_letters, name="returned_letters"),
    path(
        "desk/letters/returned/<int:letter_id>/settle/",
        letters.settle_returned,
        name="settle_return",
    ),
    path("desk/letters/<int:dispatch_id>/rate/", letters.rate, name="letter_rate"),
    path("desk/letters/printed/", printing.printed_letters, name="printed_letters"),
    path("desk/letters/<int:dispatch_id>/print/", printing.order, name="order_print_batch"),
    path("desk/letters/printed/<int:batch_id>/file/", printing.take, name="take_print_file"),
    path(
        "desk/letters/printed/<int:batch_id>/handed-over/",
        printing.hand_over,
        name="hand_over_print_batch",
    ),
    path("desk/letters/<int:dispatch_id>/", letters.dispatch, name="dispatch"),
    path("desk/letters/<int:dispatch_id>/release/", letters.release, name="release_letters"),
    path("desk/letters/<int:dispatch_id>/pause/", letters.pause, name="pause_letters"),
    path("desk/letters/<int:dispatch_id>/resume/", letters.resume, name="resume_letters"),
    path(
        "desk/letters/<int:dispatch_id>/refused/",
        letters.send_refused,
        name="send_refused_again",
    ),
    path("desk/staff/", staff.staff, name="staff"),
    path("desk/staff/invite/", staff.invite, name="invite_staff"),
    path("desk/staff/<int:person_id>/", staff.staff_member, name="staff_member"),
    path("desk/staff/<int:person_id>/authority/", staff.authority, name="grant_authority"),
    path("desk/staff/<int:person_id>/renew/", staff.renew, name="renew_second_factor"),
    path("desk/staff/<int:person_id>/close/", staff.close, name="close_account"),
    path(
        "desk/authorities/<int:authority_id>/withdraw/",
        staff.authority_withdraw,
        name="withdraw_authority",
    ),
    path("outbox/", outbox.development_outbox, name="development_outbox"),
    path("outbox/<int:mail_id>/", outbox.development_mail, name="development_mail"),
    path(
        "outbox/<int:mail_id>/html/", outbox.development_mail_html, name="development_mail_html"
    ),
]
