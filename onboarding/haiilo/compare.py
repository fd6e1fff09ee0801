"""Whom Haiilo has against who should be there, both ways. Pure.

An account belongs to a person by Haiilo's own id where Microsoft has told it, then by externalId, by user name, by
e-mail address; whoever is found by one is not looked for by the next. What Haiilo does not tell is no difference.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from .reading import HaiiloUser, folded


@dataclass(frozen=True)
class Expected:
    """One person of the tenant whom Entra made in Haiilo, or is to make.

    `user_name`, `email`, `given`, `family`: as Entra makes them; empty ones are not compared. `haiilo_id`: the
    account's id as Microsoft's log has it, `earlier_id`: that of the account that it wrote before. `should_be_there`:
    False for whoever was there and has left the scope.
    """

    person_id: str
    user_name: str = field(repr=False)
    should_be_there: bool = True
    email: str = field(default="", repr=False)
    given: str = field(default="", repr=False)
    family: str = field(default="", repr=False)
    haiilo_id: str = ""
    earlier_id: str = ""


@dataclass(frozen=True)
class Pair:
    """A person and an account of theirs."""

    person: Expected
    account: HaiiloUser


@dataclass(frozen=True)
class Twice:
    """Accounts that have the same `attribute` (`external_id`, `user_name` or `email`), in any case; or that Microsoft
    has made for the same person (`person_id`).
    """

    attribute: str
    value: str = field(repr=False)
    accounts: tuple[HaiiloUser, ...]


@dataclass(frozen=True)
class Different:
    """A value that Haiilo has otherwise than it was made; `attribute` is a field of `Expected`."""

    pair: Pair
    attribute: str
    expected: str = field(repr=False)
    found: str = field(repr=False)


class Word(Enum):
    """What Haiilo says of one person. `UNCLEAR`: there, and not told whether active."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    ABSENT = "absent"
    TWICE = "twice"
    UNCLEAR = "unclear"


WORDS = {True: Word.ACTIVE, False: Word.INACTIVE, None: Word.UNCLEAR}


@dataclass(frozen=True)
class Differences:
    """What differs. A person may be in several of them, but in one of the first four only.

    `missing`: no account. `inactive`: should be there, and is switched off. `not_deactivated`: should not be there, and
    is active. `unclear`: should not be there, and Haiilo does not say whether it is active. `left_over`: accounts that
    Entra once made and nobody expects. `others`: how many more accounts nobody expects, which are not ours to name;
    None where only single accounts were asked for. Neither counts accounts that are switched off, or in `twice`.
    `pairs`: who should be there, each with their account. `words`: person id → what Haiilo says of that person, for
    each who was expected.
    """

    missing: tuple[Expected, ...] = ()
    inactive: tuple[Pair, ...] = ()
    not_deactivated: tuple[Pair, ...] = ()
    unclear: tuple[Pair, ...] = ()
    twice: tuple[Twice, ...] = ()
    left_over: tuple[HaiiloUser, ...] = ()
    others: int | None = None
    different: tuple[Different, ...] = ()
    pairs: tuple[Pair, ...] = field(default=(), repr=False, compare=False)
    words: Mapping[str, Word] = field(default_factory=dict, repr=False)


def compare(
    haiilo_users: Iterable[HaiiloUser],
    expected: Iterable[Expected],
    *,
    made_by_entra: Collection[str] = frozenset(),
    whole: bool = True,
) -> Differences:
    """What differs between Haiilo's accounts and the people expected.

    `made_by_entra`: ids of accounts (Haiilo's own, or externalIds) that Microsoft's log once named as made, for people
    who are not among `expected` any more. `whole`: False where the accounts are those that were found one by one; then
    `expected` must be the people who were asked for, and nothing is said of accounts beyond them.
    """
    accounts, people = list(haiilo_users), list(expected)
    pairs, alone = _matched(accounts, people)
    there = [pair for pair in pairs if pair.person.should_be_there]
    gone = [pair for pair in pairs if not pair.person.should_be_there]
    known = {pair.person for pair in pairs}
    twice = (*_twice(accounts, {id(user) for user in alone}), *_made_twice(pairs, alone))
    told = {id(account) for each in twice for account in each.accounts}
    unexpected = [user for user in alone if user.active is not False and id(user) not in told] if whole else []
    ours = tuple(user for user in unexpected if not _ids(user).isdisjoint(map(folded, made_by_entra)))
    return Differences(
        missing=tuple(each for each in people if each.should_be_there and each not in known),
        inactive=tuple(pair for pair in there if pair.account.active is False),
        not_deactivated=tuple(pair for pair in gone if pair.account.active),
        unclear=tuple(pair for pair in gone if pair.account.active is None),
        twice=twice,
        left_over=ours,
        others=len(unexpected) - len(ours) if whole else None,
        different=tuple(each for pair in there for each in _different(pair)),
        pairs=tuple(there),
        words={each.person_id: Word.ABSENT for each in people} | _words(pairs, told),
    )


