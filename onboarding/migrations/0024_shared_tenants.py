"""Several customers may share a Microsoft tenant where two people agree; an application in it belongs to one of them."""

from django.db import migrations, models


def fill_in_applications(apps, schema_editor):
    """Note with each binding which application was set up. Tenants were unique until now, so none is claimed twice."""
    bindings = apps.get_model("onboarding", "TenantBinding").objects
    states = apps.get_model("onboarding", "StepState").objects.filter(key="sso_application").exclude(done_at=None)
    for onboarding, evidence in states.values_list("onboarding", "evidence"):
        chosen = evidence.get("service_principal_id", "")
        if chosen:
            bindings.filter(onboarding=onboarding).update(application_id=chosen)


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL adds no constraint to a table that was written to in the same transaction

    dependencies = [("onboarding", "0023_one_spelling_of_names")]

    operations = [
        migrations.AddField("tenantbinding", "shared", models.BooleanField(default=False)),
        migrations.AddField("tenantbinding", "application_id", models.CharField(blank=True, default="", max_length=36)),
        migrations.AlterField("tenantbinding", "tenant_id", models.CharField(db_index=True, max_length=36)),
        migrations.AlterField(
            "proposal",
            "kind",
            models.CharField(
                choices=[
                    ("tenant", "another tenant is expected"),
                    ("address", "data goes to another address"),
                    ("sharing", "a tenant is shared with another record"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            "stepstate",
            models.Index(models.F("evidence__tenant_id"), name="expected_tenant"),
        ),
        migrations.RunPython(fill_in_applications, migrations.RunPython.noop),
        migrations.AddConstraint(
            "tenantbinding",
            models.UniqueConstraint(
                condition=models.Q(("shared", False)), fields=("tenant_id",), name="one_customer_of_a_tenant"
            ),
        ),
        migrations.AddConstraint(
            "tenantbinding",
            models.UniqueConstraint(
                condition=models.Q(("application_id", ""), _negated=True),
                fields=("tenant_id", "application_id"),
                name="one_customer_of_an_application",
            ),
        ),
    ]
