"""Read one onboarding as the engine would, and change nothing: no object in the tenant, no row, no lease.

The session refuses every write to Graph; the one POST that passes lets Microsoft test the credentials it has stored.
The log is not ingested either: numbers of people are those of our archive as it stands.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from graphclient import GraphError
from onboarding.domain.desired import Desired
from onboarding.domain.verdicts import Done, Verdict, planned
from onboarding.engine import gate, neighbours, tenant_binding
from onboarding.engine.explain import explain, our_failure
from onboarding.engine.graph_access import TenantSession
from onboarding.engine.load_desired import load_desired, with_evidence
from onboarding.engine.pauses import ends_run, pause_after
from onboarding.models import Onboarding
from onboarding.steps import BESIDE, STEPS
from onboarding.steps.base import Step

log = logging.getLogger("onboarding.engine")


class WriteAttempted(RuntimeError):
    """Something tried to change the database while it was only to be read."""


@dataclass(frozen=True)
class Finding:
    """One step as it is at this moment.

    `facts` is what the step read, None where reading it failed; `applies`: the engine would apply the verdict's plan
    without asking anybody; `recheck_in`: how long after this verdict the engine would read the step again.
    """

    step: Step[Any]
    desired: Desired
    facts: Any
    verdict: Verdict
    applies: bool
    recheck_in: timedelta
    graph_calls: int
    seconds: float


@contextmanager
def only_selects() -> Iterator[None]:
    """Raise `WriteAttempted` for whatever is not a SELECT."""

    def guard(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.lstrip().upper().startswith("SELECT"):
            raise WriteAttempted(sql.split(maxsplit=1)[0])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(guard):
        yield


class Inspection:
    """One read-only run through the steps of one onboarding, paused and closed ones too."""

    def __init__(self, onboarding: Onboarding) -> None:
        self.onboarding = onboarding
        self.live = onboarding.live_at is not None
        self.desired = load_desired(onboarding.pk)
        self.tenant = TenantSession(self.desired, read_only=True)

    def run(self) -> Iterator[Finding]:
        """Each step that the engine would come to, also those whose last `Done` is fresh."""
        if self.desired.read_only is not None:
            yield from map(self._examine, BESIDE)
        for step in STEPS:
            finding = self._examine(step)
            yield finding
            if isinstance(finding.verdict, Done):
                self.desired = with_evidence(self.desired, step.key, finding.verdict.evidence.to_json())
                self.tenant.update(self.desired)
            elif ends_run(step, live=self.live):
                return

    def _examine(self, step: Step[Any]) -> Finding:
        started, calls = time.monotonic(), self.tenant.calls
        facts, verdict = self._read(step)
        applies = (plan := planned(verdict)) is not None and bool(
            gate.permit(step, plan, self.desired, onboarding_id=self.onboarding.pk, live=self.live)
        )
        pause = pause_after(step, verdict, applies=applies)
        spent = (self.tenant.calls - calls, time.monotonic() - started)
        return Finding(step, self.desired, facts, verdict, applies, pause, *spent)

    def _read(self, step: Step[Any]) -> tuple[Any, Verdict]:
        facts: Any = None
        try:
            facts = step.read(self.tenant, self.desired)
            verdict = step.assess(self.desired, facts)
        except GraphError as error:
            return facts, explain(error, self.desired)
        except WriteAttempted:
            raise
        except Exception as error:  # whatever it is: it is what stops the engine at this step, too
            # not louder: a message or a traceback may name people, and the verdict tells the error's class
            log.debug("onboarding %s: step %s failed", self.onboarding.pk, step.key, exc_info=True)
            return facts, our_failure(error)
        if isinstance(verdict, Done):
            verdict = self._refused(step, verdict.evidence.to_json()) or verdict
        return facts, verdict

    def _refused(self, step: Step[Any], evidence: Mapping[str, Any]) -> Verdict | None:
        if step.names_tenant:
            return neighbours.refusal_to_expect(self.onboarding.pk, evidence)
        return tenant_binding.refusal_to_bind(self.onboarding.pk, evidence) if step.gives_access else None
