"""The browser round trip of a customer's admin: link, sign-in at Microsoft, consent, back. No actor of ours.

Everything that comes back is treated as hostile. It counts only if state, browser session, link and tenant agree
with what was begun here; each disagreement is a `ConsentProblem` with its own ending, and nothing is bound.
"""

from __future__ import annotations

import hmac
import logging
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from graphclient import GLOBAL, GraphError, Identity, IdTokenRejected, SignInRefused, admin_consent_url, plain_reason
from onboarding.causes import trip
from onboarding.causes.clouds import OTHER_CLOUD
from onboarding.causes.index import explain_code, lookup
from onboarding.causes.trip import Ending
from onboarding.domain import consent_sizes
from onboarding.domain.sentences import Sentence, say
from onboarding.engine import graph_access, holds, ledger
from onboarding.engine.queue import enqueue
from onboarding.engine.transactions import begun_again
from onboarding.invites import links, rate_limit
from onboarding.invites.rate_limit import Source
from onboarding.models import ConsentAttempt, Link, Onboarding, StepState, clock
from onboarding.models.link import digest
from onboarding.steps.consent.step import Consent
from onboarding.steps.customer.step import CustomerRecord

log = logging.getLogger(__name__)

# Role template ids of Entra's built-in roles: Global Administrator, Privileged Role Administrator.
MAY_APPROVE = frozenset({"62e90394-69f5-4237-9190-012177145e10", "e8611ab8-c189-46e8-94e1-60213ab1f814"})
# From the click to being signed in, and from there to the answer about the consent.
MAX_TIME_EACH_WAY = timedelta(minutes=10)

# What Microsoft's refusals mean to the person in front of the page (Entra documentation, "Entra error codes").
NUMBER = re.compile(r"AADSTS(\d{4,8})")
CORRELATION = re.compile(r"Correlation ID: ([0-9a-f-]{36})", re.IGNORECASE)
BY_NUMBER = (
    (trip.DECLINED, frozenset({65004})),
    (trip.NOT_ALLOWED, frozenset({90093, 90094})),
    (trip.REQUESTED, frozenset({90095})),
    (trip.WRONG_ACCOUNT, frozenset({16000, 50020, 50034, 90072})),
    (
        trip.BLOCKED,
        frozenset({53000, 53001, 53002, 53003, 53009, 53011, 530031, 530032, 530033, 530034, 530035, 50005, 50131})
        | {500021, 500022, 5000211, 500212, 500213},
    ),
    (trip.MICROSOFT_DOWN, frozenset({90033, 90055, 90006, 90012, 90024, 90025, 90090, 90091})),
)
BY_WORD = {  # without a number of their own
    **dict.fromkeys(("access_denied", "permission_denied", "consent_required"), trip.DECLINED),
    **dict.fromkeys(("temporarily_unavailable", "server_error"), trip.MICROSOFT_DOWN),
}
NOWHERE = Source()
PERSONAL = "a personal account"  # graphclient.identity.id_token's reason


@dataclass(frozen=True)
class Redirect:
    """Where the browser goes next, and what the session must keep until it comes back.

    `approved`: the link whose approval is complete by this sign-in, so that the way ends here; `url` is empty then.
    """

    url: str
    flow: Mapping[str, Any] = field(default_factory=dict)
    approved: Link | None = None
    without_role: Link | None = None  # this link's holder showed directory roles, and none that may approve


class ConsentProblem(Exception):
    """The round trip ended without consent. `ending` says how, in words for each reader.

    `code` and `request_id` are under what Microsoft knows it, `said` is what it says. `link` is None unless this
    browser has shown its own.
    """

    def __init__(
        self, ending: Ending, *, code: str = "", request_id: str = "", said: str = "", link: Link | None = None
    ) -> None:
        super().__init__(ending.code)
        self.ending, self.link = ending, link
        self.code, self.request_id, self.said = code, request_id, said

    @property
    def kind(self) -> str:
        """The name of the ending."""
        return self.ending.code


