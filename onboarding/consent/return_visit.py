"""Who has approved comes back to the progress page in any browser: by the used-up link, and signing in once more.

Nothing is consented to on the way, and nobody else learns anything: the ID token has to name the person who approved
with this very link, by tenant and object id.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from graphclient import Begun, IdTokenRejected, SignIn, SignInRefused
from onboarding.domain import consent_sizes
from onboarding.domain.sentences import say
from onboarding.engine import graph_access, ledger
from onboarding.models import ConsentAttempt, Link, clock
from onboarding.steps.consent.step import Consent

log = logging.getLogger(__name__)

MAX_TIME = timedelta(minutes=10)


def begin(link: Link) -> Begun | None:
    """To the sign-in page of the tenant in which `link` was used up; None where it was not, or was revoked.

    Raises a `GraphError` when Microsoft does not answer.
    """
    approval = _approval(link)
    if approval is None:
        return None
    address = str(settings.PUBLIC_URL).rstrip("/") + reverse("consent_signed_in")
    return _sign_in(approval).begin(approval.signed_in_tenant, address, secrets.token_urlsafe(32))


def finish(link: Link, flow: Mapping[str, Any], params: Mapping[str, str], *, begun_at: float) -> bool:
    """Whether who signed in is who approved with `link`. `begun_at` is in seconds since 1970.

    Raises a `GraphError` when Microsoft does not answer.
    """
    approval = _approval(link)
    if approval is None or clock.now().timestamp() - begun_at > MAX_TIME.total_seconds():
        return False
    try:
        who = _sign_in(approval).finish(dict(flow), dict(params))
    except (SignInRefused, IdTokenRejected) as error:
        log.warning("A sign-in with link %s, which is used up, led to nothing: %s", link.pk, error)
        return False
    if not _same(who.tenant_id, approval.signed_in_tenant) or not _same(who.object_id, approval.signed_in_object_id):
        log.warning("Somebody else than who approved with link %s has signed in", link.pk)
        return False
    text = say(_("%(admin)s checked the progress again."), admin=approval.signed_in_name or say(_("The admin")))
    ledger.note(link.onboarding_id, "returned", text, step=Consent.key, actor_name=approval.signed_in_name)
    return True


def _approval(link: Link) -> ConsentAttempt | None:
    if link.condition() != "used":
        return None
    return ConsentAttempt.objects.filter(link=link).exclude(granted_at=None).first()


def _sign_in(approval: ConsentAttempt) -> SignIn:
    return graph_access.sign_in(consent_sizes.by_key(approval.consent_size).client_id)


def _same(one: str, other: str) -> bool:
    return bool(one) and hmac.compare_digest(one.lower().encode(), other.lower().encode())
