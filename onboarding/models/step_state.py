from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from django.conf import settings
from django.db import models

from onboarding.domain.evidence import Evidence
from onboarding.domain.sentences import Sentence
from onboarding.domain.verdicts import Court, Kind
from onboarding.models.compiled import Select, Update, given
from onboarding.models.text import UNREAD, CutCharField, LateJSONField, StorableJSONField, unread

E = TypeVar("E", bound=Evidence)
REPORTED = "reported"
"""Where `offers` has what Microsoft said beside the verdict: see `StepState.reported`."""


class StepState(models.Model):
    """The last verdict on one step, and what people answered in it. `engine.ledger` says who writes it.

    `since`: since when it is of this kind, in this court. `checked_at`: when it was looked at last, however that ended;
    None where it is to be looked at anew. `done_at`: when it was done for the first time; `seen_at`: when it was last,
    which is when `evidence` was read.
    """

    onboarding = models.ForeignKey("onboarding.Onboarding", on_delete=models.CASCADE, related_name="steps")
    key = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.NEW)
    court = models.CharField(max_length=12, choices=[(c.value, c.value) for c in Court], default=Court.CS)
    message = StorableJSONField(default=dict, blank=True)
    warnings = StorableJSONField(default=list, blank=True)
    code = CutCharField(max_length=200, blank=True, default="")
    request_id = CutCharField(max_length=80, blank=True, default="")
    evidence = StorableJSONField(default=dict, blank=True)
    offers = StorableJSONField(default=dict, blank=True)
    plan = StorableJSONField(default=dict, blank=True)
    progress = models.JSONField(default=dict, blank=True)
    since = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    answer = models.JSONField(default=dict, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    intents = LateJSONField(default=dict, blank=True)
    graph_calls = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["onboarding", "key"], name="one_state_per_step")]
        indexes = [models.Index(models.F("evidence__tenant_id"), name="expected_tenant")]

    def __str__(self) -> str:
        return f"{self.key}: {self.kind}"

    def get_deferred_fields(self) -> set[str]:
        """Those that are not here. What is here and not parsed yet is saved, and read anew, like the others."""
        texts: Mapping[str, str] = self.__dict__.get(UNREAD, {})
        return super().get_deferred_fields() - texts.keys()

    @staticmethod
    def of(onboarding_id: int) -> list[StepState]:
        """Those of one onboarding, in no order."""
        return _of().rows(onboarding=onboarding_id)

    @staticmethod
    def one(onboarding_id: int, key: str) -> StepState | None:
        """That of one step, None where there is none."""
        return next(iter(_one().rows(onboarding=onboarding_id, key=key)), None)

    @staticmethod
    def write(pk: int, columns: Mapping[str, Any]) -> None:
        """Set these columns of the row `pk`, if it is there, and no others."""
        writing(tuple(sorted(columns))).run(id=pk, **columns)

    def seen(self, kind: type[E]) -> E | None:
        """What this step saw when it was done last, as `kind`; None while it never was."""
        return None if self.done_at is None else kind.from_json(self.evidence)

    @property
    def noted(self) -> Mapping[str, Any] | str:
        """The intents, or their JSON where nobody has asked for them. Whoever changes them sets others."""
        text = unread(self, "intents")
        return self.intents if text is None else text

    @property
    def reported(self) -> Mapping[str, Any]:
        """What Microsoft said, for whoever has to ask Microsoft (`engine.reported`): no part of the verdict."""
        found: Mapping[str, Any] = self.offers.get(REPORTED, {})
        return found

    @property
    def offered(self) -> Mapping[str, Any]:
        """The offers of the verdict alone."""
        return {name: value for name, value in self.offers.items() if name != REPORTED}

    @property
    def answered_when(self) -> str:
        """When people answered last, for a form to carry; empty where nobody has."""
        return self.answered_at.isoformat() if self.answered_at else ""

    @property
    def sentence(self) -> Sentence | None:
        """The one sentence about this step, in the reader's language when turned into text."""
        return Sentence.from_json(self.message)


# The statements of every visit and of the pages about people, made once


@cache
def _of() -> Select[StepState]:
    """Those of the onboarding `onboarding`."""
    return Select(StepState.objects.filter(**given(StepState, "onboarding")))


@cache
def _one() -> Select[StepState]:
    """That of the step `key` of the onboarding `onboarding`."""
    return Select(StepState.objects.filter(**given(StepState, "onboarding", "key")))


@cache
def writing(columns: tuple[str, ...]) -> Update:
    """Set these columns of the row `id`."""
    return Update(StepState.objects.filter(**given(StepState, "id")), **given(StepState, *columns))
