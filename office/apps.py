"""The returning officer's office."""

from __future__ import annotations

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "office"
    verbose_name = "The returning officer's office"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from anymail.signals import tracking

        from office import own_subjects
        from office.acts import register_act
        from office.desk import register_desk_link
        from office.invitations import INVITATION, render_invitations
        from office.kinds import register_job_kind
        from office.purposes import register_purpose
        from office.renewal_letters import RENEW, RENEWED, render_renewals
        from office.services.deliveries import take_report
        from office.services.dispatches import SEND_JOB
        from office.services.invite_by_two import (
            invitation_sentence,
            invite_by_two,
            require_invitable,
        )
        from office.services.letters_job import work_letters
        from office.services.printing import batch_sentence, order_batch, require_batch
        from office.services.second_factor import (
            demand_another,
            renew_second_factor,
            renewal_sentence,
        )

        own_subjects.register()
        register_job_kind(
            SEND_JOB, work_letters, words="Sending letters", act="run_letters", queue="mail"
        )
        register_purpose(INVITATION, render_invitations, words="Invitations to staff")
        register_purpose(RENEWED, render_renewals, words="Second factors renewed")
        # Anymail tells of what became of letters by a signal, and in no other way.
        tracking.connect(take_report, dispatch_uid="office")
        register_act(
            "order_print_batch", order_batch, batch_sentence, precondition=require_batch
        )
        register_act(RENEW, renew_second_factor, renewal_sentence, bar=demand_another)
        register_act(
            "invite_by_two", invite_by_two, invitation_sentence, precondition=require_invitable
        )
        register_desk_link(
            "Approvals", "approvals", "see_approvals", "Proposals that wait for a second officer."
        )
        register_desk_link(
            "Letters", "dispatches", "see_letters", "What is being sent, what is held."
        )
        register_desk_link("Audit trail", "audit_trail", "read_audit", "Who did what, and when.")
        register_desk_link("Staff", "staff", "see_staff", "Accounts, roles and written authority.")
