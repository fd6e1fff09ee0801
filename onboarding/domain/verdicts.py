"""What a step can conclude from what it read, and what it wants to change.

A `Verdict` is one of five frozen shapes; every place that judges one matches all five, and mypy proves it.
"""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, assert_never

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from onboarding.domain.evidence import Evidence
from onboarding.domain.sentences import Sentence


class Court(enum.StrEnum):
    """Who has to act next."""

    CS = "cs"
    CUSTOMER = "customer"
    MICROSOFT = "microsoft"
    HAIILO = "haiilo"


class Kind(TextChoices):
    """The kind of the last verdict on a step; `NEW` where there is none yet."""

    NEW = "new", _("not started")
    DONE = "done", _("done")
    TODO = "todo", _("ready to apply")
    WAITING = "waiting", _("waiting")
    ASKING = "asking", _("needs an answer")
    BROKEN = "broken", _("broken")


Sign = Literal["+", "-", "~", "="]


@dataclass(frozen=True)
class Detail:
    """One line of a plan: added (+), removed (-), changed (~) or left as it is (=)."""

    sign: Sign
    text: Sentence


@dataclass(frozen=True)
class Change:
    """One change in the customer's tenant: announced in a sentence, done, and recorded with the same sentence.

    `payload` holds whatever decides where `apply` writes and what; JSON only, never a secret. `once` marks a call that
    must not be repeated blindly: its intent is committed before it is sent, and on doubt the next run adopts what is
    there. `takes_two`: one person proposes it, and another one approves.
    """

    key: str
    summary: Sentence
    details: Sequence[Detail] = ()
    payload: Mapping[str, Any] = field(default_factory=dict)
    once: bool = False
    takes_two: bool = False
    proved: Sentence | None = None
    """Of a remedy: what the timeline tells once the step is done after it."""

    @property
    def intent(self) -> str:
        """The name of this change with this very payload."""
        payload = json.dumps(self.payload, sort_keys=True).encode()
        return f"{self.key}:{hashlib.sha256(payload).hexdigest()[:12]}" if self.payload else self.key

    def as_json(self) -> dict[str, Any]:
        """The stored form, also what the plan's fingerprint is taken over."""
        return {
            "key": self.key,
            "summary": self.summary.as_json(),
            "details": [{"sign": detail.sign, "text": detail.text.as_json()} for detail in self.details],
            "payload": dict(self.payload),
            "once": self.once,
            **({"takes_two": True} if self.takes_two else {}),
            **({"proved": self.proved.as_json()} if self.proved else {}),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Change:
        """The change that `as_json` stored."""
        details = tuple(Detail(each["sign"], _sentence(each["text"])) for each in stored["details"])
        proved, summary = Sentence.from_json(stored.get("proved") or {}), _sentence(stored["summary"])
        two = stored.get("takes_two", False)
        return cls(stored["key"], summary, details, stored["payload"], stored["once"], two, proved)


def _sentence(stored: Mapping[str, Any]) -> Sentence:
    return Sentence.from_json(stored) or Sentence("")


def fingerprint(changes: Sequence[Change]) -> str:
    """A short digest of a plan: a person approves this plan and no other."""
    text = json.dumps([change.as_json() for change in changes], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


@dataclass(frozen=True)
class ApprovedPlan:
    """The changes that a person has approved, as they were shown. `number` is that of the approval's row.

    `stands`: who approved may still do so. A plan is covered when each of its changes was approved, so that the rest of
    one of which a crash left a part may still be applied.
    """

    number: int
    changes: tuple[Change, ...]
    at: datetime
    stands: bool = True

    def covers(self, changes: Sequence[Change]) -> bool:
        """Whether each of these changes was approved as it stands here, word for word."""
        return all(self.approved(change) is not None for change in changes)

    @property
    def is_remedy(self) -> bool:
        """Whether it ends what keeps a step from being done, and is no part of what the step itself does."""
        return any(change.proved for change in self.changes)

    def approved(self, change: Change) -> Change | None:
        """The approved change that is the same as `change`, or None."""
        wanted = fingerprint([change])
        return next((each for each in self.changes if fingerprint([each]) == wanted), None)


@dataclass(frozen=True)
class Done:
    """The live systems are as desired. `evidence` is what was seen; later steps build on it."""

    evidence: Evidence = field(default_factory=Evidence)
    note: Sentence | None = None
    warnings: Sequence[Sentence] = ()


@dataclass(frozen=True)
class Todo:
    """Something differs from the desired state, and these changes would end that.

    `asks` is for a plan that a person must approve although its step usually acts by itself. `at_once`: so many of the
    changes may be made before the step is assessed again; all where it is None. `code`: of the cause, where somebody
    else has made the difference. `offers`: what a person can do instead.
    """

    why: Sentence
    changes: Sequence[Change]
    button: Sentence
    warnings: Sequence[Sentence] = ()
    asks: bool = False
    at_once: int | None = None
    code: str = ""
    offers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Remedy:
    """What we can do about the reason of a verdict: a plan that is carried out only once a person has approved it.

    The payloads say of which occurrence of the reason they are, so that an approval is not taken for the next one.
    """

    changes: Sequence[Change]
    button: Sentence


@dataclass(frozen=True)
class Progress:
    """How far something is that takes long; `total` is None where nobody can know it."""

    done: int
    total: int | None = None


@dataclass(frozen=True)
class Waiting:
    """Only time helps; the step is read again after `recheck_in`.

    `code` and `request_id` go to the detail line, `offers` too, where they hold more of it, and what the next
    look compares.
    """

    why: Sentence
    recheck_in: timedelta
    court: Court = Court.MICROSOFT
    progress: Progress | None = None
    code: str = ""
    request_id: str = ""
    offers: Mapping[str, Any] = field(default_factory=dict)
    warnings: Sequence[Sentence] = ()


@dataclass(frozen=True)
class Asking:
    """A person must decide or act. `offers` feeds the step's form, e.g. the candidates to choose from.

    The step is read again after `recheck_in`, where what is asked for may have been done without our hearing of it.
    """

    question: Sentence
    court: Court
    offers: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    warnings: Sequence[Sentence] = ()
    recheck_in: timedelta | None = None
    remedy: Remedy | None = None


@dataclass(frozen=True)
class Broken:
    """The step failed, and waiting does not help. `code` and `request_id` go to the detail line, not the headline;
    `offers` hold what the next look compares.
    """

    why: Sentence
    court: Court
    code: str = ""
    request_id: str = ""
    offers: Mapping[str, Any] = field(default_factory=dict)
    warnings: Sequence[Sentence] = ()
    remedy: Remedy | None = None


Verdict = Done | Todo | Waiting | Asking | Broken


def planned(verdict: Verdict) -> Todo | Remedy | None:
    """The plan that comes with a verdict, None where there is nothing for us to change."""
    match verdict:
        case Todo():
            return verdict
        case Asking() | Broken():
            return verdict.remedy
        case Done() | Waiting():
            return None
        case _:
            assert_never(verdict)
