"""The browser round trip of a customer's admin: link, sign-in at Microsoft, consent, back. No actor of ours.

Everything that comes back is treated as hostile. It counts only if state, browser session, link and tenant agree
with what was begun here; each disagreement is a `ConsentProblem` with its own sentence, and nothing is bound.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from graphclient import GLOBAL, GraphError, Identity, IdTokenRejected, SignInRefused, admin_consent_url

from . import connect, ledger
from .models import ConsentAttempt, Link, StepState
from .models.link import digest
from .services import look_now
from .words import Sentence, say

log = logging.getLogger(__name__)

ROUND_TRIP = timedelta(minutes=30)  # from the click on our page to the answer
WRONG_ROLE = ("AADSTS90094", "AADSTS90093", "AADSTS90095")


@dataclass(frozen=True)
class Redirect:
    """Where the browser goes next, and what the session must keep until it comes back."""

    url: str
    flow: Mapping[str, Any] = field(default_factory=dict)


class ConsentProblem(Exception):
    """The round trip ended without consent. `kind` chooses the page's advice, `sentence` is its headline."""

    def __init__(self, kind: str, sentence: Sentence, detail: str = "") -> None:
        super().__init__(kind)
        self.kind, self.sentence, self.detail = kind, sentence, detail


@dataclass(frozen=True)
class ConsentOutcome:
    """A consent that was recorded; the engine proves it next."""

    link: Link


def link_seen(link: Link) -> None:
    """Note the first opening. A GET never uses the link up: mail scanners open links too."""
    if Link.objects.filter(pk=link.pk, seen_at=None).update(seen_at=timezone.now()):
        look_now(link.onboarding_id)


def expected_tenant(link: Link) -> str | None:
    """The tenant that the customer's domains resolved to, or None while that is not known."""
    state = StepState.objects.filter(onboarding_id=link.onboarding_id, key="customer").first()
    return state.evidence.get("tenant_id") if state and state.done_at else None


def begin_sign_in(link: Link, *, session_key: str) -> Redirect:
    """Start a round trip for this browser: to Microsoft's sign-in page of the expected tenant."""
    if not Link.objects.open().filter(pk=link.pk).exists():
        raise ConsentProblem("link_closed", say(_("This link no longer works. Ask for a new one.")))
    tenant_id = expected_tenant(link)
    if tenant_id is None:
        raise ConsentProblem(
            "not_ready", say(_("We do not know your Microsoft tenant yet. Try again in a minute, or ask us."))
        )
    state = secrets.token_urlsafe(32)
    try:
        begun = connect.sign_in().begin(tenant_id, _absolute("consent_signed_in"), state)
    except GraphError as error:
        raise _microsoft_is_down(error) from error
    ConsentAttempt.objects.create(link=link, session_hash=digest(session_key), state_hash=digest(state))
    return Redirect(connect.reroutes().url(begun.url), begun.flow)


def finish_sign_in(flow: Mapping[str, Any], params: Mapping[str, str], *, session_key: str) -> Redirect:
    """The admin is back from signing in: check who it is, then go on to the consent of exactly that tenant."""
    attempt = _attempt(params.get("state", ""), session_key)
    try:
        identity = connect.sign_in().finish(dict(flow), dict(params))
    except SignInRefused as error:
        raise _refused(attempt, error.code, error.description) from error
    except IdTokenRejected as error:
        log.warning("ID token rejected: %s", error)
        raise _forged() from error
    except GraphError as error:
        raise _microsoft_is_down(error) from error
    if identity.tenant_id.lower() != expected_tenant(attempt.link):
        raise _wrong_tenant(attempt, identity.tenant_id)
    return _on_to_consent(attempt, identity)


def _on_to_consent(attempt: ConsentAttempt, identity: Identity) -> Redirect:
    state = secrets.token_urlsafe(32)
    used = ConsentAttempt.objects.filter(pk=attempt.pk, signed_in_at=None).update(
        signed_in_tenant=identity.tenant_id.lower(),
        signed_in_object_id=identity.object_id,
        signed_in_name=identity.name[:200],
        signed_in_at=timezone.now(),
        consent_state_hash=digest(state),
    )
    if not used:
        raise _forged()
    url = admin_consent_url(
        GLOBAL, identity.tenant_id, settings.ENTRA_CLIENT_ID, _absolute("consent_granted"), state
    )
    return Redirect(connect.reroutes().url(url))