def _words(pairs: Iterable[Pair], twice: set[int]) -> dict[str, Word]:
    """Of the people who have an account; `twice`: those accounts that are one of several."""
    return {
        pair.person.person_id: Word.TWICE if id(pair.account) in twice else WORDS[pair.account.active] for pair in pairs
    }


def _ids(user: HaiiloUser) -> set[str]:
    return {folded(each) for each in (user.id, user.external_id) if each}


def _addresses(user: HaiiloUser) -> set[str]:
    """Its e-mail addresses, and a user name that is one: Advocacy has no other."""
    return {folded(each) for each in (*user.emails, user.user_name) if "@" in each}


Keys = Callable[[HaiiloUser], Iterable[str]]
WAYS: Sequence[tuple[Callable[[Expected], Iterable[str]], Keys]] = (
    (lambda person: [person.haiilo_id], lambda user: [folded(user.id)]),
    (lambda person: [person.person_id], lambda user: [folded(user.external_id)]),
    (lambda person: [person.user_name], lambda user: [folded(user.user_name)]),
    (lambda person: [person.email, person.user_name], _addresses),
)
"""What of a person is looked for in what of an account, the surest way first."""


def _matched(accounts: list[HaiiloUser], people: list[Expected]) -> tuple[list[Pair], list[HaiiloUser]]:
    """Pairs in the order of the people, and the accounts of nobody. An active account goes before others."""
    free = {id(user): user for user in sorted(accounts, key=lambda user: user.active is not True)}
    found: dict[Expected, HaiiloUser] = {}
    for wanted, keys in WAYS:
        index = _index(free.values(), keys)
        for person in people:
            if person not in found:
                _take(person, [index.get(folded(each), []) for each in wanted(person) if each], free, found)
    return [Pair(person, found[person]) for person in people if person in found], list(free.values())


def _take(
    person: Expected,
    candidates: list[list[HaiiloUser]],
    free: dict[int, HaiiloUser],
    found: dict[Expected, HaiiloUser],
) -> None:
    user = next((user for users in candidates for user in users if id(user) in free), None)
    if user is not None:
        found[person] = free.pop(id(user))


def _index(users: Iterable[HaiiloUser], keys: Keys) -> dict[str, list[HaiiloUser]]:
    index: dict[str, list[HaiiloUser]] = {}
    for user in users:
        for key in filter(None, keys(user)):
            index.setdefault(key, []).append(user)
    return index


def _twice(accounts: list[HaiiloUser], alone: set[int]) -> Iterator[Twice]:
    """Each set of accounts once, by the first attribute that they share. Several people may share an e-mail address:
    it tells of a double only where one of the accounts is `alone`, that of nobody expected.
    """
    told: set[frozenset[int]] = set()
    ways: Sequence[tuple[str, Keys]] = (
        ("external_id", lambda user: [folded(user.external_id)]),
        ("user_name", lambda user: [folded(user.user_name)]),
        ("email", _addresses),
    )
    for attribute, keys in ways:
        for value, users in _index(accounts, keys).items():
            those = frozenset(map(id, users))
            if len(users) > 1 and those not in told and (attribute != "email" or those & alone):
                told.add(those)
                yield Twice(attribute, value, tuple(users))


def _made_twice(pairs: Iterable[Pair], alone: Iterable[HaiiloUser]) -> Iterator[Twice]:
    """People whose earlier account is there as well, and not switched off."""
    left = {folded(user.id): user for user in alone if user.active is not False}
    for person, account in ((pair.person, pair.account) for pair in pairs):
        if person.earlier_id and (other := left.get(folded(person.earlier_id))) is not None:
            yield Twice("person_id", person.person_id, (account, other))


def _different(pair: Pair) -> Iterator[Different]:
    person, account = pair.person, pair.account
    if person.user_name and account.user_name and folded(person.user_name) != folded(account.user_name):
        yield Different(pair, "user_name", person.user_name, account.user_name)
    if person.email and account.emails and folded(person.email) not in map(folded, account.emails):
        yield Different(pair, "email", person.email, account.emails[0])
    for attribute, wanted, found in (
        ("given", person.given, account.given),
        ("family", person.family, account.family),
    ):
        if wanted and found is not None and plainly(wanted) != plainly(found):
            yield Different(pair, attribute, wanted, found)


def plainly(text: str) -> str:
    """As a person reads it: composed letters, one blank between words."""
    return " ".join(unicodedata.normalize("NFC", text).split())
