"""An approval is a row of its own; open ones are carried over. Who was live before a pause is live again."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

IN_ANSWER = "approved_plan"


def carry_over(apps, schema_editor):
    """A plan that was approved and is still the one that is shown; who approved stands in the timeline."""
    StepState, Event = apps.get_model("onboarding", "StepState"), apps.get_model("onboarding", "Event")
    Approval = apps.get_model("onboarding", "Approval")
    for state in StepState.objects.filter(answer__has_key=IN_ANSWER):
        said = state.answer.pop(IN_ANSWER)
        line = Event.objects.filter(onboarding=state.onboarding_id, kind="approved", step=state.key).order_by("-id").first()
        if line and line.actor_id and state.plan.get("fingerprint") == said:
            Approval.objects.create(
                onboarding_id=state.onboarding_id,
                step=state.key,
                fingerprint=said,
                changes=state.plan["changes"],
                approved_by_id=line.actor_id,
                approved_at=line.at,
            )
        state.save(update_fields=["answer"])


def carry_back(apps, schema_editor):
    StepState, Approval = apps.get_model("onboarding", "StepState"), apps.get_model("onboarding", "Approval")
    for row in Approval.objects.filter(used_at=None, withdrawn_at=None):
        state = StepState.objects.get(onboarding=row.onboarding_id, key=row.step)
        state.answer[IN_ANSWER] = row.fingerprint
        state.save(update_fields=["answer"])


def live_again(apps, schema_editor):
    """Going on after a pause made a live customer an open one, for which things are done unasked."""
    apps.get_model("onboarding", "Onboarding").objects.filter(state="open").exclude(live_at=None).update(state="live")


class Migration(migrations.Migration):
    dependencies = [
        ("onboarding", "0014_leases_by_the_database_clock"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.CharField(max_length=40)),
                ("fingerprint", models.CharField(max_length=24)),
                ("changes", models.JSONField(default=list)),
                ("approved_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "onboarding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="approvals",
                        to="onboarding.onboarding",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "approval",
            models.UniqueConstraint(
                fields=["onboarding", "step"],
                condition=models.Q(used_at=None, withdrawn_at=None),
                name="one_open_approval_per_step",
            ),
        ),
        migrations.RunPython(carry_over, carry_back),
        migrations.RunPython(live_again, migrations.RunPython.noop),
    ]
