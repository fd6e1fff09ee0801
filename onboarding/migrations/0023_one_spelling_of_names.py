"""Mail addresses get the one spelling of their domain, and customers are named whose domain may not be what was typed.

Until now a typed domain went through IDNA 2003, which makes ss of ß, another sigma of a final one, and drops joiners.
Which of the two was typed cannot be known any more, so nothing is changed: whoever upgrades reads the names and asks.
"""

import re

from django.db import migrations

from graphclient.names import NotAName, in_letters, mail_address

COLUMNS = (
    *(("Contact", "email"), ("Customer", "contact_email"), ("Questionnaire", "admin_email")),
    *(("Letter", "to_email"), ("Link", "contact_email")),
)
PERHAPS_ANOTHER = re.compile("ss|\u03c3(?![\u0370-\u03ff])|[\u0600-\u06ff\u0900-\u0dff]")


def respell_mail_addresses(apps, schema_editor):
    for name, column in COLUMNS:
        rows = apps.get_model("onboarding", name).objects
        for pk, stored in rows.exclude(**{column: ""}).values_list("pk", column):
            address = _respelled(stored)
            if address != stored and not _is_taken(rows, name, pk, address):
                rows.filter(pk=pk).update(**{column: address})


def _respelled(stored):
    if stored.isascii():
        return stored
    try:
        return mail_address(stored)
    except NotAName:
        return stored  # sending it will say so


def _is_taken(rows, name, pk, address):
    """Whether another contact of the customer has the address in the other spelling already."""
    if name != "Contact":
        return False
    return rows.filter(email=address, onboarding_id=rows.get(pk=pk).onboarding_id).exists()


def name_doubtful_domains(apps, schema_editor):
    bound = set(apps.get_model("onboarding", "TenantBinding").objects.values_list("onboarding__customer", flat=True))
    for customer in apps.get_model("onboarding", "Customer").objects.order_by("pk"):
        doubtful = [name for name in map(in_letters, customer.domains) if PERHAPS_ANOTHER.search(name)]
        if doubtful:
            state = "tenant verified" if customer.pk in bound else "tenant not verified yet"
            print(f"\n  {customer.name} ({customer.pk}, {state}): was it typed so? {', '.join(doubtful)}")


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0022_not_before_microsoft_said")]

    operations = [
        migrations.RunPython(respell_mail_addresses, migrations.RunPython.noop),
        migrations.RunPython(name_doubtful_domains, migrations.RunPython.noop),
    ]
