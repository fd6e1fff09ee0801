"""Where onboardings stand, for machines: one JSON object a line."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from onboarding.models import Onboarding
from onboarding.steps import STEPS


class Command(BaseCommand):
    """``report PK…``: per onboarding its steps with the seconds and Graph calls that each has cost so far.

    Without a number it reads lines of them from standard input until that ends, and answers each line with one: a JSON
    list, in the order asked.
    """

    help = "Print where onboardings stand, one JSON object a line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pk", nargs="*", type=int)

    def handle(self, *, pk: list[int], **_options: Any) -> None:
        for number in pk:
            self._say(report_of(_found(number)))
        if not pk:
            for line in sys.stdin:
                self._say([report_of(_found(int(number))) for number in line.split()])

    def _say(self, what: Any) -> None:
        self.stdout.write(json.dumps(what, ensure_ascii=False))
        self.stdout.flush()


def _found(number: int) -> Onboarding:
    onboarding = Onboarding.objects.select_related("customer").filter(pk=number).first()
    if onboarding is None:
        raise CommandError(f"There is no onboarding {number}.")
    return onboarding


def report_of(onboarding: Onboarding) -> dict[str, Any]:
    """JSON: who, where it stands, and each step in its order. Seconds are worker time, not waiting time."""
    states = {state.key: state for state in onboarding.steps.all()}
    return {
        "pk": onboarding.pk,
        "name": onboarding.customer.name,
        "state": onboarding.state,
        "live": onboarding.live_at is not None and onboarding.current_kind == "done",
        "current": onboarding.current_key,
        "steps": [
            {
                "key": step.key,
                "kind": states[step.key].kind,
                "message": str(states[step.key].sentence or ""),
                "code": states[step.key].code,
                "court": states[step.key].court,
                "seconds": round(states[step.key].seconds, 3),
                "graph_calls": states[step.key].graph_calls,
                "checked_at": checked.isoformat() if (checked := states[step.key].checked_at) else None,
            }
            for step in STEPS
            if step.key in states
        ],
    }
