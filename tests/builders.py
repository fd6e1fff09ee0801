"""Rows to begin a test with. Plain functions; alice is of the portfolio, charlie is the stranger."""

from __future__ import annotations

import itertools
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from onboarding.customers import links, name_access, records
from onboarding.domain.verdicts import Todo, Verdict, fingerprint
from onboarding.engine import approvals, ledger
from onboarding.engine.ledger import Cost
from onboarding.engine.working_copy import WorkingCopy
from onboarding.models import Approval, ConsentAttempt, Link, Onboarding, Portfolio, StepState
from onboarding.models.link import digest
from onboarding.models.onboarding import Lease
from tests.narrow import present

_numbers = itertools.count(1)


def person(name: str = "alice", *, sees_names: bool = True) -> User:
    """A member of staff; the same name gives the same one."""
    user = User.objects.filter(username=name).first()
    if user is None:
        user = User.objects.create_user(name, f"{name}@haiilo.example", "correct horse battery")
        name_access.permit(user, allowed=sees_names)
    return user


def portfolio(*members: User, name: str = "Customer success") -> Portfolio:
    made, _ = Portfolio.objects.get_or_create(name=name)
    made.members.add(*members)
    return made


def signed_in(name: str, portfolio_name: str = "Customer success") -> Client:
    """The browser of a member of that portfolio."""
    client = Client()
    portfolio(person(name), name=portfolio_name)
    client.force_login(person(name))
    return client


def onboarding(owner: User | None = None, *, drafted: bool = False, **fields: Any) -> Onboarding:
    """A customer that was just created by its owner; where `drafted`, with the draft of the first e-mail."""
    owner = owner or person()
    number = next(_numbers)
    given = {
        "name": f"Contoso {number}",
        "product": "advocacy",
        "haiilo_host": f"contoso{number}.smarpshare.com",
        "domains": [f"contoso{number}.example"],
        "contact_name": "Eva Berg",
        "contact_email": f"eva@contoso{number}.example",
    }
    made = records.create_customer(actor=owner, portfolio=portfolio(owner), **{**given, **fields})
    if not drafted:
        made.letters.all().delete()
        made.events.filter(kind="letter").delete()
    return made


def owner_of(made: Onboarding) -> User:
    """The customer's owner, who is there."""
    return present(made.customer.owner)


def claimed(pk: int) -> Lease:
    """The lease of an onboarding that nobody else holds."""
    return present(Onboarding.objects.claim(pk))


def found(lease: Lease, key: str, verdict: Verdict) -> None:
    """Let the run of this lease have found `verdict`, and written it back. Raises `LeaseLost`."""
    copy = WorkingCopy(lease)
    ledger.record(copy, key, verdict, Cost())
    copy.write_back()


def done(made: Onboarding, **evidence: dict[str, Any]) -> None:
    """Mark steps as done just now, with this evidence."""
    now = timezone.now()
    for key, seen in evidence.items():
        StepState.objects.update_or_create(
            onboarding=made,
            key=key,
            defaults={"kind": "done", "evidence": seen, **dict.fromkeys(("done_at", "seen_at", "checked_at"), now)},
        )


def granted(made: Onboarding, tenant_id: str, *, link: Link | None = None) -> Link:
    """The round trip of an admin, by `link` or a new one, that ended with a yes, as the browser flow leaves it."""
    now = timezone.now()
    link = link or links.issue_link(made, actor=owner_of(made))[0]
    Link.objects.filter(pk=link.pk).update(seen_at=now, used_at=now)
    ConsentAttempt.objects.create(
        link=link,
        session_hash=digest("session"),
        consent_size=link.consent_size,
        state_hash=digest(f"{link.pk} 1"),
        consent_state_hash=digest(f"{link.pk} 2"),
        signed_in_tenant=tenant_id,
        signed_in_object_id="0f0e0d0c-0000-4000-8000-000000000001",
        signed_in_name="Eva Berg",
        signed_in_at=now,
        answered_at=now,
        granted_at=now,
    )
    return link


def approved(made: Onboarding, key: str, plan: Todo, *, by: str = "alice", proposed_by: User | None = None) -> Approval:
    """A person's yes to this plan, which another one may have proposed."""
    stored = {"fingerprint": fingerprint(plan.changes), "changes": [change.as_json() for change in plan.changes]}
    return approvals.approve(made.pk, key, stored, actor=person(by), proposed_by=proposed_by)


def state(made: Onboarding, key: str) -> StepState:
    """The step's row as it is in the database now."""
    return StepState.objects.get(onboarding=made, key=key)
