"""The readiness report: what was found before anything is started, from stored evidence and the roster's counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from onboarding.domain.evidence import Evidence
from onboarding.domain.haiilo_list import HaiiloList
from onboarding.domain.sentences import Sentence, plural, say
from onboarding.domain.standings import InHaiilo
from onboarding.domain.verdicts import Court, Kind
from onboarding.models import Onboarding, StepState
from onboarding.steps import STEPS
from onboarding.steps.consent.evidence import ConsentEvidence
from onboarding.steps.readiness.evidence import NO_LICENCE, ReadinessEvidence
from onboarding.steps.scope.evidence import ScopeEvidence
from onboarding.steps.shared.estimate import minutes_of_a_cycle
from onboarding.steps.shared.left_out import DISABLED, NESTED
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence
from onboarding.web.findings import FindingClass, finding_classes
from onboarding.web.step_view import COURTS, Text

E = TypeVar("E", bound=Evidence)
NOT_LOOKED = _("Nobody has looked yet.")
IN_SCOPE = plural("%(count)s person is in scope.", "%(count)s people are in scope.")
HOW = _("%(direct)s assigned directly, %(by_group)s through groups.")
NO_ACCESS = plural(
    "%(count)s person has the role “Default Access” only.", "%(count)s people have the role “Default Access” only."
)
NO_LICENCE_SAID = _(
    "No Entra ID P1: groups cannot be assigned, and Microsoft shows no provisioning log. People have to be assigned "
    "one by one."
)
CHOSEN, NOT_CHOSEN = _("“%(name)s” is chosen."), _("“%(name)s” is not chosen.")
CANDIDATE, UNUSABLE = _("“%(name)s” can be chosen."), _("“%(name)s” cannot be used.")
PROBLEM, GOOD, NOTED, UNKNOWN = "broken", "done", "waiting", "new"
LABELS: Mapping[str, Text] = {
    PROBLEM: gettext_lazy("to do"),
    GOOD: gettext_lazy("good"),
    NOTED: gettext_lazy("to know"),
    UNKNOWN: gettext_lazy("not known"),
}


@dataclass(frozen=True)
class Line:
    """One line: what was found, whether it is good, who acts where it is not, as of when, and what speaks for it."""

    kind: str
    sentence: Sentence
    owner: str = ""
    at: datetime | None = None
    evidence: Sequence[Sentence] = ()

    @property
    def label(self) -> Text:
        """The kind in a word."""
        return LABELS[self.kind]

    @property
    def owner_label(self) -> Text:
        """Who has to act; empty where nobody has to."""
        return COURTS[self.owner] if self.owner else ""


@dataclass(frozen=True)
class Section:
    """Lines about one thing."""

    title: Text
    lines: Sequence[Line]


@dataclass(frozen=True)
class Report:
    """All of it. `findings`: what the mappings make of people, by class, as of `counted_at`."""

    sections: Sequence[Section]
    findings: Sequence[FindingClass]
    counted_at: datetime | None = None


def report(onboarding: Onboarding) -> Report:
    """The report as everything was seen last. One query."""
    states = {state.key: state for state in StepState.of(onboarding.pk)}
    scope = states.get(ScopeEvidence.step)
    counted_at = _counted_at(onboarding, scope)
    sections = (
        Section(gettext_lazy("What is open"), list(_open(states))),
        Section(gettext_lazy("Tenant and permissions"), [*_tenant(states), *_readiness(states)]),
        Section(gettext_lazy("SSO application"), list(_application(states))),
        Section(gettext_lazy("Scope"), list(_scope(scope, counted_at))),
        Section(gettext_lazy("Data of the people"), list(_data(scope, counted_at))),
        Section(gettext_lazy("Haiilo"), list(_haiilo(onboarding))),
        Section(gettext_lazy("Duration"), list(_duration(scope, counted_at))),
    )
    found = finding_classes(scope.evidence, scope.answer) if scope else ()
    return Report([each for each in sections if each.lines], list(found), counted_at)


def _open(states: Mapping[str, StepState]) -> Iterator[Line]:
    """Steps that wait for somebody, with the sentence that says what for; notes of those that are done."""
    for step in STEPS:
        state = states.get(step.key)
        if state is None or state.sentence is None:
            continue
        if state.kind in (Kind.ASKING, Kind.BROKEN, Kind.TODO):
            yield Line(PROBLEM, state.sentence, state.court, state.checked_at)
        elif state.kind == Kind.WAITING:
            yield Line(NOTED, state.sentence, state.court, state.checked_at)


def _tenant(states: Mapping[str, StepState]) -> Iterator[Line]:
    seen, at = _seen(states, ConsentEvidence)
    if seen is None:
        yield Line(UNKNOWN, say(_("No tenant has been proved yet.")))
        return
    proved = say(_("The tenant %(name)s is proved by its verified domain %(domain)s."), **_of_tenant(seen))
    yield Line(GOOD, proved, at=at)


def _of_tenant(seen: ConsentEvidence) -> dict[str, str]:
    return {"name": seen.tenant_name or seen.tenant_id, "domain": seen.verified_domain}


def _seen(states: Mapping[str, StepState], kind: type[E]) -> tuple[E | None, datetime | None]:
    state = states.get(kind.step)
    return (state.seen(kind), state.seen_at) if state else (None, None)


def _counted_at(onboarding: Onboarding, scope: StepState | None) -> datetime | None:
    """As of when the scope's numbers are: by a reading of who is assigned, which the step may have met later."""
    if scope is None or scope.seen_at is None:
        return None
    return min(scope.seen_at, onboarding.scope_read_at or scope.seen_at)


