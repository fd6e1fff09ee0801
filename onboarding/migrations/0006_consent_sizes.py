from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("onboarding", "0005_forwarded_links"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="consent_size",
            field=models.CharField(default="standard", max_length=10),
        ),
        migrations.AddField(
            model_name="consentattempt",
            name="consent_size",
            field=models.CharField(default="standard", max_length=10),
        ),
    ]
