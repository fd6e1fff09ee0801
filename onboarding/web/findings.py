"""What the mappings make of whoever is in scope, as pages show it: a line for each class of findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from onboarding.causes.forecast import BY_CODE, CERTAIN, OF_SEVERAL, Code, go_on_key
from onboarding.domain.sentences import Sentence, say
from onboarding.web.step_view import COURTS, Text


@dataclass(frozen=True)
class Known:
    """That somebody goes on knowingly: who, when, and of how many people it was said."""

    by: str
    at: datetime
    people: int


@dataclass(frozen=True)
class FindingClass:
    """One class. `is_certain`: nobody of these gets an account; `path`: where it is mended; `known`: who decided to go
    on all the same, None where nobody has.
    """

    code: str
    people: int
    sentence: Sentence
    owner: str
    owner_label: Text
    path: tuple[Sentence, ...]
    is_certain: bool
    known: Known | None


def finding_classes(evidence: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[FindingClass]:
    """The classes in the stored `evidence` of the step Scope, with what was answered to each."""
    for seen in evidence.get("findings", ()):
        if seen["code"] in set(Code):
            yield _class(Code(seen["code"]), int(seen["people"]), answer.get(go_on_key(seen["code"])))


def _class(code: Code, people: int, known: Mapping[str, Any] | None) -> FindingClass:
    cause = BY_CODE[code]
    return FindingClass(
        code=str(code),
        people=people,
        sentence=say(OF_SEVERAL[code], count=people),
        owner=cause.owner.court,
        owner_label=COURTS[cause.owner.court],
        path=tuple(cause.needs.path.sentences({})) if cause.needs and cause.needs.path else (),
        is_certain=code in CERTAIN,
        known=Known(known["by"], datetime.fromisoformat(known["at"]), known["people"]) if known else None,
    )
