"""A customer's secret is sealed for the host of the record, whoever enters it; nobody is asked for it any more then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.models import User
from django.utils.translation import gettext_noop as _

from onboarding.customers.base import Refused
from onboarding.domain.desired import SCIM_TOKEN
from onboarding.domain.sentences import Sentence, say
from onboarding.engine import ledger
from onboarding.models import CustomerSecret, Onboarding, SecretRequest, clock
from onboarding.steps.connection.step import Connection

STEP_OF = {SCIM_TOKEN: Connection.key}
"""The step that needs a secret, by the kind of it."""
NO_ADDRESS = _("No Haiilo address is confirmed yet, so there is nowhere to send a token.")
OTHER_ADDRESS = _("The address is %(host)s now. Enter a token that was created there.")
TAKEN_BACK = _("The customer is no longer asked for the access token for %(host)s.")
ENTERED_HERE = _("The customer is no longer asked for the access token for %(host)s: a colleague has entered one.")
MOVED = _("The customer is no longer asked for the access token for %(host)s: the address has changed.")


def seal(
    onboarding: Onboarding, secrets: Mapping[str, str], *, meant_for: str | None, at: datetime, by: User | None
) -> str:
    """Encrypt `secrets`, by their kind, for the host that the record names now, which is returned. `by` is None where
    somebody at the customer has entered them. The caller holds the onboarding's row.

    Raises `Refused` where the record names no host, or another one than they were `meant_for`.
    """
    host = onboarding.customer.haiilo_host
    if not host:
        raise Refused(say(NO_ADDRESS))
    if meant_for is not None and meant_for != host:
        raise Refused(say(OTHER_ADDRESS, host=host))
    for kind, plaintext in secrets.items():
        row = CustomerSecret.objects.filter(onboarding=onboarding, kind=kind).first()
        row = row or CustomerSecret(onboarding=onboarding, kind=kind)
        row.close_over(plaintext, host=host)
        row.saved_at, row.saved_by = at, by
        row.save()
    return host


def ask_no_more(onboarding: Onboarding, kind: str, why: str, *, actor: User | None) -> None:
    """End what the customer is asked for of this kind, with the line `why`; nothing where nothing is. The caller holds
    the onboarding's row.
    """
    for request in SecretRequest.objects.open().filter(onboarding=onboarding, kind=kind):
        take_back(request, say(why, host=request.host), actor=actor)


def take_back(request: SecretRequest, told: Sentence, *, actor: User | None) -> None:
    """End one that is open. The caller holds the onboarding's row."""
    request.taken_back_at = clock.now()
    request.save(update_fields=["taken_back_at"])
    ledger.note(request.onboarding_id, "asked_no_more", told, step=STEP_OF[request.kind], actor=actor)
