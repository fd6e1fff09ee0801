"""The questions of the kick-off. Staff's answers count at once; what comes in by a link counts once staff has used it.

Whoever holds a link may answer, without signing in: therefore an answer by link chooses nothing, names nobody to whom
mail goes, and overwrites nothing that a person of ours has said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext_noop as _

from onboarding.causes.base import ContactRole
from onboarding.customers import contacts
from onboarding.customers.answers import answer
from onboarding.customers.base import Refused, act, taken
from onboarding.domain.sentences import say
from onboarding.engine import ledger
from onboarding.engine.may import Act
from onboarding.engine.transactions import begun_again
from onboarding.models import Link, Onboarding, Questionnaire, StepState, clock
from onboarding.steps.pilot.naming import named_in
from onboarding.steps.pilot.step import Pilot
from onboarding.steps.readiness.step import Readiness
from onboarding.steps.sso_application.step import SsoApplication

FIELDS = (
    "has_p1",
    "admin_name",
    "admin_email",
    "existing_users",
    "app_id",
    "pilot_person",
    "pilot_group",
    "remark",
)


@act
def fill_in(onboarding: Onboarding, answers: Mapping[str, Any], *, actor: User) -> None:
    """Keep staff's answers and use them."""
    taken(onboarding, actor, Act.ANSWER)
    _save(onboarding, answers, filled_by=actor, filled_by_link=None, filled_by_name="")
    use(onboarding, actor=actor)


@begun_again
def fill_in_by_link(link: Link, answers: Mapping[str, Any]) -> bool:
    """Keep the answers of whoever has the link; they wait to be used. False when the link does not work any more."""
    Onboarding.objects.lock(link.onboarding_id)
    if not Link.objects.open().filter(pk=link.pk).exists():
        return False
    _save(link.onboarding, answers, filled_by=None, filled_by_link=link, filled_by_name=link.contact_name)
    ledger.note(
        link.onboarding_id,
        "answered",
        say(_("The kick-off questions were answered through the link of %(contact)s."), contact=link.contact_name),
        actor_name=link.contact_name,
    )
    return True


@act
def use(onboarding: Onboarding, *, actor: User) -> None:
    """Use the answers: each goes to the step that asks for it, and the Global Administrator becomes a contact."""
    taken(onboarding, actor, Act.ANSWER)
    row = Questionnaire.objects.filter(onboarding=onboarding).first()
    if row is None:
        raise Refused(say(_("The questions have not been answered yet.")))
    for key, said in (
        (Readiness.key, {"has_p1": row.has_p1}),
        (SsoApplication.key, {"app_id": row.app_id}),
        (Pilot.key, {"person": row.pilot_person}),
    ):
        _tell(onboarding, key, said, actor)
    if row.admin_email and not onboarding.contacts.filter(email__iexact=row.admin_email).exists():
        contacts.add_contact(
            onboarding,
            actor=actor,
            name=row.admin_name or row.admin_email,
            email=row.admin_email,
            role=ContactRole.APPROVER,
            language=_language(onboarding),
        )
    row.used_at, row.used_by = clock.now(), actor
    row.save(update_fields=["used_at", "used_by"])
    ledger.note(
        onboarding.pk, "answered", say(_("The answers to the kick-off questions were taken over.")), actor=actor
    )


def _save(onboarding: Onboarding, answers: Mapping[str, Any], **by: Any) -> None:
    given = {name: answers[name] for name in FIELDS}
    fresh = {**given, **by, "filled_at": clock.now(), "used_at": None, "used_by": None}
    Questionnaire.objects.update_or_create(onboarding=onboarding, defaults=fresh)


def _tell(onboarding: Onboarding, key: str, said: Mapping[str, str], actor: User) -> None:
    """Answer a step in advance, where nobody has answered it and it is not done."""
    state = StepState.objects.filter(onboarding=onboarding, key=key).first()
    known = state.answer if state else {}
    new = {name: value for name, value in said.items() if value and known.get(name) != value}
    if new and not (state and (state.done_at or (key == Pilot.key and named_in(known)))):
        answer(onboarding, key, actor=actor, answer=new)


def _language(onboarding: Onboarding) -> str:
    first = onboarding.contacts.first()
    return first.language if first else "en"
