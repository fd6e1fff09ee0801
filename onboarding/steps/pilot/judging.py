"""Why one person did not get through, in the words of its cause. Pure."""

from __future__ import annotations

from graphclient import LeftOut
from onboarding.causes.base import Owner
from onboarding.causes.index import explain_code, gaps_of, is_known, lookup
from onboarding.domain.desired import Desired
from onboarding.domain.verdicts import Asking, Court
from onboarding.steps.pilot import causes
from onboarding.steps.pilot.trial import Trial

RANK = {Court.HAIILO: 0, Court.CS: 1, Court.CUSTOMER: 2, Court.MICROSOFT: 3}
"""Which of several is the worst: what only engineers can end, then what is ended soonest."""


def judge(desired: Desired, trial: Trial) -> Asking:
    """What has to be done about a person who is not through."""
    person, name = trial.named.person, trial.name
    if person is None:
        return causes.PERSON_UNKNOWN.asking(name=name)
    if person.account_enabled is False:
        return causes.PERSON_DISABLED.asking(name=name)
    if not trial.named.in_scope or trial.attempt is None:
        return causes.PERSON_OUT_OF_SCOPE.asking(name=name)
    if trial.attempt.arrived:
        return causes.NOT_KEPT.asking(offers={"detail": trial.attempt.said["action"]}, name=name)
    return _failed(trial)


def _failed(trial: Trial) -> Asking:
    assert trial.attempt is not None
    said, name = trial.attempt.said, trial.name
    offers = {"detail": str(said["code"])}
    if said["result"] == "Failure":
        return _explained(trial)
    if said["left_out"] == LeftOut.DISABLED:
        return causes.PERSON_DISABLED.asking(offers=offers, name=name)
    if said["left_out"] == LeftOut.FILTERED:
        return causes.FILTERED.asking(offers=offers, name=name)
    if said["only_read"]:
        return causes.ONLY_READ.asking(offers=offers, name=name)
    if not said["result"] and not said["code"]:
        return causes.NOT_TOLD.asking(offers=offers, name=name)
    return _explained(trial)


def _explained(trial: Trial) -> Asking:
    assert trial.attempt is not None
    said = trial.attempt.said
    code, reason, lacking = str(said["code"]), str(said["reason"]), str(said["lacking"])
    known, why = lookup(code, reason, lacking=lacking), explain_code(code, reason, lacking=lacking)[0]
    cause = causes.FAILED.get(known.owner if known else Owner.ENGINEERS, causes.FAILED_FOR_ENGINEERS)
    offers = {"detail": code, "reason": reason if is_known(code) else ""}
    advice = (known.for_customer(gaps_of(known, lacking)) if known else None) or why
    return cause.asking(offers=offers, name=trial.name, why=why, advice=advice)
