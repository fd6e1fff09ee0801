"""One reading of who is in scope, from the first page to the last."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.db import connection

from bench.inside import customers
from onboarding.domain.products import ADVOCACY
from onboarding.domain.scope_read import ScopeRead
from onboarding.engine.graph_access import TenantSession
from onboarding.engine.load_desired import load_desired, with_evidence
from onboarding.models import Onboarding
from onboarding.people import scope
from onboarding.people.recipe import recipe_of

LOCK = "FOR NO KEY UPDATE"  # each page begins with it


def take(tenant_id: str, application: str) -> dict[str, float]:
    """Requests, seconds, seconds of CPU, people, runs, pages that were written, and all statements."""
    made = customers.make(f"scope-{tenant_id[:8]}")
    lease = Onboarding.objects.claim(made.pk)
    assert lease is not None
    session = TenantSession(with_evidence(load_desired(made.pk), "customer", {"tenant_id": tenant_id}), read_only=True)
    graph = session.graph
    settings.DEBUG = False  # only with it a sandbox may be named; but it also keeps a copy of each statement
    statements: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql[-200:])
        return execute(sql, params, many, context)

    row = Onboarding.objects.get(pk=made.pk)
    began, used = time.monotonic(), time.process_time()
    with connection.execute_wrapper(note):
        found, runs = ScopeRead(), 0
        while not found.is_whole:
            found = scope.read(
                lease,
                graph,
                application,
                row,
                recipe=recipe_of(ADVOCACY),
                anew=not runs,
                countries=True,
                go_on=lambda: True,
            )
            runs += 1
    return {
        "calls": session.calls,
        "seconds": time.monotonic() - began,
        "cpu": time.process_time() - used,
        "people": found.total,
        "runs": runs,
        "pages": sum(LOCK in each for each in statements),
        "statements": len(statements),
    }
