"""Rows of one onboarding as a bundle tells them, field by field, the newest of each kind. People of ours are named by
their number, people of the customer not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from onboarding.engine.reported import FAILED
from onboarding.models import (
    Approval,
    Backup,
    ConsentAttempt,
    Event,
    Letter,
    Link,
    Onboarding,
    Proposal,
)
from onboarding.support.shapes import change, code, field, guid, moment, sentence

Row = TypeVar("Row", bound=Model)
MOST_LINES, MOST_ROWS = 200, 50
OF_A_LINE = ("code", "request_id", "change", "approval", "found", "partly", "tenant", "link", "letter", "from", "to")


def newest(rows: QuerySet[Row], most: int, tell: Callable[[Row], dict[str, Any]]) -> dict[str, Any]:
    """The newest rows, the newest first, and how many there are in all. Two queries."""
    shown = [tell(row) for row in rows.order_by("-pk")[:most]]
    return {"shown": len(shown), "of": rows.count(), "newest_first": shown}


def timeline(onboarding: Onboarding) -> dict[str, Any]:
    """What happened."""
    return newest(onboarding.events.all(), MOST_LINES, line)


def line(event: Event) -> dict[str, Any]:
    """One line: our own words, and which ids and codes go with it."""
    return {
        "line": event.pk,
        "at": moment(event.at),
        "kind": event.kind,
        "step": event.step,
        "said": sentence(event.message),
        "staff": event.actor_id,
        "by_somebody_without_an_account": bool(event.actor_name),
        **{name: _of_line(name, event.detail[name]) for name in OF_A_LINE if name in event.detail},
        **({FAILED: field(FAILED, event.detail[FAILED])} if FAILED in event.detail else {}),
    }


def _of_line(name: str, value: Any) -> Any:
    return guid(value) if name == "tenant" and isinstance(value, str) else field(name, value)


def approvals(onboarding: Onboarding) -> dict[str, Any]:
    """Which plans were approved by whom of ours, and what became of each."""
    return newest(onboarding.approvals.all(), MOST_ROWS, _approval)


def _approval(row: Approval) -> dict[str, Any]:
    return {
        "approval": row.pk,
        "step": row.step,
        "fingerprint": field("fingerprint", row.fingerprint),
        "changes": [change(str(each.get("key", ""))) for each in row.changes],
        "staff": row.approved_by_id,
        "proposed_by_staff": row.proposed_by_id,
        "approved_at": moment(row.approved_at),
        "used_at": moment(row.used_at),
        "withdrawn_at": moment(row.withdrawn_at),
    }


def proposals(onboarding: Onboarding) -> dict[str, Any]:
    """What one proposed and another decided."""
    return newest(onboarding.proposals.all(), MOST_ROWS, _proposal)


def _proposal(row: Proposal) -> dict[str, Any]:
    return {
        "proposal": row.pk,
        "kind": row.kind,
        "proposed_by_staff": row.proposed_by_id,
        "proposed_at": moment(row.proposed_at),
        "decided_by_staff": row.decided_by_id,
        "decided_at": moment(row.decided_at),
        "accepted": row.accepted,
    }


def links(onboarding: Onboarding) -> dict[str, Any]:
    """Personal links: when they worked, and what for; without their codes."""
    return newest(onboarding.links.all(), MOST_ROWS, _link)


def _link(row: Link) -> dict[str, Any]:
    times = ("created_at", "expires_at", "seen_at", "used_at", "revoked_at")
    return {
        "link": row.pk,
        "consent_size": row.consent_size,
        "condition": row.condition(),
        "staff": row.created_by_id,
        "forwarded_from": row.forwarded_from_id,
        **{name: moment(getattr(row, name)) for name in times},
    }


def trips(onboarding: Onboarding) -> dict[str, Any]:
    """Trips to Microsoft's sign-in and back, and how each ended."""
    return newest(ConsentAttempt.objects.filter(link__onboarding=onboarding), MOST_ROWS, _trip)


def _trip(row: ConsentAttempt) -> dict[str, Any]:
    return {
        "trip": row.pk,
        "link": row.link_id,
        "consent_size": row.consent_size,
        "signed_in_tenant": row.signed_in_tenant and guid(row.signed_in_tenant),
        **{name: moment(getattr(row, name)) for name in ("started_at", "signed_in_at", "answered_at", "granted_at")},
        "ended": row.error and code(row.error),
        "code": row.error_code and code(row.error_code),
    }


def letters(onboarding: Onboarding) -> dict[str, Any]:
    """E-mails: how far each has come; without address, subject and text."""
    return newest(onboarding.letters.defer("subject", "text", "html", "error"), MOST_ROWS, _letter)


def _letter(row: Letter) -> dict[str, Any]:
    times = ("created_at", "approved_at", "claimed_at", "first_tried_at", "next_try_at", "sent_at", "settled_at")
    return {
        "letter": row.pk,
        "kind": row.kind,
        "state": row.state,
        "language": row.language,
        "tries": row.tries,
        "trouble": row.trouble and code(row.trouble),
        "staff": row.approved_by_id,
        **{name: moment(getattr(row, name)) for name in times},
    }


def backups(onboarding: Onboarding) -> dict[str, Any]:
    """When something of the tenant was kept before it was replaced; without what it was."""
    return newest(onboarding.backups.defer("document"), MOST_ROWS, _backup)


def _backup(row: Backup) -> dict[str, Any]:
    return {"backup": row.pk, "step": row.step, "taken_at": moment(row.taken_at)}