@dataclass(frozen=True)
class ConsentOutcome:
    """A consent that was recorded; the engine proves it next."""

    link: Link


def link_seen(link: Link) -> None:
    """Note that a person has opened the link: at the first press of a button. Mail scanners open links, too."""
    if Link.objects.filter(pk=link.pk, seen_at=None).update(seen_at=clock.now()):
        enqueue(link.onboarding_id)


def expected_tenant(link: Link) -> str | None:
    """The tenant that the customer's domains resolved to, or None while that is not known, or is in another cloud."""
    state = StepState.objects.filter(onboarding_id=link.onboarding_id, key=CustomerRecord.key).first()
    is_known = state is not None and state.done_at is not None and state.code != OTHER_CLOUD.code
    return state.evidence.get("tenant_id") if state and is_known else None


def begin_sign_in(link: Link, *, browser: str, source: Source = NOWHERE) -> Redirect:
    """Start a round trip: to Microsoft's sign-in page of the expected tenant. `browser` is a secret of this session."""
    if not Link.objects.open().filter(pk=link.pk).exists():
        raise _link_closed(link)
    link_seen(link)
    if rate_limit.are_used_up(link, browser=browser, source=source):
        raise ConsentProblem(trip.TOO_MANY, link=link)
    tenant_id = expected_tenant(link)
    if tenant_id is None:
        elsewhere = links.other_cloud(link.onboarding_id) is not None
        raise ConsentProblem(trip.IN_OTHER_CLOUD if elsewhere else trip.NOT_READY, link=link)
    state, size = secrets.token_urlsafe(32), link.size
    try:
        begun = graph_access.sign_in(size.client_id).begin(tenant_id, _absolute("consent_signed_in"), state)
    except GraphError as error:
        raise _microsoft_is_down(link, error) from error
    ConsentAttempt.objects.create(
        link=link,
        session_hash=digest(browser),
        source_hash=source.hash,
        state_hash=digest(state),
        consent_size=size.key,
    )
    return Redirect(graph_access.reroutes().url(begun.url), begun.flow)


def finish_sign_in(flow: Mapping[str, Any], params: Mapping[str, str], *, browser: str) -> Redirect:
    """The admin is back from signing in: check who it is, then go on to the consent of exactly that tenant."""
    # The order: whether the answer is ours to hear (state, browser, time, link), before anything in it is read; then
    # whether Microsoft signed it; and its tenant last, because only a valid token says which tenant that is.
    attempt = _attempt(browser, state_hash=digest(params.get("state", "")), signed_in_at=None)
    _check_in_time(attempt, attempt.started_at)
    if not Link.objects.open().filter(pk=attempt.link_id).exists():
        raise _link_closed(attempt.link)
    try:
        identity = graph_access.sign_in(_client_id(attempt)).finish(dict(flow), dict(params))
    except SignInRefused as error:
        raise _refused(attempt, error.code, error.description, error.correlation_id) from error
    except IdTokenRejected as error:
        log.warning("ID token rejected in attempt %s: %s", attempt.pk, error)
        if error.args == (PERSONAL,):
            raise _personal_account(attempt) from error
        _alarm(attempt, _("An answer that is not Microsoft's, or not to our question, was refused."))
        raise _forged() from error
    except GraphError as error:
        raise _microsoft_is_down(attempt.link, error) from error
    if identity.tenant_id.lower() != expected_tenant(attempt.link):
        raise _wrong_tenant(attempt, identity.tenant_id)
    return _on_to_consent(attempt, identity)


def _on_to_consent(attempt: ConsentAttempt, identity: Identity) -> Redirect:
    state, is_approved = secrets.token_urlsafe(32), links.is_approved_already(attempt.link) and not identity.is_guest
    used = ConsentAttempt.objects.filter(pk=attempt.pk, signed_in_at=None).update(
        signed_in_tenant=identity.tenant_id.lower(),
        signed_in_object_id=identity.object_id,
        signed_in_name=_plain(identity.name, 200),
        signed_in_at=clock.now(),
        consent_state_hash=digest(state),
    )
    if not used:
        raise _forged()
    if is_approved:
        attempt.refresh_from_db()
        _grant(attempt, _("%(admin)s signed in. The approval was there at Microsoft already."))
        return Redirect("", approved=attempt.link)
    url = admin_consent_url(GLOBAL, identity.tenant_id, _client_id(attempt), _absolute("consent_granted"), state)
    return Redirect(
        graph_access.reroutes().url(url), without_role=attempt.link if _shows_other_roles(identity) else None
    )


