"""Choices are called what the pages call them; no row and no column changes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('onboarding', '0012_staff_contact'),
    ]

    operations = [
        migrations.AlterField(
            model_name='contact',
            name='role',
            field=models.CharField(choices=[('it_admin', 'IT admin'), ('approver', 'approver (Global Administrator)'), ('sso_owner', 'owner of the SSO application'), ('sponsor', 'project sponsor')], default='it_admin', max_length=10),
        ),
        migrations.AlterField(
            model_name='letter',
            name='kind',
            field=models.CharField(choices=[('invitation', 'invitation'), ('reminder', 'reminder'), ('escalation', 'escalation'), ('completion', 'go-live summary')], max_length=12),
        ),
        migrations.AlterField(
            model_name='letter',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('approved', 'to be sent'), ('sending', 'being sent'), ('sent', 'sent'), ('unknown', 'perhaps not sent'), ('failed', 'not sent'), ('cancelled', 'discarded')], default='draft', max_length=10),
        ),
        migrations.AlterField(
            model_name='stepstate',
            name='kind',
            field=models.CharField(choices=[('new', 'not started'), ('done', 'done'), ('todo', 'ready to apply'), ('waiting', 'waiting'), ('asking', 'needs an answer'), ('broken', 'broken')], default='new', max_length=10),
        ),
    ]
