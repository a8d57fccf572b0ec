"""Standing decisions, appeals, the member's own page, and what the database refuses of them.

A decision's proposal never changes, it is made once, and by two; an appeal is lodged before its
deadline, decided once, and neither by the two who made the decision nor by who lodged it.
"""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

DECISION = """
CREATE FUNCTION members_keep_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'decision % is kept', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.member_id, NEW.kind, NEW.reason, NEW.evidence, NEW.section_id,
        NEW.appeal_days, NEW.proposed_by_id, NEW.proposed_at)
       IS DISTINCT FROM
       (OLD.id, OLD.member_id, OLD.kind, OLD.reason, OLD.evidence, OLD.section_id,
        OLD.appeal_days, OLD.proposed_by_id, OLD.proposed_at)
       OR (OLD.decided_at IS NOT NULL AND
           (NEW.approved_by_id, NEW.decided_at, NEW.appeal_until, NEW.follows_id, NEW.notice)
           IS DISTINCT FROM
           (OLD.approved_by_id, OLD.decided_at, OLD.appeal_until, OLD.follows_id, OLD.notice)) THEN
        RAISE EXCEPTION 'decision % is made', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER members_decision_kept BEFORE UPDATE OR DELETE ON members_decision
    FOR EACH ROW EXECUTE FUNCTION members_keep_decision();
"""

APPEAL = """
CREATE FUNCTION members_keep_appeal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decision members_decision;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'appeal % is kept', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.outcome <> ''
       OR (NEW.id, NEW.decision_id, NEW.grounds, NEW.lodged_by_id, NEW.lodged_at)
       IS DISTINCT FROM (OLD.id, OLD.decision_id, OLD.grounds, OLD.lodged_by_id, OLD.lodged_at))
    THEN
        RAISE EXCEPTION 'appeal % is kept', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT * INTO decision FROM members_decision WHERE id = NEW.decision_id;
    IF decision.appeal_until IS NULL OR NEW.lodged_at >= decision.appeal_until THEN
        RAISE EXCEPTION 'an appeal against decision % is late', decision.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.decided_by_id IN (decision.proposed_by_id, decision.approved_by_id) THEN
        RAISE EXCEPTION 'an appeal is decided by somebody who did not make the decision'
            USING ERRCODE = 'check_violation';
    END IF;
    -- Who lodged it for the member would else undo alone what two decided.
    IF NEW.decided_by_id = NEW.lodged_by_id THEN
        RAISE EXCEPTION 'an appeal is decided by somebody who did not lodge it'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER members_appeal_kept BEFORE INSERT OR UPDATE OR DELETE ON members_appeal
    FOR EACH ROW EXECUTE FUNCTION members_keep_appeal();
"""

