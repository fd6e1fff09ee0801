"""A contact's personal link: made, handed over, and taken back. The token exists in memory only; a row has its hash."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from onboarding.causes.clouds import OTHER_CLOUD
from onboarding.domain import consent_sizes
from onboarding.domain.consent_sizes import ConsentSize
from onboarding.domain.sentences import say
from onboarding.engine import ledger
from onboarding.models import Contact, Link, Onboarding, StepState, clock
from onboarding.models.link import digest
from onboarding.steps import BESIDE, STEPS
from onboarding.steps.consent.causes import APPROVED_UNSIGNED
from onboarding.steps.consent.step import Consent
from onboarding.steps.customer.step import CustomerRecord
from onboarding.steps.readiness.step import Readiness

MASK = "••••••"  # in the place of a token, in what is kept and shown
ACCESS = (
    Consent.key,
    Readiness.key,
)  # while access itself is open, a link is for the application that reads the tenant
WAIT_FOR_LINKS = tuple(step.key for step in (*STEPS, *BESIDE) if step.waits_for_link)


def address_of(token: str) -> str:
    """The whole address of the link page for this token."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('link', args=[token])}"


def masked_address() -> str:
    """The address of a link with dots in the place of its token, for what is kept and shown."""
    return address_of("token").replace("token", MASK)


def other_cloud(onboarding_id: int) -> StepState | None:
    """The verdict that the customer's tenant is in another Microsoft cloud, so that no link leads anywhere; or None."""
    return StepState.objects.filter(onboarding_id=onboarding_id, key=CustomerRecord.key, code=OTHER_CLOUD.code).first()


def is_approved_already(link: Link) -> bool:
    """Whether the tenant showed the approval that `link` asks for when the engine looked last, and only the sign-in of
    an admin is missing.
    """
    asked = StepState.objects.filter(onboarding_id=link.onboarding_id, key=Consent.key, code=APPROVED_UNSIGNED.code)
    return link.consent_size == link.onboarding.size.key and asked.exists()


def size_to_approve(onboarding: Onboarding) -> ConsentSize:
    """What a link is for now: the application that somebody is asked to approve, or the one that reads the tenant."""
    mode = onboarding.open_read_only
    if mode is None or onboarding.current_key in ACCESS:
        return onboarding.size
    if not mode.is_active:
        return consent_sizes.MONITOR
    return onboarding.customer.size if mode.leave_asked_at else consent_sizes.MONITOR


@transaction.atomic
def make(
    contact: Contact, *, actor: User | None, size: ConsentSize | None = None, is_noted: bool = True
) -> tuple[Link, str]:
    """A new link for this contact beside the earlier ones, and its token. Without `actor` the dashboard made it.
    `is_noted`: it gets a line in the timeline.

    It leads to the consent for the application of `size`, or else the one that has to be approved now; links for
    another application of ours stop working.
    """
    Onboarding.objects.lock(contact.onboarding_id)
    token, size = Link.new_token(), size or size_to_approve(contact.onboarding)
    others = Link.objects.open().filter(onboarding=contact.onboarding_id).exclude(consent_size=size.key)
    others.update(revoked_at=clock.now())
    link = Link.objects.create(
        onboarding_id=contact.onboarding_id,
        contact=contact,
        token_hash=digest(token),
        consent_size=size.key,
        contact_name=contact.name,
        contact_email=contact.email,
        created_by=actor or contact.onboarding.customer.owner,
        expires_at=clock.now() + Link.default_expiry(),
    )
    for step in WAIT_FOR_LINKS:
        ledger.make_stale(contact.onboarding_id, step)
    if is_noted:
        ledger.note(
            contact.onboarding_id,
            "link",
            say(_("Link created for %(contact)s."), contact=contact.name),
            step=Consent.key,
            actor=actor,
        )
    return link, token


def close_others(link: Link) -> None:
    """Earlier links of the same contact stop working, those of other contacts go on."""
    earlier = Link.objects.open().filter(contact=link.contact_id, pk__lt=link.pk)
    earlier.update(revoked_at=clock.now())


def take_back(link: Link) -> bool:
    """Make the link useless; False when it was already."""
    return bool(Link.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=clock.now()))
