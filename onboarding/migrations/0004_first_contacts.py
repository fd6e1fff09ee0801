"""The one contact of the customer's record becomes the first of several, and the links that went to them are theirs."""

from django.db import migrations


def name_first_contacts(apps, schema_editor):
    Onboarding, Contact, Link = (apps.get_model("onboarding", name) for name in ("Onboarding", "Contact", "Link"))
    for onboarding in Onboarding.objects.select_related("customer").filter(contacts=None).iterator(chunk_size=1000):
        customer = onboarding.customer
        contact = Contact.objects.create(
            onboarding=onboarding, name=customer.contact_name, email=customer.contact_email, role="it_admin"
        )
        Link.objects.filter(onboarding=onboarding, contact_email=customer.contact_email).update(contact=contact)


def write_back(apps, schema_editor):
    Onboarding, Contact = (apps.get_model("onboarding", name) for name in ("Onboarding", "Contact"))
    for onboarding in Onboarding.objects.select_related("customer").iterator(chunk_size=1000):
        first = Contact.objects.filter(onboarding=onboarding).order_by("pk").first()
        if first is not None:
            customer = onboarding.customer
            customer.contact_name, customer.contact_email = first.name, first.email
            customer.save(update_fields=["contact_name", "contact_email"])


class Migration(migrations.Migration):

    dependencies = [
        ("onboarding", "0003_contacts_letters_questionnaire"),
    ]

    operations = [
        migrations.RunPython(name_first_contacts, write_back),
    ]