def _shows_other_roles(identity: Identity) -> bool:
    """A hint only: roles may be missing from the token, or held and not active. Entra decides at the consent."""
    return bool(identity.wids) and not MAY_APPROVE & {role.lower() for role in identity.wids}


def record_consent(params: Mapping[str, str], *, browser: str) -> ConsentOutcome:
    """The browser is back from the consent page. A hint, no proof: it is kept as one, and the engine proves it."""
    attempt = _attempt(browser, consent_state_hash=digest(params.get("state", "")))
    _check_in_time(attempt, attempt.signed_in_at or attempt.started_at)
    # A refusal names no tenant, so it is heard before tenants are compared; the link is used up last, by a yes alone.
    if params.get("error") or params.get("admin_consent", "").lower() != "true":
        raise _refused(attempt, params.get("error", ""), params.get("error_description", ""))
    tenant_id = params.get("tenant", "").lower()
    if tenant_id != attempt.signed_in_tenant or tenant_id != expected_tenant(attempt.link):
        raise _wrong_tenant(attempt, tenant_id)
    _grant(attempt, _("%(admin)s approved on Microsoft's page."))
    return ConsentOutcome(attempt.link)


@begun_again
def _grant(attempt: ConsentAttempt, text: str) -> None:
    """Use the link up: exactly one of many simultaneous answers wins."""
    Onboarding.objects.lock(attempt.link.onboarding_id)
    now = clock.now()
    # Before all else: this UPDATE decides who wins, and the loser's transaction leaves nothing behind.
    if not Link.objects.open().filter(pk=attempt.link_id).update(used_at=now):
        raise _link_closed(attempt.link)
    ConsentAttempt.objects.filter(pk=attempt.pk).update(answered_at=now, granted_at=now)
    _look_for_it(attempt)
    ledger.note(
        attempt.link.onboarding_id,
        "consent",
        say(text, admin=attempt.signed_in_name or say(_("The admin"))),
        step=Consent.key,
        actor_name=attempt.signed_in_name,
    )
    enqueue(attempt.link.onboarding_id)


def _attempt(browser: str, **found_by: Any) -> ConsentAttempt:
    """The round trip that this answer belongs to, begun by this very browser and not answered yet."""
    rows = ConsentAttempt.objects.select_related("link__onboarding__customer", "link__created_by")
    attempt = rows.filter(answered_at=None, **found_by).first()
    if attempt is None:
        raise _forged()
    if not hmac.compare_digest(attempt.session_hash, digest(browser)):
        _alarm(attempt, _("Microsoft's answer came in another browser than the one that asked. It was refused."))
        raise _forged()
    return attempt


def _alarm(attempt: ConsentAttempt, text: str) -> None:
    """Tell customer success and those who read the logs, once for each round trip."""
    log.error("Forged or misdirected answer to attempt %s: %s", attempt.pk, text)
    onboarding_id = attempt.link.onboarding_id
    if not holds.was_raised(onboarding_id, holds.FORGED, attempt.pk):
        detail = {"attempt": attempt.pk, "code": "state_mismatch"}
        ledger.note(onboarding_id, holds.FORGED, say(text), step=Consent.key, detail=detail)


def _client_id(attempt: ConsentAttempt) -> str:
    """Our application that this round trip was begun with, also if the record was changed meanwhile."""
    return consent_sizes.by_key(attempt.consent_size).client_id


def _check_in_time(attempt: ConsentAttempt, since: datetime) -> None:
    if since < clock.now() - MAX_TIME_EACH_WAY:
        raise ConsentProblem(trip.TOO_LATE, code="state_mismatch", link=attempt.link)


