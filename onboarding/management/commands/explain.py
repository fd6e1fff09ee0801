"""Why is this one stuck: read the live systems without a write, and say per step what is desired and what was found."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from onboarding.domain.durations import short
from onboarding.domain.lifecycle import State
from onboarding.engine.inspection import Inspection, only_selects
from onboarding.management.explanation import Printer, explain_step, explain_whole
from onboarding.management.finding import find
from onboarding.models import Onboarding, clock
from onboarding.steps import STEPS

STANDS_STILL = {
    State.PAUSED: "not before somebody resumes it: it is paused",
    State.CLOSED: "never: it is closed",
}


class Command(BaseCommand):
    """``explain CUSTOMER [--step KEY] [--json] [--with-names]``; nothing is written, here or at Microsoft."""

    help = "Say why a customer's onboarding stands where it stands, read from the live systems without a write."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("customer", help="the customer's name, or the number in its page's address")
        parser.add_argument("--step", default="", help="tell of this step only; those before it are read all the same")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
        parser.add_argument("--with-names", action="store_true", help="show the names of people")

    def handle(self, *, customer: str, step: str, with_names: bool, **options: Any) -> None:
        keys = [each.key for each in STEPS]
        if step and step not in keys:
            raise CommandError(f"There is no step “{step}”. The steps are: {', '.join(keys)}.")
        with only_selects(), translation.override("en"):
            onboarding = find(customer)
            told = explanation_of(onboarding, step, Printer(names=with_names))
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(lines_of(told)))


def explanation_of(onboarding: Onboarding, only: str, printer: Printer) -> dict[str, Any]:
    """JSON: the onboarding, what is desired of it, and each step that the engine would come to."""
    inspection = Inspection(onboarding)
    states = {state.key: state for state in onboarding.steps.all()}
    told, reached = [], ""
    whole = explain_whole(inspection.desired, printer)
    for finding in inspection.run():
        reached = finding.step.key
        if reached == only or not only:
            told.append(explain_step(finding, states.get(reached), printer))
        if reached == only:
            break
    keys = [step.key for step in STEPS]
    return {
        "onboarding": onboarding.pk,
        "customer": onboarding.customer.name,
        "state": onboarding.state,
        "now_at": f"{onboarding.current_key} {onboarding.current_kind} ({onboarding.current_court})",
        "next_run": next_run(onboarding),
        "log_read_until": onboarding.log_watermark.isoformat() if onboarding.log_watermark else None,
        "names_hidden": not printer.names,
        "desired": whole,
        "steps": told,
        "not_reached": [] if reached == only else keys[keys.index(reached) + 1 :] if reached in keys else keys,
    }


def next_run(onboarding: Onboarding) -> str:
    """When the engine looks at this onboarding next."""
    if onboarding.state in STANDS_STILL:
        return STANDS_STILL[State(onboarding.state)]
    now = clock.now()
    if onboarding.leased_until and onboarding.leased_until > now:
        return "a worker is at it now"
    left = onboarding.next_run_at - now
    asked = (onboarding.not_before or now) - now
    if asked > max(left, timedelta()):
        return f"in {short(asked)}, as Microsoft asked"
    return f"in {short(left)}" if left.total_seconds() > 0 else "due now"


def lines_of(told: dict[str, Any]) -> Iterator[str]:
    """The explanation as text: without what a step would keep of it, which JSON has."""
    yield f"{told['customer']}, onboarding {told['onboarding']}: {told['state']}, at {told['now_at']}"
    yield f"  next run  {told['next_run']}"
    yield from _block("desired", told["desired"])
    if told["log_read_until"]:
        yield f"  people are counted from our own archive of the log, read until {told['log_read_until']}"
    for step in told["steps"]:
        yield from _step(step)
    if told["not_reached"]:
        yield f"\nNot looked at while an earlier step is not done: {', '.join(told['not_reached'])}."
    if told["names_hidden"]:
        yield "\nNames of people are hidden; --with-names shows them. Nothing was written."


def _step(step: dict[str, Any]) -> Iterator[str]:
    code = f" {step['code']}" if step["code"] else ""
    yield f"\n{step['key']}: {step['verdict']}{code} (who acts: {step['court']})"
    for line in (step["why"], *step["warnings"]):
        if line:
            yield f"  {line}"
    if step["request_id"]:
        yield f"  Microsoft's request id: {step['request_id']}"
    for name in ("desired", "found", "plan", "recorded"):
        yield from _block(name, step[name])
    yield f"  next      {step['next']}"
    yield f"  cost      {step['graph_calls']} calls, {step['seconds']} s"


def _block(name: str, value: Any) -> Iterator[str]:
    """Nested values, one leaf a line: ``found     jobs.0.id  b1c…``."""
    for path, leaf in _leaves(value):
        yield f"  {name:9} {path}{'  ' if path else ''}{leaf}"


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _leaves(each, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        if all(not isinstance(each, (dict, list)) for each in value) and not path.endswith("details"):
            yield path, ", ".join(str(each) for each in value) or "none"
        else:
            for number, each in enumerate(value):
                yield from _leaves(each, f"{path}.{number}")
    elif value not in (None, ""):
        yield path, value