def _readiness(states: Mapping[str, StepState]) -> Iterator[Line]:
    seen, at = _seen(states, ReadinessEvidence)
    if seen is None:
        yield Line(UNKNOWN, say(_("Permissions and licence: nobody has looked yet.")))
        return
    missing = sorted(name for name, granted in seen.permissions.items() if not granted)
    if missing:
        text = say(_("Permissions are missing: %(names)s."), names=", ".join(missing))
        yield Line(PROBLEM, text, Court.CUSTOMER, at)
    elif seen.permissions:
        granted = ", ".join(sorted(seen.permissions))
        yield Line(GOOD, say(_("All permissions are granted: %(names)s."), names=granted), at=at)
    yield from _licence(seen, at)
    if seen.verified_domains:
        yield Line(NOTED, say(_("Verified domains: %(names)s."), names=", ".join(seen.verified_domains)), at=at)


def _licence(seen: ReadinessEvidence, at: datetime | None) -> Iterator[Line]:
    if seen.licence == NO_LICENCE:
        yield Line(PROBLEM, say(NO_LICENCE_SAID), Court.CUSTOMER, at)
    elif seen.licence:
        yield Line(GOOD, say(_("The tenant has Entra ID %(licence)s."), licence=seen.licence), at=at)
    else:
        yield Line(UNKNOWN, say(_("Which licence the tenant has is not known.")), at=at)


def _application(states: Mapping[str, StepState]) -> Iterator[Line]:
    chosen, at = _seen(states, SsoApplicationEvidence)
    ready, looked_at = _seen(states, ReadinessEvidence)
    if chosen is not None:
        yield Line(GOOD, say(_("Provisioning is set up on “%(name)s”."), name=chosen.name), at=at)
        state = states[SsoApplicationEvidence.step]
        for each in state.warnings:
            yield Line(NOTED, Sentence.from_json(each) or Sentence(""), Court.CS, state.checked_at)
    if ready is not None:
        yield from _candidates(ready, chosen.service_principal_id if chosen else "", looked_at)
        text = plural("%(count)s application supports provisioning.", "%(count)s applications support provisioning.")
        kind = NOTED if ready.candidates else PROBLEM
        owner = "" if ready.candidates else Court.CUSTOMER
        yield Line(kind, say(text, count=ready.candidates), owner, looked_at)
    if chosen is None and ready is None:
        yield Line(UNKNOWN, say(NOT_LOOKED))


def _candidates(ready: ReadinessEvidence, chosen: str, at: datetime | None) -> Iterator[Line]:
    """Each application that was looked at, with what speaks for it and against it."""
    for each in ready.applications:
        text = NOT_CHOSEN if chosen else CANDIDATE if each.usable else UNUSABLE
        found = (Sentence.from_json(stored) for stored in (*each.reasons, *each.warnings))
        evidence = [sentence for sentence in found if sentence is not None]
        is_chosen = each.id == chosen
        kind = GOOD if is_chosen else NOTED
        yield Line(kind, say(CHOSEN if is_chosen else text, name=each.name), at=at, evidence=evidence)


def _scope(state: StepState | None, at: datetime | None) -> Iterator[Line]:
    seen = state.seen(ScopeEvidence) if state else None
    if state is None or seen is None:
        yield Line(UNKNOWN, say(NOT_LOOKED))
        return
    if seen.sync_all:
        everybody = say(_("The job takes the whole directory, so nobody knows how many people that is."))
        yield Line(PROBLEM, everybody, Court.CUSTOMER, at)
        return
    yield Line(GOOD if seen.total else PROBLEM, say(IN_SCOPE, count=seen.total), at=at)
    yield Line(NOTED, say(HOW, direct=seen.direct, by_group=seen.by_group), at=at)
    for text, people in ((DISABLED, seen.disabled), (NESTED, seen.nested_people), (NO_ACCESS, seen.no_access)):
        if people:
            yield Line(NOTED, say(text, count=people), Court.CUSTOMER, at)


def _data(state: StepState | None, at: datetime | None) -> Iterator[Line]:
    seen = state.seen(ScopeEvidence) if state else None
    if state is None or seen is None or seen.certain_to_fail is None:
        yield Line(UNKNOWN, say(_("Nobody has worked out yet what the attribute mapping makes of the people.")))
        return
    text = plural(
        "For %(count)s person no account can be created as the data is.",
        "For %(count)s people no account can be created as their data is.",
    )
    if not seen.certain_to_fail:
        yield Line(GOOD, say(_("Nobody is certain to fail by their data.")), at=at)
    else:
        yield Line(PROBLEM, say(text, count=seen.certain_to_fail), Court.CUSTOMER, at)


def _haiilo(onboarding: Onboarding) -> Iterator[Line]:
    """Who of those in scope is in Haiilo by its own word, as the roster counts them; as of when its list was read."""
    told = onboarding.told_by_haiilo
    if not told:
        yield Line(UNKNOWN, say(_("Haiilo's own list has not been read, so nobody knows who has an account there.")))
        return
    text = plural(
        "%(count)s person in scope has an account in Haiilo already.",
        "%(count)s people in scope have an account in Haiilo already.",
    )
    there = sum(people for word, people in told.items() if word != InHaiilo.ABSENT)
    yield Line(NOTED, say(text, count=there), at=HaiiloList.from_json(onboarding.haiilo_list).at)


def _duration(state: StepState | None, at: datetime | None) -> Iterator[Line]:
    seen = state.seen(ScopeEvidence) if state else None
    if seen is None or seen.sync_all:
        yield Line(UNKNOWN, say(_("How long the first cycle takes is not known before the scope is.")))
        return
    low, high = minutes_of_a_cycle(seen.total)
    text = _("The first cycle takes %(low)s to %(high)s minutes, by Microsoft's own figures.")
    yield Line(NOTED, say(text, low=low, high=high), at=at)
