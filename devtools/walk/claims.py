"""The numbers and sentences on pages, held against the truth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from devtools.walk.pages import BOARD, CUSTOMER, RECORD, USERS, Pages, Text
from devtools.walk.truth import Truth

_ONE = r"(?:people|person)"
VALUES_DIFFER = "differs"
"""The code of who is there with other values (`onboarding.causes.standings.DIFFERS`)."""
MOST_MISSING = 0.5
"""Of those in scope: with so many the step Live is no longer done (`onboarding.steps.live.health.MOST`)."""


@dataclass(frozen=True)
class Claim:
    """What a sentence says: each group of `pattern` is one of the numbers of the truth, by name."""

    pattern: re.Pattern[str]
    numbers: tuple[str, ...]


def _claim(pattern: str, *numbers: str) -> Claim:
    return Claim(re.compile(pattern), numbers)


CLAIMS = (
    _claim(rf"(\d+) of (?:about )?(\d+) {_ONE} (?:in scope )?(?:is|are|was|were) in Haiilo", "arrived", "in_scope"),
    _claim(rf"(\d+) {_ONE} in scope, Haiilo has (\d+) already", "in_scope", "arrived"),
    _claim(rf"(\d+) {_ONE} (?:is|are) not as they should be", "wrong"),
    _claim(r"In Haiilo (\d+) of (\d+)", "arrived", "in_scope"),
    _claim(r"In Haiilo (\d+)\b(?! of)", "in_haiilo"),
    _claim(r"(\d+) accounts? in all", "in_haiilo"),
    _claim(rf"(\d+) of (\d+) {_ONE} at .{{1,80}}? have an account", "arrived", "in_scope"),
    _claim(rf"(\d+) {_ONE} (?:is|are) in Haiilo twice", "twice"),
    _claim(rf"(\d+) {_ONE} (?:is|are) in Haiilo, but (?:the last change|their last)", "outdated"),
    _claim(rf"(\d+) {_ONE} (?:(?:is|are) )?in Haiilo\b(?!, (?:last|to be|removal)| twice)", "in_haiilo"),
    _claim(rf"(\d+) {_ONE} in scope (?:has|have) no last name", "nameless"),
    _claim(rf"(\d+) of (?:your )?(\d+) {_ONE} (?:have|has) no (?:Haiilo )?account, or", "amiss", "in_scope"),
    _claim(rf"(\d+) of (?:your )?(\d+) {_ONE} (?:have|has) no (?:Haiilo )?account", "amiss", "in_scope"),
    _claim(rf"(?<!of )(?<!\d)(\d+) {_ONE} (?:have|has) no account", "missing"),
    _claim(r"(\d+) accounts? could not be created", "missing"),
    _claim(r"(\d+) of your people are not in Haiilo", "missing"),
    _claim(r"Not created yet: (\d+)", "missing"),
    _claim(
        rf"(\d+) {_ONE} in scope when last counted: (\d+) assigned directly, (\d+) through groups",
        "in_scope",
        "direct",
        "by_group",
    ),
    _claim(rf"[Pp]rovision(?:s|ing for) (\d+) {_ONE}", "in_scope"),
    _claim(rf"Start provisioning \((\d+) {_ONE}\)", "in_scope"),
    _claim(r"In scope: (?:about )?(\d+)", "in_scope"),
    _claim(rf"(\d+) {_ONE} (?:was|were) removed from Haiilo", "removed"),
    _claim(rf"(\d+) {_ONE} Assigned directly (\d+) Through groups (\d+)", "in_scope", "direct", "by_group"),
    _claim(rf"(\d+) {_ONE} could not be created", "missing"),
    _claim(r"is live: (\d+) accounts?", "in_haiilo"),
    _claim(r"(\d+) users and groups", "assignments"),
    _claim(rf"removal of (\d+) {_ONE} is held back", "leaving"),
    _claim(r"(\d+) (?:people are|person is) no longer in scope and still in Haiilo", "leaving"),
    _claim(r"(\d+) assigned accounts? (?:is|are) disabled", "disabled"),
    _claim(r"(\d+) guest users? (?:is|are) in scope", "guests"),
    _claim(rf"(\d+) {_ONE} (?:is|are) (?:only in groups within|in no other group)", "nested"),
    _claim(rf"(\d+) {_ONE} (?:has|have) the role “Default Access” only", "default_access"),
    _claim(r"(\d+) nested groups? (?:is|are) left out", "nested_groups"),
    _claim(r"Everybody in scope has an account()", "nobody_missing"),
    _claim(r"()one of your people is not in Haiilo", "one_missing"),
)
ELSEWHERE = (
    re.compile(r"\d+ accounts in \w+ have"),  # Microsoft's own words
    re.compile(
        rf"(\d+) {_ONE} (?:failed|cannot be linked|left out by the last sync|not in scope|on the way|"
        rf"in Haiilo, (?:last|to be|removal)|in Haiilo twice)"
    ),  # see `_listed`
    re.compile(r"(\d+) of about (\d+) people,? (?:about|\.|This takes)"),  # of a cycle under way, which nobody can stop
)
"""Numbers that no moment's truth can be held against."""
COUNTED = re.compile(r"(?<![\d.\-])\d[\d,]*\s+(?:of (?:about |your )?\d+ )?(?:people|persons?|users?|accounts?)\b")
"""Any number of people."""
AS_REPORTED = re.compile(r"as microsoft reports|so microsoft reports", re.IGNORECASE)
"""How a page says that a number is Microsoft's word."""
THERE, NOT_THERE = ("in Haiilo",), ("removed", "on the way", "failed")
"""How the standing of a person begins on the users page."""
ASKS_TO_ENABLE = re.compile(r"[^.]*(?:enable the account|the account enabled)[^.]*\.")