# Why it ended


def _link_closed(link: Link) -> ConsentProblem:
    return ConsentProblem(trip.LINK_CLOSED, link=link)


def _forged() -> ConsentProblem:
    return ConsentProblem(trip.FORGED, code="state_mismatch")


def _microsoft_is_down(link: Link, error: GraphError) -> ConsentProblem:
    log.warning("Microsoft's sign-in does not answer: %s", error)
    return ConsentProblem(trip.MICROSOFT_DOWN, link=link)


def _refused(attempt: ConsentAttempt, code: str, description: str, correlation_id: str = "") -> ConsentProblem:
    """Keep why Microsoft said no."""
    found, correlated = NUMBER.search(description), CORRELATION.search(description)
    ending = _ending_of(code, int(found[1]) if found else 0)
    known_as = found[0] if found else _plain(code, 60)
    request_id = correlated[1] if correlated else _plain(correlation_id, 60)
    said = plain_reason(description)
    _end(attempt, ending, detail={"code": known_as, "request_id": request_id}, said=said)
    return ConsentProblem(ending, code=known_as, request_id=request_id, said=said, link=attempt.link)


def _personal_account(attempt: ConsentAttempt) -> ConsentProblem:
    _end(attempt, trip.WRONG_ACCOUNT, detail={"code": "personal_account"})
    return ConsentProblem(trip.WRONG_ACCOUNT, code="personal_account", link=attempt.link)


def _ending_of(code: str, number: int) -> Ending:
    """How the trip ended, by Microsoft's number (0 where there is none) or the word that came in its place."""
    by_number = next((ending for ending, numbers in BY_NUMBER if number in numbers), None)
    if by_number is not None:
        return by_number
    return trip.FAILED if number else BY_WORD.get(code, trip.FAILED)


def _wrong_tenant(attempt: ConsentAttempt, tenant_id: str) -> ConsentProblem:
    """Never bind; tell the admin and leave a line for customer success."""
    log.warning("Attempt %s ended in another tenant than the customer's", attempt.pk)
    detail = {"code": "tenant_mismatch", "tenant": _plain(tenant_id, 36), "expected": expected_tenant(attempt.link)}
    _end(attempt, trip.WRONG_TENANT, detail=detail)
    return ConsentProblem(trip.WRONG_TENANT, code="tenant_mismatch", link=attempt.link)


@begun_again
def _end(attempt: ConsentAttempt, ending: Ending, detail: Mapping[str, Any], said: str = "") -> None:
    Onboarding.objects.lock(attempt.link.onboarding_id)
    code = str(detail.get("code", ""))
    if not ConsentAttempt.objects.filter(pk=attempt.pk, answered_at=None).update(
        answered_at=clock.now(), error=ending.code, error_code=code, error_text=said
    ):
        return
    text = say(_("The sign-in at Microsoft ended without an approval. %(why)s"), why=_why(ending, code, said))
    ledger.note(attempt.link.onboarding_id, ending.code, text, step=Consent.key, detail=detail)
    _look_for_it(attempt)
    enqueue(attempt.link.onboarding_id)


def _why(ending: Ending, code: str, said: str) -> Sentence:
    """By Microsoft's code where a family knows it, else by the ending; where that says nothing, Microsoft's words."""
    if ending is trip.FAILED or lookup(code) is not None:
        return explain_code(code, said)[0]
    return ending.cause.for_staff({})


def _look_for_it(attempt: ConsentAttempt) -> None:
    """Have the steps that wait for a link's consent read anew."""
    for step in links.WAIT_FOR_LINKS:
        ledger.make_stale(attempt.link.onboarding_id, step)


def _absolute(name: str) -> str:
    return str(settings.PUBLIC_URL).rstrip("/") + reverse(name)


def _plain(text: str, length: int) -> str:
    """What a stranger sent, fit to be stored and shown: a database takes no NUL character."""
    return "".join(character for character in text if character.isprintable())[:length]
