"""What each attribute at Haiilo is made of, and what of it is odd for one person. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from onboarding.causes.base import Cause
from onboarding.causes.forecast import BY_CODE, CERTAIN, Code
from onboarding.domain.attribute_names import attribute_of, source_words, target_words
from onboarding.domain.products import WORK, Profile
from onboarding.domain.sentences import Sentence
from onboarding.expressions.evaluating import evaluate, names_of
from onboarding.expressions.parsing import NotAnExpression, parse
from onboarding.expressions.tree import Expression
from onboarding.expressions.values import Dropped, NotEvaluated, Person, Value, Why
from onboarding.people.attributes import is_guest_name, properties_of
from onboarding.steps.mappings import document as mapping_document
from onboarding.steps.mappings import meaning
from onboarding.steps.scope.evidence import ends_shown

USER_NAME = "username"
COUNTRY = meaning.unwritten(f"{WORK}.country")
"""Decides the group in Haiilo, which has to have exactly this name."""
PLAIN = re.compile(r"[A-Za-z0-9.@_-]")
"""Signs that no search is known to refuse."""


def odd_signs(text: str) -> str:
    """The signs for which a search may be refused, each once, with blanks between them."""
    return " ".join(dict.fromkeys(PLAIN.sub("", text.strip())))


@dataclass(frozen=True)
class Finding:
    """Something odd about one person.

    `target`: the attribute at Haiilo, as the mapping writes it; `source`: what the mapping makes it of; `value`: what
    it comes to, byte for byte; `signs` and `group`: what of it is odd, or what was probably meant.
    """

    code: Code
    target: str = ""
    source: str = ""
    value: str = ""
    signs: str = ""
    group: str = ""

    @property
    def certain(self) -> bool:
        """Whether no account can be created or updated as long as this is so; else it is a warning."""
        return self.code in CERTAIN

    @property
    def cause(self) -> Cause:
        """Who can end it, and what each reader is told."""
        return BY_CODE[self.code]

    @property
    def values(self) -> dict[str, Any]:
        """What fills the gaps of the sentences of its cause."""
        words = source_words(self.source) if attribute_of(self.source) else target_words(self.target)
        told = {"value": ends_shown(self.value), "signs": self.signs, "group": self.group}
        return {"attribute": words, "attributes": 1, **told}

    def for_staff(self) -> Sentence:
        """The sentence for customer success."""
        return self.cause.for_staff(self.values)

    def for_customer(self) -> Sentence | None:
        """The sentence for the customer's admin, or None where there is nothing to tell."""
        return self.cause.for_customer(self.values)


@dataclass(frozen=True)
class Rule:
    """How one attribute at Haiilo is made. `problem`: why it cannot be worked out, for nobody."""

    target: str
    source: str = ""
    expression: Expression | None = None
    default: str = ""
    required: bool = False
    priority: int = 0
    problem: NotEvaluated | None = None

    key: str = field(init=False, repr=False, compare=False)
    """The target as it is compared."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", meaning.unwritten(self.target))

    def value(self, person: Person, now: datetime | None) -> Value:
        """What it comes to. The default of a mapping takes the place of null, when somebody is created."""
        if self.problem is not None:
            return self.problem
        value = evaluate(self.expression, person, now) if self.expression is not None else None
        return self.default if value is None and self.default else value


@dataclass(frozen=True)
class Made:
    """What becomes of one person: a value for each target, as the mapping writes it, and what is odd."""

    values: Mapping[str, Value]
    findings: tuple[Finding, ...] = ()
    user_name: str | None = None
    """None where it is not known, or empty."""
    country: str | None = None
    """Empty for none; None where it is not known or not mapped."""

    @property
    def unknown(self) -> tuple[str, ...]:
        """Targets whose value is not known here."""
        return tuple(target for target, value in self.values.items() if isinstance(value, NotEvaluated))

    @property
    def certain_to_fail(self) -> bool:
        """Whether no account can be created."""
        return any(finding.certain for finding in self.findings)


@dataclass(frozen=True)
class Recipe:
    """How all attributes are made. `groups`: the names of Haiilo's groups; None where nobody has told them."""

    rules: tuple[Rule, ...]
    groups: frozenset[str] | None = None
    decided_by_country: bool = False
    """Whether the product takes the group from the country."""
    _nearly: Mapping[str, str] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_nearly", {_nearly(group): group for group in sorted(self.groups or ())})

    @property
    def sources(self) -> frozenset[str]:
        """The attributes that the mappings name, by Entra's names."""
        return frozenset().union(*(names_of(rule.expression) for rule in self.rules if rule.expression is not None))

    @property
    def properties(self) -> tuple[str, ...]:
        """What has to be selected of Graph's user so that as much as possible is known."""
        return properties_of({*self.sources, "userPrincipalName", "objectId"})

    @property
    def fingerprint(self) -> str:
        """The same for what makes the same of everybody."""
        rules = [[rule.target, rule.source, rule.default, rule.required, rule.priority] for rule in self.rules]
        told = [rules, None if self.groups is None else sorted(self.groups), self.decided_by_country]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]

    def made_of(self, person: Person, now: datetime | None = None, *, told: Mapping[str, str] | None = None) -> Made:
        """What becomes of `person`, whose attributes have Entra's names (`attributes.attributes_of`).

        A name that is missing was not read: what rests on it is unknown, never empty. `told`: values by target that
        somebody else has worked out.
        """
        known: Mapping[str, Value] = told or {}
        values = [
            (rule, known.get(rule.target) if rule.target in known else rule.value(person, now)) for rule in self.rules
        ]
        texts = [(rule, text_of(value)) for rule, value in values]
        user_name = _of(texts, USER_NAME) or None
        findings = tuple(self._findings(texts))
        if is_guest_name(person.get("originalUserPrincipalName")):
            findings += (Finding(Code.GUEST, value=user_name or str(person["originalUserPrincipalName"])),)
        return Made({rule.target: value for rule, value in values}, findings, user_name, _of(texts, COUNTRY))

    def without(self, target: str, problem: NotEvaluated) -> Recipe:
        """The same, with the rule of `target` given up because of `problem`."""
        rules = (replace(rule, problem=problem) if rule.target == target else rule for rule in self.rules)
        return replace(self, rules=tuple(rules))

    def _findings(self, texts: Sequence[tuple[Rule, str | None]]) -> Iterator[Finding]:
        matching = [(rule, text) for rule, text in texts if rule.priority]
        unmatched = bool(matching) and all(text == "" for _each, text in matching)
        if unmatched:
            yield _finding(Code.MATCHING_VALUE_EMPTY, min((rule for rule, _value in matching), key=_priority))
        for rule, text in texts:
            yield from self._of_value(rule, text, unmatched=unmatched and bool(rule.priority))

    def _of_value(self, rule: Rule, text: str | None, *, unmatched: bool) -> Iterator[Finding]:
        if text is None:
            return
        if not text and rule.required and not unmatched:
            yield _finding(Code.REQUIRED_VALUE_EMPTY, rule)
        if rule.priority and (signs := odd_signs(text)):
            yield replace(_finding(Code.SIGNS_IN_MATCHING_VALUE, rule, text), signs=signs)
        of_country = list(self._of_country(rule, text))
        yield from of_country
        if text != text.strip() and not of_country:
            yield _finding(Code.BLANKS_AROUND, rule, text)

    def _of_country(self, rule: Rule, text: str) -> Iterator[Finding]:
        if not self.decided_by_country or self.groups is None or rule.key != COUNTRY or not text or text in self.groups:
            return
        meant = self._nearly.get(_nearly(text), "")
        code = Code.COUNTRY_SPELLED_OTHERWISE if meant else Code.COUNTRY_WITHOUT_GROUP
        yield replace(_finding(code, rule, text), group=meant)