@dataclass(frozen=True)
class Untrue:
    """Something that a page tells otherwise than it is."""

    page: str
    says: str
    truth: str

    def __str__(self) -> str:
        """In one line."""
        return f"{self.page}: “{self.says}”; in truth: {self.truth}"


def untrue(pages: Pages, truths: Sequence[Truth], *, reported: bool = False) -> list[Untrue]:
    """Everything that is not as it is told; the last of `truths` is the present one, the others were earlier.

    `reported`: whether Microsoft has reported of everybody out of scope that they were removed; a page that calls its
    numbers Microsoft's may then tell them.
    """
    present, removed = truths[-1], truths[-1].as_if_removed()
    found = list[Untrue]()
    for text in pages.texts:
        judged = truths if text.past else truths[-1:]
        told_so = reported and _is_reported(text)
        found += _numbers(text, [*(each.as_if_removed() for each in judged), *judged] if told_so else judged)
    if reported and any(_is_reported(text) for text in pages.texts if text.page == USERS):
        present = removed
    found += [*_rows(pages, present), *_listed(pages, present), *_green(pages, present), *_to_enable(pages)]
    return list(dict.fromkeys(found))


def _is_reported(text: Text) -> bool:
    return AS_REPORTED.search(text.text) is not None


def told(pages: Pages) -> dict[str, list[str]]:
    """Page → every number of people that it tells, in its own words."""
    found = dict[str, list[str]]()
    for text in pages.texts:
        for claim in CLAIMS:
            for match in claim.pattern.finditer(text.text):
                if match[0] not in found.setdefault(text.page, []):
                    found[text.page].append(match[0])
    return found


def unjudged(pages: Pages) -> list[str]:
    """Numbers of people that no claim understands, with their page."""
    return sorted({f"{text.page}: {match}" for text in pages.texts for match in _not_understood(text.text)})


def _not_understood(text: str) -> Iterator[str]:
    patterns = (*(claim.pattern for claim in CLAIMS), *ELSEWHERE)
    spans = [match.span() for pattern in patterns for match in pattern.finditer(text)]
    for match in COUNTED.finditer(text):
        if not any(begin <= match.start() < end for begin, end in spans):
            yield text[match.start() : match.end() + 40]


def _numbers(text: Text, judged: Sequence[Truth]) -> Iterator[Untrue]:
    """A sentence of an earlier time has to have been true once."""
    taken = list[tuple[int, int]]()
    for claim in CLAIMS:
        for match in claim.pattern.finditer(text.text):
            if any(begin <= match.start() < end for begin, end in taken):
                continue
            taken.append(match.span())
            if not any(_fits(claim, match, truth) for truth in judged):
                yield Untrue(text.page, match[0], _as_it_is(claim, judged[-1]))


def _fits(claim: Claim, match: re.Match[str], truth: Truth) -> bool:
    known = {**truth.numbers, "nobody_missing": len(truth.missing), "one_missing": len(truth.missing)}
    wanted = {"nobody_missing": 0, "one_missing": 1}
    return all(
        known[name] == (wanted[name] if name in wanted else int(group))
        for name, group in zip(claim.numbers, match.groups(), strict=True)
    )


def _as_it_is(claim: Claim, truth: Truth) -> str:
    names = [name if name in truth.numbers else "missing" for name in claim.numbers]
    return ", ".join(f"{truth.numbers[name]} {name.replace('_', ' ')}" for name in names)


def _rows(pages: Pages, truth: Truth) -> Iterator[Untrue]:
    """Nobody is called removed, missing or failed who has an account, or in Haiilo who has none."""
    for row in pages.rows:
        person = truth.who(row.user_name)
        there = person in truth.there
        if there and row.standing.startswith(NOT_THERE):
            yield Untrue(USERS, f"{row.user_name}: {row.standing}", "has an active account")
        if person and not there and row.standing.startswith(THERE):
            yield Untrue(USERS, f"{row.user_name}: {row.standing}", "has no account")


def _listed(pages: Pages, truth: Truth) -> Iterator[Untrue]:
    """No more people are said to have no account, or a wrong one, than there are; who is disabled may be listed.

    Whose values differ is not among them: who has an account may be there, and in another row once more.
    """
    listed = sum(each.people for each in pages.reasons if each.code != VALUES_DIFFER)
    most = len(truth.amiss | truth.disabled | truth.leaving)
    if listed > most:
        yield Untrue(
            USERS, f"reasons for {listed} people", f"{most} are disabled, to be removed or not as they should be"
        )


def _green(pages: Pages, truth: Truth) -> Iterator[Untrue]:
    """Done is who has arrived; the product's own tolerance is less than half, and it has to say of how many."""
    missing = len(truth.missing)
    if not missing:
        return
    remarked = re.search(rf"\b{missing} {_ONE} (?:have|has) no account", pages.of(RECORD))
    many = missing >= MOST_MISSING * len(truth.in_scope)
    for page in pages.green:
        if many or (page == RECORD and not remarked):
            yield Untrue(page, "done", f"{missing} of {len(truth.in_scope)} in scope have no account")
    if CUSTOMER in pages.green and many:
        yield Untrue(CUSTOMER, "You do not need to do anything", f"{missing} have no account")


def _to_enable(pages: Pages) -> Iterator[Untrue]:
    """Nobody is asked to enable the accounts of people who may have left."""
    for text in pages.texts:
        for match in ASKS_TO_ENABLE.finditer(text.text) if text.page not in (BOARD,) else ():
            yield Untrue(text.page, match[0].strip()[:160], "whoever is disabled may have left")
