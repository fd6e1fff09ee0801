"""A host belongs to one customer, and a stored token to one host.

Where several customers have the same host already, they keep it and are named; the first of them counts as its owner, and
nobody new comes to share it. A token is sealed anew for the host that its customer has now; one that no key opens is left
as it is, and its customer's page says that it cannot be decrypted.
"""

import base64
import os
from collections import defaultdict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import migrations, models

NONCE, WRAPPED = 12, 48


def normalise(apps, schema_editor):
    """Write hosts as `domain.hosts` does, and mark all but the first of those that share one.

    Each row is written once: PostgreSQL builds no index while a row was written twice in the same transaction.
    """
    customers = apps.get_model("onboarding", "Customer").objects
    sharing = defaultdict(list)
    for customer in customers.order_by("pk").only("pk", "name", "haiilo_host"):
        host = customer.haiilo_host.strip().lower().removesuffix(".")
        if host != customer.haiilo_host or sharing[host]:
            customers.filter(pk=customer.pk).update(haiilo_host=host, shares_host=bool(sharing[host]))
        sharing[host].append(f"{customer.name} ({customer.pk})")
    for host, names in sharing.items():
        if len(names) > 1:
            print(f"\n  {host} is the host of several customers, who keep it: {', '.join(names)}")


def seal_for_hosts(apps, schema_editor):
    _reseal(apps, lambda row: (f"{row.onboarding_id}:{row.kind}", row.onboarding.customer.haiilo_host))


def unseal_from_hosts(apps, schema_editor):
    _reseal(apps, lambda row: (f"{row.onboarding_id}:{row.kind}:{row.sealed_for}", ""))


def _reseal(apps, bound_and_host):
    rows = apps.get_model("onboarding", "CustomerSecret").objects.select_related("onboarding__customer")
    for row in rows.iterator():
        bound, row.sealed_for = bound_and_host(row)
        plaintext = _open(bytes(row.sealed), bound.encode())
        if plaintext is not None:
            now = f"{row.onboarding_id}:{row.kind}" + (f":{row.sealed_for}" if row.sealed_for else "")
            row.sealed = _seal(plaintext, now.encode())
        row.save(update_fields=["sealed", "sealed_for"])


def _keys():
    return [AESGCM(base64.urlsafe_b64decode(key)) for key in settings.ENCRYPTION_KEYS]


def _open(sealed, bound):
    end = NONCE + WRAPPED
    outer, wrapped, inner, body = sealed[:NONCE], sealed[NONCE:end], sealed[end : end + NONCE], sealed[end + NONCE :]
    for key in _keys():
        try:
            return AESGCM(key.decrypt(outer, wrapped, bound)).decrypt(inner, body, bound)
        except InvalidTag:
            continue
    return None


def _seal(plaintext, bound):
    data_key, outer, inner = AESGCM.generate_key(bit_length=256), os.urandom(NONCE), os.urandom(NONCE)
    wrapped = _keys()[0].encrypt(outer, data_key, bound)
    return outer + wrapped + inner + AESGCM(data_key).encrypt(inner, plaintext, bound)


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0017_proposals")]

    operations = [
        migrations.AlterField("customer", "haiilo_host", models.CharField(blank=True, max_length=253)),
        migrations.AddField("customer", "shares_host", models.BooleanField(default=False)),
        migrations.AddField("customersecret", "sealed_for", models.CharField(default="", max_length=253)),
        migrations.RunPython(normalise, migrations.RunPython.noop),
        migrations.RunPython(seal_for_hosts, unseal_from_hosts),
        migrations.AddConstraint(
            "customer",
            models.UniqueConstraint(
                condition=models.Q(("shares_host", False), models.Q(("haiilo_host", ""), _negated=True)),
                fields=("haiilo_host",),
                name="one_customer_of_a_host",
            ),
        ),
    ]