def record_consent(params: Mapping[str, str], *, session_key: str) -> ConsentOutcome:
    """The browser is back from the consent page. A hint, no proof: it is kept as one, and the engine looks."""
    attempt = (
        ConsentAttempt.objects.select_related("link__onboarding__customer")
        .filter(consent_state_hash=digest(params.get("state", "")), answered_at=None)
        .exclude(signed_in_at=None)
        .first()
    )
    if attempt is None or not _same_browser(attempt, session_key):
        raise _forged()
    if attempt.started_at < timezone.now() - ROUND_TRIP:
        raise ConsentProblem("too_late", say(_("That took too long. Open your link again.")))
    if params.get("error") or params.get("admin_consent", "").lower() != "true":
        raise _refused(attempt, params.get("error", ""), params.get("error_description", ""))
    if params.get("tenant", "").lower() != attempt.signed_in_tenant:
        raise _wrong_tenant(attempt, params.get("tenant", ""))
    _grant(attempt)
    return ConsentOutcome(attempt.link)


@transaction.atomic
def _grant(attempt: ConsentAttempt) -> None:
    """Use the link up: exactly one of many simultaneous answers wins."""
    now = timezone.now()
    if not Link.objects.open().filter(pk=attempt.link_id).update(used_at=now):
        raise ConsentProblem("link_closed", say(_("This link no longer works. Ask for a new one.")))
    ConsentAttempt.objects.filter(pk=attempt.pk).update(answered_at=now, granted_at=now)
    ledger.make_stale(attempt.link.onboarding_id, "consent")
    ledger.note(
        attempt.link.onboarding_id,
        "consent",
        say(_("%(admin)s consented at Microsoft."), admin=attempt.signed_in_name or say(_("The admin"))),
        step="consent",
        actor_name=attempt.signed_in_name,
    )
    look_now(attempt.link.onboarding_id)


def _attempt(state: str, session_key: str) -> ConsentAttempt:
    attempt = (
        ConsentAttempt.objects.select_related("link__onboarding__customer")
        .filter(state_hash=digest(state), signed_in_at=None, answered_at=None)
        .first()
    )
    if attempt is None or not _same_browser(attempt, session_key):
        raise _forged()
    if attempt.started_at < timezone.now() - ROUND_TRIP:
        raise ConsentProblem("too_late", say(_("That took too long. Open your link again.")))
    if not Link.objects.open().filter(pk=attempt.link_id).exists():
        raise ConsentProblem("link_closed", say(_("This link no longer works. Ask for a new one.")))
    return attempt


def _same_browser(attempt: ConsentAttempt, session_key: str) -> bool:
    return hmac.compare_digest(attempt.session_hash, digest(session_key))


def _forged() -> ConsentProblem:
    return ConsentProblem(
        "forged", say(_("This answer does not belong to a sign-in that was begun here. Open your link again."))
    )


def _microsoft_is_down(error: GraphError) -> ConsentProblem:
    return ConsentProblem(
        "microsoft_down",
        say(_("Microsoft does not answer at the moment. Try again in a few minutes; your link stays valid.")),
        str(error),
    )


def _refused(attempt: ConsentAttempt, code: str, description: str) -> ConsentProblem:
    """Keep why Microsoft said no, and say it in words."""
    kind, sentence = _reading_of(code, description)
    _end(attempt, kind)
    return ConsentProblem(kind, sentence, description[:300] or code)


def _reading_of(code: str, description: str) -> tuple[str, Sentence]:
    if any(number in description for number in WRONG_ROLE):
        return "not_allowed", say(
            _("Your account may not approve this. A Global Administrator or Privileged Role Administrator can.")
        )
    if code in ("access_denied", "permission_denied") or "AADSTS65004" in description:
        return "declined", say(_("You declined. Nothing was changed; you can open your link again at any time."))
    return "failed", say(_("Microsoft ended this with an error. Open your link again, or tell us the code below."))


def _wrong_tenant(attempt: ConsentAttempt, tenant_id: str) -> ConsentProblem:
    """Never bind; tell the admin and leave a line for customer success."""
    _end(attempt, "wrong_tenant", detail={"tenant": tenant_id[:36]})
    return ConsentProblem(
        "wrong_tenant",
        say(
            _("You signed in to another organisation than %(customer)s. Sign in with your account there."),
            customer=attempt.link.onboarding.customer.name,
        ),
    )


@transaction.atomic
def _end(attempt: ConsentAttempt, kind: str, detail: Mapping[str, Any] | None = None) -> None:
    if not ConsentAttempt.objects.filter(pk=attempt.pk, answered_at=None).update(
        answered_at=timezone.now(), error=kind
    ):
        return
    text = say(_("The round trip to Microsoft ended without consent."))
    ledger.note(attempt.link.onboarding_id, kind, text, step="consent", detail=detail)
    ledger.make_stale(attempt.link.onboarding_id, "consent")
    look_now(attempt.link.onboarding_id)


def _absolute(name: str) -> str:
    return settings.PUBLIC_URL.rstrip("/") + reverse(name)