def recipe_of(
    profile: Profile,
    document: Mapping[str, Any] | None = None,
    groups: frozenset[str] | None = None,
    *,
    defaults: Mapping[str, str] | None = None,
) -> Recipe:
    """By the mappings of a job's schema as they stand, or by the profile's own where there is no `document`; then with
    the `defaults`, by target, that the job's schema has beside the profile's expressions, as it stays after our change.

    What the profile requires and the document does not map is made of nothing. Raises `document.NotAMapping` or
    `document.SeveralMappings`.
    """
    kept = {meaning.unwritten(target): default for target, default in (defaults or {}).items()}
    wanted = tuple(
        _rule(
            each.target,
            each.expression,
            priority=each.matching_priority,
            default=kept.get(meaning.unwritten(each.target), ""),
        )
        for each in profile.mappings
    )
    mapped = wanted if document is None else tuple(_mapped(document))
    required = {meaning.unwritten(each.target) for each in profile.mappings if each.required}
    there = {rule.key for rule in mapped}
    lacking = tuple(Rule(rule.target) for rule in wanted if rule.key in required - there)
    rules = tuple(replace(rule, required=rule.key in required) for rule in (*mapped, *lacking))
    return Recipe(rules, groups, decided_by_country=any(rule.key == COUNTRY for rule in wanted))


def _mapped(document: Mapping[str, Any]) -> Iterator[Rule]:
    for each in mapping_document.attribute_mappings(document):
        default = each.get("defaultValue") if each.get("source") else None
        target, source = str(each.get("targetAttributeName") or ""), meaning.expression_of(each)
        yield _rule(target, source, priority=meaning.priority(each), default=str(default or ""))


def _rule(target: str, source: str, *, priority: int, default: str = "") -> Rule:
    made = Rule(target, source, default=default, priority=priority)
    if not source:
        return made
    try:
        return replace(made, expression=parse(source))
    except NotAnExpression:
        return replace(made, problem=NotEvaluated(Why.NOT_AN_EXPRESSION, source))


def _priority(rule: Rule) -> int:
    return rule.priority


def _finding(code: Code, rule: Rule, value: str = "") -> Finding:
    return Finding(code, rule.target, rule.source, value)


def text_of(value: Value) -> str | None:
    """What is sent, as text; empty for what is not sent; None where it is not known."""
    if isinstance(value, NotEvaluated):
        return None
    if value is None or isinstance(value, Dropped):
        return ""
    return " ".join(value) if isinstance(value, tuple) else str(value)


def _of(texts: Sequence[tuple[Rule, str | None]], key: str) -> str | None:
    return next((text for rule, text in texts if rule.key == key), None)


def _nearly(text: str) -> str:
    """A name as somebody compares it who does not look closely."""
    return " ".join(text.split()).casefold()
