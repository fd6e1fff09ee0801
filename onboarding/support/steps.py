"""The steps of one onboarding as a bundle tells them: verdict, evidence, plan, and what was begun."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from onboarding.engine.reported import FAILED
from onboarding.models import StepState
from onboarding.steps import BESIDE, STEPS
from onboarding.steps.base import Step
from onboarding.support.shapes import change, code, field, guid, moment, sentence

MOST_BEGUN, MOST_DETAILS = 40, 60


def all_steps(states: Mapping[str, StepState]) -> list[dict[str, Any]]:
    """Each step in its order, also one that nobody has looked at."""
    beside = [_step(step, states[step.key]) for step in BESIDE if step.key in states]
    return [*beside, *(_step(step, states.get(step.key)) for step in STEPS)]


def _step(step: Step[Any], state: StepState | None) -> dict[str, Any]:
    if state is None:
        return {"step": step.key, "kind": "new"}
    return {
        "step": step.key,
        "kind": state.kind,
        "who_acts": state.court,
        "said": sentence(state.message),
        "warnings": [sentence(each) for each in state.warnings],
        "code": state.code and code(state.code),
        "request_id": state.request_id and guid(state.request_id),
        **{name: moment(getattr(state, name)) for name in ("since", "checked_at", "done_at", "seen_at", "answered_at")},
        "answered_by_staff": state.answered_by_id,
        "answer": field("answer", state.answer),
        "evidence": _evidence(step, state),
        "offers": field("offers", dict(state.offered)),
        "progress": field("progress", state.progress),
        "plan": _plan(state.plan),
        "begun": _begun(state.intents),
        FAILED: field(FAILED, state.reported.get(FAILED)),
        "graph_calls": state.graph_calls,
        "worker_seconds": round(state.seconds, 3),
    }


def _evidence(step: Step[Any], state: StepState) -> dict[str, Any] | None:
    """What the step saw when it was done last, by the fields that it declares."""
    if state.done_at is None:
        return None
    names = [each.name for each in fields(step.evidence)]
    return {name: field(name, state.evidence[name]) for name in names if name in state.evidence}


def _plan(plan: Mapping[str, Any]) -> dict[str, Any] | None:
    if not plan:
        return None
    changes = [_change(each) for each in plan["changes"]]
    return {"fingerprint": field("fingerprint", plan["fingerprint"]), "changes": changes}


def _change(stored: Mapping[str, Any]) -> dict[str, Any]:
    details = stored["details"]
    told = [f"{each['sign']} {sentence(each['text'])}" for each in details[:MOST_DETAILS]]
    return {
        "change": change(stored["key"]),
        "said": sentence(stored["summary"]),
        "details": told,
        "details_in_all": len(details),
        "payload": field("payload", stored["payload"]),
    }


def _begun(intents: Mapping[str, Any]) -> dict[str, Any]:
    """Changes that were begun, the newest first, and what became of each."""
    entries = [each for name, each in intents.items() if "change" in each and name != each["change"]]
    entries.sort(key=lambda each: str(each["at"]), reverse=True)
    names = ("at", "tries", "looks", "applied_at", "refused_at", "unsure", "of_person")
    shown = [
        {"change": change(each["change"]), **{name: field(name, each[name]) for name in names if name in each}}
        for each in entries[:MOST_BEGUN]
    ]
    return {"shown": len(shown), "of": len(entries), "newest_first": shown}
