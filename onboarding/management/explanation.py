"""Findings as JSON that may be shown: never a secret, and nothing that may name a person unless names are asked for.

Without names a text is shown only where its place is known to hold none, by the name of its field or of its gap in a
sentence. Whatever is new is hidden until it is listed here.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, timedelta
from enum import Enum
from typing import Any

from onboarding.domain import consent_sizes
from onboarding.domain.desired import Desired, SecretText
from onboarding.domain.durations import short
from onboarding.domain.sentences import Sentence
from onboarding.domain.verdicts import (
    Asking,
    Broken,
    Change,
    Court,
    Done,
    Remedy,
    Todo,
    Verdict,
    Waiting,
    fingerprint,
    planned,
)
from onboarding.engine.inspection import Finding
from onboarding.models import StepState
from onboarding.steps.connection.evidence import token_is_saved

HIDDEN = "(hidden)"
SECRET = "(secret)"  # noqa: S105 - stands in for one
MAX_DEPTH, MAX_ITEMS = 3, 5
PLAIN = re.compile(
    r"(?:^|_)(?:id|ids|code|codes|status|state|kind|key|type|host|address|base_url|domains?|licence|sign|action|asked"
    r"|result|existing_job|granted|missing|permissions|abilities|tenants|at|since|capability_status"
    r"|stored|settings|operation|least|mapped|removed|version|tenant_name)$"
)
PLAIN_GAPS = frozenset(
    {
        *("address", "after", "attribute", "before", "candidates", "code", "domain", "domains", "expression", "host"),
        *("job", "our_id", "permission", "permissions", "product", "target", "tenant"),
        *("application_id", "service_principal_id"),
    }
)
PERMISSIONS = frozenset(name for size in consent_sizes.SIZES for name in size.names)
SECRETIVE = re.compile(r"(?i)secret|token$|password|private")
GUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Printer:
    """Turns what steps read and say into JSON; `names`: people's names may be in it."""

    names: bool = False

    def sentence(self, sentence: Sentence | None) -> str:
        """The sentence in English, with its gaps hidden where they may name a person."""
        return str(self._masked(sentence)) if sentence else ""

    def _masked(self, sentence: Sentence) -> Sentence:
        return replace(sentence, values={gap: self._gap(gap, value) for gap, value in sentence.values.items()})

    def _gap(self, gap: str, value: Any) -> Any:
        if isinstance(value, Sentence):
            return self._masked(value)
        plain = gap in PLAIN_GAPS or (isinstance(value, str) and set(value.split(", ")) <= PERMISSIONS)
        if isinstance(value, str) and not (self.names or plain):
            return HIDDEN
        return value

    def value(self, value: Any, field: str = "", depth: int = 0) -> Any:
        """`value` of a field of this name: long lists and deep structures are cut and counted."""
        match value:
            case SecretText():
                return SECRET
            case Sentence():
                return self.sentence(value)
            case Enum():
                return value.value
            case None | bool() | int() | float():
                return value
            case str():
                return self._text(value, field)
            case date():
                return value.isoformat()
            case timedelta():
                return short(value)
            case _:
                return self._structure(value, field, depth)

    def _structure(self, value: Any, field: str, depth: int) -> Any:
        if is_dataclass(value):
            value = {each.name: getattr(value, each.name) for each in fields(value)}
        if isinstance(value, Mapping):
            if depth >= MAX_DEPTH:
                return f"{len(value)} fields"
            return {self._name(str(name)): self._entry(str(name), each, field, depth) for name, each in value.items()}
        if isinstance(value, (Sequence, Set)):
            items = sorted(value) if isinstance(value, Set) else list(value)
            if depth >= MAX_DEPTH:
                return f"{len(items)} items"
            shown = [self.value(each, field, depth + 1) for each in items[:MAX_ITEMS]]
            return [*shown, f"… {len(items) - MAX_ITEMS} more"] if len(items) > MAX_ITEMS else shown
        return type(value).__name__

    def _entry(self, name: str, value: Any, field: str, depth: int) -> Any:
        if SECRETIVE.search(name) and isinstance(value, str):
            return SECRET if value else ""
        return self.value(value, name if PLAIN.search(name) else field if PLAIN.search(field) else name, depth + 1)

    def _name(self, name: str) -> str:
        return HIDDEN if "@" in name and not self.names else name

    def _text(self, text: str, field: str) -> str:
        plain = "@" not in text and (not text or PLAIN.search(field) or GUID.fullmatch(text))
        return text if self.names or plain else HIDDEN


