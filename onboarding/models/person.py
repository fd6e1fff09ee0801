from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from onboarding.causes.index import REASON_MARKS
from onboarding.domain.prospects import Prospect
from onboarding.domain.standings import InHaiilo, Scope, Standing
from onboarding.models.compiled import Select, given
from onboarding.models.text import CutCharField, CutTextField, StorableJSONField

ERASED = "erased:"
MARK_LENGTH = 48  # hex digits
KEPT_OF_REASON = 2000  # letters of Microsoft's words, which quote the target's whole answer


def marks_of(onboarding_id: int, source_id: str) -> Sequence[str]:
    """What stands in for a source id that was erased: one keyed hash per key of ours, the newest first.

    It recognises the same id of the same customer when the log names it again; without a key nothing leads back.
    """
    told = f"{onboarding_id}:{source_id}".encode()
    keys = _keys_of_marks(tuple(settings.ENCRYPTION_KEYS))
    return [ERASED + hmac.digest(key, told, hashlib.sha256).hex()[:MARK_LENGTH] for key in keys]


@lru_cache(maxsize=4)
def _keys_of_marks(keys: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(hmac.digest(key.encode(), b"marks of erased people", hashlib.sha256) for key in keys)


def mark_in(reason: str) -> str:
    """What may be kept of Microsoft's words, which can name a person: the catalogue's mark inside them, if any."""
    return next((mark for mark in REASON_MARKS if mark in reason), "")


def kept_reason(reason: str) -> str:
    """As much of Microsoft's words as is kept, with the catalogue's mark where it stands further behind."""
    kept, mark = reason[:KEPT_OF_REASON], mark_in(reason)
    return kept if mark in kept else f"{kept} … {mark}"


def _listed_by(what: str, column: str) -> list[models.Index]:
    """The indexes by which people with one value of this column are listed by user name, and those of them counted
    whose names have been erased. Who has none is in neither.
    """
    has_one = ~models.Q(**{column: ""})
    named, erased = models.Q(erased_at=None) & has_one, models.Q(erased_at__isnull=False) & has_one
    return [
        models.Index(fields=["onboarding", column, "user_name", "id"], condition=named, name=f"person_by_{what}"),
        models.Index(fields=["onboarding", column], condition=erased, name=f"erased_by_{what}"),
    ]


class Person(models.Model):
    """One person of the customer's tenant who is, was or should be in Haiilo, whether or not Microsoft ever logged one.

    Personal data: shown to explain who arrived. Once `erased_at` is set, what says who it is has gone, and the outcome
    alone goes on being counted; where `stays_erased`, for good, whatever is read later.

    From the assignments: `scope` and `paths` (how: each ``{"by": "direct" | "group" | "nested", "group": name}``), as
    read at `scope_at`; and what the mappings make of somebody in scope: `findings` (what is odd, each ``{"code",
    "target", "source"}``, and no value; `finding_codes`: these codes, in one word), `certain_to_fail` (None where that
    could not be worked out) and `made_name`, the user name without capitals, empty where it is not known; `shapes`:
    what is rare about the data (`domain.suggested.Shape`), in one word.

    From the provisioning log: `result` (empty where it says nothing) to `event_id`; `lacking`: which attributes were
    empty, where Microsoft says so; `seen`: what `people.outcome` has to remember of older rows, so that they may come
    in any order; `history`: what it told and when, without a word that names anybody (`people.history`).

    From Haiilo itself: `in_haiilo`, at `in_haiilo_at`; and where it keeps another value than the mappings make (of
    which `made_marks` has digests, by field), `differs`, by field ``{"kept", "made"}``, with `made` once the directory
    was read since; `differs_in`: these fields, in one word.

    `standing` is what all of that amounts to, `prospect` what a start would do to somebody in scope,
    `cause` a word for why somebody is not as they should be (`people.failures`); only `people.roster` writes them, with
    the counts. `at`: when the newest of it happened that says something new, by which
    names are erased.
    """

    class Result(models.TextChoices):
        CREATED = "created", _("created")
        UPDATED = "updated", _("updated")
        MATCHED = "matched", _("was there already")
        REMOVED = "removed", _("removed")
        SKIPPED = "skipped", _("skipped")
        FAILED = "failed", _("failed")

    THERE = (Result.CREATED, Result.UPDATED, Result.MATCHED)

    onboarding = models.ForeignKey(
        "onboarding.Onboarding", on_delete=models.CASCADE, related_name="people", db_index=False
    )
    source_id = CutCharField(max_length=64)
    target_id = CutCharField(max_length=128, blank=True, default="")
    earlier_target_id = CutCharField(max_length=128, blank=True, default="", editable=False)
    name = CutCharField(max_length=256, blank=True, default="")
    user_name = CutCharField(max_length=256, blank=True, default="")
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.UNKNOWN, editable=False)
    cause = models.CharField(max_length=16, blank=True, default="", editable=False)
    prospect = models.CharField(max_length=12, blank=True, default=Prospect.OUT, editable=False)
    scope = models.CharField(max_length=10, choices=Scope, blank=True, default=Scope.UNREAD)
    paths = StorableJSONField(default=list, blank=True)
    is_guest = models.BooleanField(default=False)
    scope_at = models.DateTimeField(null=True, blank=True)
    findings = StorableJSONField(default=list, blank=True, editable=False)
    finding_codes = CutCharField(max_length=250, blank=True, default="", editable=False)
    certain_to_fail = models.BooleanField(null=True, blank=True, editable=False)
    made_marks = StorableJSONField(default=dict, blank=True, editable=False)
    differs = StorableJSONField(default=dict, blank=True, editable=False)
    differs_in = CutCharField(max_length=60, blank=True, default="", editable=False)
    shapes = CutCharField(max_length=80, blank=True, default="", editable=False)
    made_name = CutCharField(max_length=256, blank=True, default="", editable=False)
    in_haiilo = models.CharField(max_length=10, choices=InHaiilo, blank=True, default=InHaiilo.UNTOLD)
    in_haiilo_at = models.DateTimeField(null=True, blank=True)
    action = CutCharField(max_length=20, blank=True, default="")
    result = models.CharField(max_length=10, choices=Result, blank=True, default="")
    code = CutCharField(max_length=120, blank=True, default="")
    reason = CutTextField(blank=True, default="")
    lacking = CutCharField(max_length=120, blank=True, default="")
    at = models.DateTimeField()
    event_id = CutCharField(max_length=64, blank=True, default="")
    seen = StorableJSONField(default=dict, blank=True, editable=False)
    history = StorableJSONField(default=dict, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True)
    stays_erased = models.BooleanField(default=False)

    class Meta:
        permissions = [("see_people", "Can see the names of people")]
        constraints = [models.UniqueConstraint(fields=["source_id", "onboarding"], name="one_row_per_person")]
        indexes = [
            models.Index(fields=["onboarding", "result", "user_name", "id"], name="person_by_result"),
            models.Index(
                fields=["onboarding", "user_name", "id"], condition=models.Q(erased_at=None), name="person_by_user_name"
            ),
            models.Index(
                fields=["onboarding", "made_name"], condition=~models.Q(made_name=""), name="person_by_made_name"
            ),
            models.Index(fields=["at"], condition=models.Q(erased_at=None), name="person_to_erase"),
            models.Index(
                fields=["onboarding", "standing", "user_name", "id"],
                condition=models.Q(erased_at=None),
                name="person_by_standing",
            ),
            models.Index(
                fields=["onboarding", "standing"], condition=models.Q(erased_at__isnull=False), name="person_erased"
            ),
            *_listed_by("cause", "cause"),
            *_listed_by("difference", "differs_in"),
            *_listed_by("finding", "finding_codes"),
        ]

    def __str__(self) -> str:
        return self.user_name

    @classmethod
    def blank(cls, onboarding_id: int, source_id: str) -> Person:
        """As ``Person(onboarding_id=…, source_id=…)``, several times as quick: a page of the log makes hundreds."""
        plain, documents, own = _blank()
        values = list(plain)
        for place, make in documents:
            values[place] = make()
        values[own] = onboarding_id, source_id
        made: Callable[..., Person] = cls  # the plugin of the stubs would take all values for that of the key
        return made(*values)

    @staticmethod
    def one(onboarding_id: int, pk: int) -> Person | None:
        """The one with this key, if it is a person of this onboarding. One query."""
        return next(iter(_one().rows(onboarding=onboarding_id, id=pk)), None)


@cache
def _blank() -> tuple[Sequence[Any], Sequence[tuple[int, Callable[[], Any]]], slice]:
    """What each column has of which nothing is known, in their order; which of them are documents, each to be made
    anew, by what; and where customer and source id stand.
    """
    fields = Person._meta.concrete_fields
    documents = [(place, field.default) for place, field in enumerate(fields) if isinstance(field, models.JSONField)]
    own = [field.attname for field in fields].index("onboarding_id")
    return [field.get_default() for field in fields], documents, slice(own, own + 2)


@cache
def _one() -> Select[Person]:
    return Select(Person.objects.filter(**given(Person, "onboarding", "id")))
