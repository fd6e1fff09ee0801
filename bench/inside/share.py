"""One process's share of the live customers, and its threads."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import requests
from django.conf import settings
from django.db import connection

from bench.inside import copies
from bench.measure import peak
from onboarding.engine.reconcile import reconcile
from onboarding.models import Onboarding, StepState, clock
from onboarding.steps.live.evidence import LiveEvidence

LIVE = LiveEvidence.step
AT = "/servicePrincipals/a/synchronization"
BY_HAND = {
    "requests": [
        {"id": str(number), "method": "GET", "url": url}
        for number, url in enumerate((f"{AT}/jobs/b", f"{AT}/secrets", "/auditLogs/provisioning"))
    ]
}
"""The least that tells the same: job, saved settings and the log's next page, in the one request that holds them."""
Answer = dict[str, Any]


class Share:
    """Visits the customers of one process, many at once."""

    def __init__(self, threads: int, part: int, parts: int) -> None:
        logging.getLogger("onboarding").setLevel(logging.WARNING)
        settings.DEBUG = False  # only with it a sandbox may be named; but it also keeps a copy of each statement
        self._pool = ThreadPoolExecutor(threads)
        self._part, self._parts = part, parts
        self._at_first = peak()
        self._bare = requests.Session()
        self._bare.trust_env = False
        self._bare.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=threads))
        self._orders: dict[str, Callable[[int], Answer]] = {
            "copies": self.copies,
            "ours": self.ours,
            "bare": self.bare,
            "cost": self.cost,
            "memory": self.memory,
        }

    def take(self, order: str, number: int) -> Answer:
        """Do what one line says. Raises KeyError for an unknown word."""
        return self._orders[order](number)

    def copies(self, number: int) -> Answer:
        """As many live customers more."""
        copies.make(number)
        return {"customers": Onboarding.objects.count()}

    def ours(self, number: int) -> Answer:
        """Seconds for one visit each to so many customers. Raises RuntimeError where one was not visited and done."""
        chosen = self._due(number)
        began = clock.now()
        seconds = self._all([partial(reconcile, pk) for pk in chosen])
        live = StepState.objects.filter(onboarding__in=chosen, key=LIVE)
        done = live.filter(kind="done", checked_at__gte=began).count()
        if done != len(chosen):
            raise RuntimeError(f"{done} of {len(chosen)} visits ended well: {live.exclude(kind='done').first()}")
        return {"seconds": seconds, "visits": done}

    def bare(self, number: int) -> Answer:
        """Seconds for so many batches of the same reads, by a bare session and as many threads."""
        seconds = self._all([self._batch] * number)
        return {"seconds": seconds, "visits": number}

    def cost(self, number: int) -> Answer:
        """Statements, requests to Graph, and milliseconds of CPU of one visit, one after the other."""
        chosen = self._due(number)
        asked = self._requests(chosen)
        statements = itertools.count()

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            next(statements)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            for pk in chosen:
                reconcile(pk)
        counted, asked_since = next(statements), self._requests(chosen) - asked
        chosen = self._due(number)
        spent = time.process_time()
        for pk in chosen:
            reconcile(pk)
        spent = time.process_time() - spent
        each = len(chosen)
        return {"statements": counted / each, "requests": asked_since / each, "ms": spent / each * 1000}

    def memory(self, _number: int) -> Answer:
        """Bytes that the process held at most: before the first visit, and until now."""
        return {"before": self._at_first, "peak": peak()}

    def _batch(self) -> None:
        self._bare.post(settings.SANDBOX_URL + "/v1.0/$batch", json=BY_HAND, timeout=30).json()

    def _all(self, work: list[Callable[[], object]]) -> float:
        began = time.monotonic()
        for done in [self._pool.submit(each) for each in work]:
            done.result()
        return time.monotonic() - began

    def _due(self, number: int) -> list[int]:
        """So many customers of this share, or all there are. The step `live` is stale there, no other one is."""
        found = Onboarding.objects.filter(state="live").order_by("pk").values_list("pk", flat=True)
        chosen = list(found)[self._part :: self._parts][:number]
        now, long_ago = clock.now(), clock.now() - timedelta(days=1)
        StepState.objects.filter(onboarding__in=chosen).exclude(key=LIVE).update(checked_at=now)
        StepState.objects.filter(onboarding__in=chosen, key=LIVE).update(checked_at=long_ago)
        Onboarding.objects.filter(pk__in=chosen).update(next_run_at=long_ago, leased_until=None)
        return chosen

    def _requests(self, chosen: list[int]) -> int:
        return sum(StepState.objects.filter(onboarding__in=chosen).values_list("graph_calls", flat=True))
