"""One Graph call from request to answer: token, route, chaos, permission, handler, checks, journal."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ..chaos import AFTER_EFFECT, Chaos
from ..world import World
from . import (  # noqa: F401  (each registers its routes)
    access,
    applications,
    assignments,
    batch,
    credentials,
    jobs,
    logs,
    on_demand,
    organization,
    people,
    permissions,
    routes,
    schema,
    throttling,
    unusual,
)
from .exchange import ROOT, Answer, Call, Refused, common_headers, no_route

log = logging.getLogger(__name__)


@dataclass
class Outcome:
    """An answer, and what is to go wrong with its way back: "", hold, or one of AFTER_EFFECT."""

    answer: Answer
    fault: str = ""


def _as_told(call: Call, answer: Answer) -> Answer:
    return unusual.throttled(call, answer) if answer.status == 429 and call.caller_ else answer


class Graph:
    """Graph as one world has it."""

    def __init__(self, world: World, chaos: Chaos, contract: Any = None) -> None:
        self.world, self.chaos, self.contract = world, chaos, contract

    def handle(self, call: Call) -> Outcome:
        """Never raises what a caller can cause; what happened is in the journal."""
        call.dispatch = lambda inner: self.handle(inner).answer
        try:
            outcome = self._handle(call)
        except Refused as refused:
            outcome = Outcome(_as_told(call, refused.answer(call)))
            if refused.status == 404 and call.caller_:
                access.watch_isolation(call)
        outcome.answer.headers = {**common_headers(call), **outcome.answer.headers}
        self._write(call, outcome)
        return outcome

    def _handle(self, call: Call) -> Outcome:
        call.caller_ = access.authenticate(call)
        found = routes.find(call)
        if found is None:
            raise no_route(call)
        settings = call.tenant.chaos
        if settings.throttle:
            raise throttling.too_many(settings.throttle)
        if self.chaos.is_throttled(call.tenant, call.method, call.path):
            raise self._busy()
        if settings.fail:
            raise Refused(settings.fail, "UnknownError" if settings.fail == 500 else "ServiceUnavailable", "")
        unusual.refuse_large(call)
        fault = "" if call.batched else self.chaos.one_shot(call.tenant, call.method, call.path)
        by_chance = self.chaos.random_fault(call.tenant, call.method, found.template) if not fault else ""
        self._refuse_by_chance(call, by_chance)
        permissions.check(call, found.need)
        answer = unusual.unreadable(call, found.template, self._answer(call, found))
        return Outcome(answer, fault or (by_chance if by_chance in AFTER_EFFECT else ""))

    def _refuse_by_chance(self, call: Call, chance: str) -> None:
        if chance == "throttle":
            raise self._busy()
        if chance == "unavailable":
            raise Refused(503, "ServiceUnavailable", "The service is temporarily unavailable.")
        if chance == "timeout":
            raise Refused(504, "GatewayTimeout", "")

    def _busy(self) -> Refused:
        """429 for ten seconds."""
        return throttling.too_many(max(1, math.ceil(self.world.clock.wait(timedelta(seconds=10)))))

    def _answer(self, call: Call, found: routes.Route) -> Answer:
        if self.contract:
            self.contract.check_request(call)
        if found.outside:
            answer = found.handler(call)
        else:
            with self.world.lock:
                answer = found.handler(call)
        if call.method != "GET":
            self.world.touch()
        if self.contract and not answer.deviates:
            self._check(call, answer)
        return answer

    def _check(self, call: Call, answer: Answer) -> None:
        """Our own answer contradicts the document: that must not go unseen."""
        try:
            self.contract.check_answer(call, answer)
        except AssertionError as broken:
            log.error("%s", broken)
            self.world.violations.append({"broken": str(broken)})
            raise Refused(500, "SandboxContractBroken", str(broken)) from broken

    def _write(self, call: Call, outcome: Outcome) -> None:
        caller = call.caller_
        self.world.journal.append(
            {
                "time": self.world.clock.stamp().isoformat(),
                "kind": "graph",
                "method": call.method,
                "path": call.path if call.root == ROOT else call.root + call.path,
                "query": call.query,
                "tenant": caller.tenant.id if caller else "",
                "token_tenant": caller.tenant.id if caller else "",
                "client_id": caller.client_id if caller else "",
                "roles": sorted(caller.roles) if caller else [],
                "status": outcome.answer.status,
                "code": outcome.answer.code,
                "chaos": outcome.fault,
                "request_id": call.request_id,
            }
        )
