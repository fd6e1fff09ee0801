"""A secret is asked of the customer's admin, who hands it over on the progress page, so that nobody mails it.

It is sealed and used as if staff had entered it; what follows at Microsoft is planned and approved as ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext_noop as _

from onboarding.customers import sealing
from onboarding.customers.base import Refused, act, check_may_change, taken
from onboarding.domain.desired import SCIM_TOKEN
from onboarding.domain.sentences import say
from onboarding.engine import holds, ledger
from onboarding.engine.may import Act
from onboarding.engine.queue import interrupt
from onboarding.models import Link, Onboarding, SecretRequest, clock
from onboarding.models.link import admin_of

ASKED = _("The customer is asked for the access token for %(host)s, on the progress page.")
HANDED_OVER = _("Access token for %(host)s handed over by the customer.")
ENDED = _(
    "The customer is not asked for it any more: it was handed over, entered or taken back. Look at the step again."
)
DONE_ALREADY = _("A token was handed over already. What you entered now was not kept.")
NOT_NEEDED = _("This is no longer needed. What you entered was not kept.")
ADDRESS_CHANGED = _(
    "The address of your Haiilo has changed since you were asked. What you entered was not kept; if a token is still "
    "needed, your contact at Haiilo asks again."
)


@act
def ask(onboarding: Onboarding, *, actor: User, kind: str = SCIM_TOKEN) -> SecretRequest:
    """Ask the customer for it, for the host that the record names. Once more is the same request.

    Raises `Refused` where the record names no host, and while we only watch.
    """
    row = taken(onboarding, actor, Act.ASK_FOR_SECRET)
    check_may_change(row)
    host = row.customer.haiilo_host
    if not host:
        raise Refused(say(sealing.NO_ADDRESS))
    open_one = SecretRequest.objects.open().filter(onboarding=row, kind=kind).first()
    if open_one is not None and open_one.host == host:
        return open_one
    sealing.ask_no_more(row, kind, sealing.MOVED, actor=actor)
    made = SecretRequest.objects.create(onboarding=row, kind=kind, host=host, asked_by=actor)
    ledger.note(row.pk, "asked", say(ASKED, host=host), step=sealing.STEP_OF[kind], actor=actor)
    return made


@act
def take_back(onboarding: Onboarding, *, actor: User, asked: int) -> None:
    """Ask for it no more. Raises `Refused` where the request with this key has ended."""
    row = taken(onboarding, actor, Act.ASK_FOR_SECRET)
    request = SecretRequest.objects.open().filter(onboarding=row, pk=asked).first()
    if request is None:
        raise Refused(say(ENDED))
    sealing.take_back(request, say(sealing.TAKEN_BACK, host=request.host), actor=actor)


@act
def hand_over(link: Link, *, asked: int, answer: Mapping[str, Any], secrets: Mapping[str, str]) -> None:
    """Keep what the holder of the used-up `link` gives for the request with this key, sealed for the host that the
    request names. The step is read anew.

    Raises `Refused` where that request has ended, where the record names another host by now, and while we only watch:
    then nothing is kept.
    """
    row = Onboarding.objects.lock(link.onboarding_id)
    request = _wanted(row, link, asked)
    now, key = clock.now(), sealing.STEP_OF[request.kind]
    host = sealing.seal(row, {request.kind: secrets[request.kind]}, meant_for=request.host, at=now, by=None)
    request.link, request.answered_at = link, now
    request.save(update_fields=["link", "answered_at"])
    ledger.keep_answer(row.pk, key, answer, actor=None, at=now)
    ledger.note(row.pk, "answered", say(HANDED_OVER, host=host), step=key, actor_name=admin_of(link.pk))
    interrupt(row.pk)


def _wanted(onboarding: Onboarding, link: Link, asked: int) -> SecretRequest:
    request = SecretRequest.objects.filter(onboarding=onboarding, pk=asked).first()
    if request is not None and request.answered_at is not None:
        raise Refused(say(DONE_ALREADY))
    if request is not None and request.host != onboarding.customer.haiilo_host:
        raise Refused(say(ADDRESS_CHANGED))
    if request is None or not request.is_open or not is_asked_by(onboarding, link):
        raise Refused(say(NOT_NEEDED))
    return request


def is_asked_by(onboarding: Onboarding, link: Link) -> bool:
    """Whether who approved by this link may be asked: it still counts, and we may change what the secret is for."""
    still_counts = Link.objects.filter(pk=link.pk, revoked_at=None).exists()
    return still_counts and link.size.sets_up and onboarding.size.sets_up and holds.owns_too_much(onboarding.pk) is None
