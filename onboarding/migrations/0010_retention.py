"""Rows that outlive the names in them, and names that take a permission. Who was staff until now goes on seeing them."""

from django.conf import settings
from django.db import migrations, models

SEE_PEOPLE = {"codename": "see_people", "defaults": {"name": "Can see the names of people"}}


def let_staff_see_people(apps, schema_editor):
    kind, _made = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="onboarding", model="provisionedperson"
    )
    permission, _made = apps.get_model("auth", "Permission").objects.get_or_create(content_type=kind, **SEE_PEOPLE)
    given = apps.get_model("auth", "User").user_permissions.through
    staff = apps.get_model("onboarding", "Portfolio").members.through.objects.values_list("user_id", flat=True).distinct()
    given.objects.bulk_create(
        [given(user_id=pk, permission_id=permission.pk) for pk in staff], ignore_conflicts=True
    )


class Migration(migrations.Migration):

    dependencies = [
        ("onboarding", "0009_step_down"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="provisionedperson",
            options={"permissions": [("see_people", "Can see the names of people")]},
        ),
        migrations.AddField(
            model_name="provisionedperson",
            name="erased_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="provisionedperson",
            name="stays_erased",
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name="provisionedperson",
            index=models.Index(condition=models.Q(("erased_at", None)), fields=["at"], name="person_to_erase"),
        ),
        migrations.AddIndex(
            model_name="provisionedperson",
            index=models.Index(
                condition=models.Q(("erased_at__isnull", False)), fields=["onboarding", "result"], name="person_erased"
            ),
        ),
        migrations.RemoveIndex(model_name="provisionedperson", name="person_by_user_name"),
        migrations.AddIndex(
            model_name="provisionedperson",
            index=models.Index(
                condition=models.Q(("erased_at", None)),
                fields=["onboarding", "user_name", "id"],
                name="person_by_user_name",
            ),
        ),
        migrations.RunPython(let_staff_see_people, migrations.RunPython.noop),
    ]