def explain_step(finding: Finding, before: StepState | None, printer: Printer) -> dict[str, Any]:
    """One step: what is desired, what was found, the verdict and why, the plan, and when the engine looks again."""
    verdict, step = finding.verdict, finding.step
    return {
        "key": step.key,
        "title": str(step.title),
        "verdict": type(verdict).__name__.lower(),
        "court": court_of(verdict).value,
        "why": printer.sentence(why(verdict)),
        "code": verdict.code if isinstance(verdict, (Asking, Broken, Waiting)) else "",
        "request_id": verdict.request_id if isinstance(verdict, (Broken, Waiting)) else "",
        "warnings": [printer.sentence(each) for each in verdict.warnings],
        "desired": _desired(finding, printer),
        "found": printer.value(finding.facts),
        "evidence": printer.value(verdict.evidence.to_json()) if isinstance(verdict, Done) else None,
        "plan": _plan(finding, plan, printer) if (plan := planned(verdict)) else None,
        "recorded": _recorded(before),
        "next": "at once" if finding.applies else f"in {short(finding.recheck_in)}",
        "next_seconds": finding.recheck_in.total_seconds(),
        "graph_calls": finding.graph_calls,
        "seconds": round(finding.seconds, 3),
    }


def court_of(verdict: Verdict) -> Court:
    """Who acts next."""
    return Court.CS if isinstance(verdict, (Done, Todo)) else verdict.court


def why(verdict: Verdict) -> Sentence | None:
    """The one sentence of a verdict."""
    match verdict:
        case Done():
            return verdict.note
        case Asking():
            return verdict.question
        case Todo() | Waiting() | Broken():
            return verdict.why


def _desired(finding: Finding, printer: Printer) -> dict[str, Any]:
    step, desired = finding.step, finding.desired
    return {
        "done_when": (inspect.getdoc(step.assess) or "").partition("\n\n")[0].replace("\n", " "),
        "answers": printer.value(desired.answers.get(step.key, {})),
        "changes_made": [key for key in sorted(desired.applied.get(step.key, {})) if ":" not in key],
        "approval_needed": step.asks_first,
    }


def _plan(finding: Finding, plan: Todo | Remedy, printer: Printer) -> dict[str, Any]:
    digest, approved = fingerprint(plan.changes), finding.desired.approved.get(finding.step.key)
    return {
        "fingerprint": digest,
        "approved": approved is not None and approved.stands and approved.covers(plan.changes),
        "applied_by_the_next_run": finding.applies,
        "changes": [_change(change, printer) for change in plan.changes],
    }


def _change(change: Change, printer: Printer) -> dict[str, Any]:
    lines = [f"{detail.sign} {printer.sentence(detail.text)}" for detail in change.details]
    return {"key": change.key, "summary": printer.sentence(change.summary), "details": lines}


def _recorded(state: StepState | None) -> dict[str, Any] | None:
    if state is None:
        return None
    checked = state.checked_at.isoformat(timespec="seconds") if state.checked_at else None
    return {"verdict": state.kind, "code": state.code, "checked_at": checked}


def explain_whole(desired: Desired, printer: Printer) -> dict[str, Any]:
    """What is desired of the customer's tenant as a whole."""
    return {
        "product": desired.profile.label,
        "haiilo_host": desired.haiilo_host,
        "domains": list(desired.domains),
        "expected_tenant": desired.expected_tenant,
        "proved_tenant": desired.proved.tenant_id if desired.proved else None,
        "consent_size": desired.size.key,
        "read_only_mode": desired.read_only is not None,
        "consent": printer.value(desired.consent),
        "link": printer.value(desired.link),
        "scim_token": _token(desired),
        "people": printer.value(desired.people),
    }


def _token(desired: Desired) -> str:
    if desired.unreadable_secret:
        return "entered, cannot be decrypted: ENCRYPTION_KEYS lacks the key it was encrypted with"
    if desired.scim_token is None:
        return "none kept here"
    return "entered, and saved at Microsoft" if token_is_saved(desired) else "entered, not saved at Microsoft yet"