UNDO = """
DROP TRIGGER members_appeal_kept ON members_appeal;
DROP FUNCTION members_keep_appeal();
DROP TRIGGER members_decision_kept ON members_decision;
DROP FUNCTION members_keep_decision();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0014_dry_runs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('suspension', 'suspension'), ('exclusion', 'exclusion from the ballot'), ('expulsion', 'expulsion'), ('resignation', 'resignation'), ('death', 'death'), ('arrears', 'arrears'), ('reinstatement', 'reinstatement')], max_length=16)),
                ('reason', models.CharField(choices=[('other-party', 'supports or stands for another party'), ('abuse', 'abuse of another person'), ('conduct', 'conduct that is being inquired into'), ('not-on-register', 'not found on the electoral register'), ('false-details', 'joined under details that are not true'), ('payment-returned', 'the payment for joining was returned'), ('arrears', 'in arrears after the time of grace'), ('resigned', 'resigned'), ('death-notified', 'a death was notified'), ('inquiry-ended', 'the inquiry ended without a finding'), ('made-in-error', 'the earlier decision was made in error'), ('arrears-paid', 'the arrears were paid')], max_length=20)),
                ('evidence', models.TextField()),
                ('appeal_days', models.PositiveSmallIntegerField(default=14)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('appeal_until', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('notice', models.CharField(choices=[('none', 'nobody is told'), ('email', 'by e-mail'), ('post', 'by post')], default='none', max_length=8)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('follows', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.decision')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='members.member')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('section', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.section')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('grounds', models.TextField()),
                ('lodged_at', models.DateTimeField()),
                ('outcome', models.CharField(blank=True, choices=[('upheld', 'upheld'), ('dismissed', 'dismissed')], max_length=12)),
                ('answer', models.TextField(blank=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lodged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='appeal', to='members.decision')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='KeptStanding',
            fields=[
                ('member', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='kept_standing', serialize=False, to='members.member')),
                ('before', models.CharField(blank=True, choices=[('good', 'good standing'), ('arrears', 'in arrears'), ('lapsed', 'lapsed'), ('suspended', 'suspended'), ('excluded', 'excluded'), ('resigned', 'resigned'), ('deceased', 'deceased')], max_length=16)),
                ('against', models.CharField(blank=True, choices=[('good', 'good standing'), ('arrears', 'in arrears'), ('lapsed', 'lapsed'), ('suspended', 'suspended'), ('excluded', 'excluded'), ('resigned', 'resigned'), ('deceased', 'deceased')], max_length=16)),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='kept', to='members.decision')),
            ],
        ),
        migrations.CreateModel(
            name='OwnPageLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64)),
                ('is_shared', models.BooleanField()),
                ('expires_at', models.DateTimeField()),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.member')),
            ],
        ),
        migrations.CreateModel(
            name='CorrectionRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('detail', models.CharField(choices=[('name', 'My name'), ('email', 'My e-mail address'), ('phone', 'My telephone number'), ('address', 'My postal address'), ('joined_on', 'The day on which I joined'), ('paid_until', 'The day until which I have paid'), ('date_of_birth', 'My date of birth'), ('other', 'Something else')], max_length=16)),
                ('wanted', models.TextField()),
                ('why', models.TextField(blank=True)),
                ('asked_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'waiting for the membership office'), ('accepted', 'accepted'), ('refused', 'refused')], default='waiting', max_length=12)),
                ('answer', models.TextField(blank=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('change', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.change')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='members.member')),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-pk',),
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['id'], name='correction_waiting')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('settled_by__isnull', True), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('settled_at__isnull', False), ('settled_by__isnull', False)), _connector='OR'), name='correction_is_settled_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('answer', ''), _negated=True), _connector='OR'), name='correction_is_refused_with_a_reason')],
            },
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['suspension', 'exclusion', 'expulsion', 'resignation', 'death', 'arrears', 'reinstatement'])), name='decision_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['other-party', 'abuse', 'conduct', 'not-on-register', 'false-details', 'payment-returned', 'arrears', 'resigned', 'death-notified', 'inquiry-ended', 'made-in-error', 'arrears-paid'])), name='decision_reason_known'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_by__isnull', True), ('decided_at__isnull', True)), models.Q(('approved_by__isnull', False), ('decided_at__isnull', False)), _connector='OR'), name='decision_is_approved_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by', models.F('proposed_by')), _negated=True), name='decision_takes_two'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('decided_at__isnull', False), _connector='OR'), name='decision_ends_after_it_began'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.UniqueConstraint(condition=models.Q(('decided_at__isnull', False), ('ended_at__isnull', True), models.Q(('kind', 'reinstatement'), _negated=True)), fields=('member',), name='one_decision_stands'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('outcome', '')), models.Q(('decided_by__isnull', False), ('outcome__in', ['upheld', 'dismissed']), ('decided_at__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='appeal_is_decided_by_somebody_and_answered'),
        ),
        migrations.AddIndex(
            model_name='ownpagelink',
            index=models.Index(fields=['expires_at'], name='own_page_link_by_end'),
        ),
        migrations.AddConstraint(
            model_name='ownpagelink',
            constraint=models.UniqueConstraint(fields=('token_hash',), name='own_page_link_is_unique'),
        ),
        migrations.RunSQL(DECISION + APPEAL, UNDO),
    ]
