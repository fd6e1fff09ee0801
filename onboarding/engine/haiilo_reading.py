"""Haiilo's own list within a run: whether it may be asked, when it is due, and what keeps us from it, as a note.

Never in the way: whatever Haiilo answers, no step waits for it. No transaction is open while Haiilo is asked.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import requests
from django.conf import settings

from graphclient import Reroutes
from onboarding.domain.desired import SCIM_TOKEN, Desired
from onboarding.domain.haiilo_list import HaiiloList
from onboarding.domain.hosts import is_haiilos
from onboarding.domain.lifecycle import State
from onboarding.domain.sentences import say
from onboarding.engine import ledger
from onboarding.engine.load_desired import Rows
from onboarding.engine.turns import beside_turns, sleep
from onboarding.engine.working_copy import WorkingCopy
from onboarding.haiilo import (
    Ability,
    AddressRefused,
    Circumstances,
    Forbidden,
    HaiiloError,
    HaiiloScim,
    HaiiloUser,
    MayAsk,
    NotOffered,
    TokenRefused,
    Transport,
    TryLater,
    Unreadable,
    may_ask,
    new_session,
)
from onboarding.models import Customer, Person, clock
from onboarding.people import haiilo_list
from onboarding.people.reading import Reading
from onboarding.steps.connection.evidence import token_is_saved
from onboarding.steps.enable.step import Enable
from onboarding.steps.initial_cycle.step import InitialCycle
from onboarding.steps.mappings.evidence import MappingsEvidence
from onboarding.steps.mappings.variant import varied
from onboarding.steps.shared.haiilo_notes import READABLE_AGAIN, sentence_on

log = logging.getLogger("onboarding.engine")

LINE = "haiilo"  # the kind of the timeline's lines about it
A_DAY = timedelta(days=1)
SETTLED_AT_MOST_EVERY = timedelta(minutes=15)  # less than a look at a live customer, so that the next one tells
TRIED_AGAIN_AFTER = timedelta(hours=1)
GOES_ON_AFTER = timedelta(minutes=1)  # with people who are still to be asked for, one by one
ANSWER_SECONDS = 10.0
BUDGET_SECONDS = 60.0  # of a run, which has other things to do; a large platform lists some ten thousand in that time
PARTIAL = "partial"
"""A list was begun, and it is not whole."""

Alive = Callable[[], None]


class OutOfTime(TryLater):
    """Haiilo was asked for as long as a run may."""


# Whether


def is_asked(customer: Customer) -> bool:
    """Whether Haiilo is asked at this customer's address at all, whatever token there is. No query."""
    return settings.HAIILO_ASKED and is_haiilos(customer.product, customer.haiilo_host)


def allowed(rows: Rows, *, live: bool) -> MayAsk:
    """Whether Haiilo may be asked with this customer's token. No query."""
    row, secret = rows.onboarding, rows.secret
    agreed = getattr(row, "kept_token", None) is not None
    host = row.customer.haiilo_host
    return may_ask(
        Circumstances(
            switched_on=settings.HAIILO_ASKED,
            host=host,
            host_is_haiilos=is_haiilos(row.customer.product, host),
            token_for=secret.sealed_for if secret is not None else "",
            live=live,
            closed=row.state == State.CLOSED,
            staff_agreed=agreed,
            customer_agreed=agreed,
        )
    )


def keeps_token(rows: Rows, *, live: bool) -> bool:
    """Whether the token is still wanted, once Microsoft has it."""
    return allowed(rows, live=live) is MayAsk.YES


def release_token(copy: WorkingCopy, desired: Desired, *, live: bool) -> None:
    """Erase the token unless it is still wanted, or Microsoft does not have it. Raises `LeaseLost`."""
    if token_is_saved(desired) and not keeps_token(copy.rows, live=live):
        ledger.release_secret(copy, SCIM_TOKEN)


# When


def is_due(rows: Rows, desired: Desired, key: str, *, live: bool) -> bool:
    """Whether Haiilo is asked in the step `key`, by what is known without asking anybody. No query."""
    found, now = desired.haiilo, desired.now
    if rows.token is None or allowed(rows, live=live) is not MayAsk.YES:
        return False
    if found.retry_at is not None and now < found.retry_at:
        return False
    if key == Enable.key and (Enable.key in desired.evidence or Enable.key in desired.approved):
        return False  # a plan that was approved stays the approved one
    if found.left > 0 or found.at is None or found.at < _wanted_since(rows, desired, key):
        return True
    return _is_unsettled(rows, found.at, now)


def _is_unsettled(rows: Rows, read_at: datetime, now: datetime) -> bool:
    """Whether the log, read to its end, has told since then what the list can settle. Not at each look: a list is
    long, and people come and go all day.
    """
    reading = Reading.from_json(rows.onboarding.log_reading)
    told = reading.unsettled_at is not None and read_at < reading.unsettled_at and not reading.is_open
    return told and now - read_at >= SETTLED_AT_MOST_EVERY / settings.PACE


def _wanted_since(rows: Rows, desired: Desired, key: str) -> datetime:
    """An older list is too old for this step."""
    state = rows.states.get(InitialCycle.key)
    ended = state.done_at if state is not None else None
    newer = desired.people.scope_read_at if key == Enable.key else ended
    a_day_ago: datetime = desired.now - A_DAY / settings.PACE
    return max(a_day_ago, newer) if newer else a_day_ago


# Asking


def read(copy: WorkingCopy, desired: Desired, key: str, *, alive: Alive) -> None:
    """Ask Haiilo, write what it says of each person, and keep the numbers, or what kept us from them.

    `alive` is called before each request. Raises `LeaseLost`.
    """
    before, now = desired.haiilo, clock.now()
    try:
        found = _Look(copy, desired, key, now, alive).read()
    except HaiiloError as error:
        log.info("onboarding %s: Haiilo: %s", copy.lease.onboarding_id, type(error).__name__)
        found = _kept_from(before, _ability(error), _retry_after(error), now)
    _keep(copy, key, before, found)


def _kept_from(before: HaiiloList, ability: str, retry_after: float | None, now: datetime) -> HaiiloList:
    """What was known before, and what kept us from more."""
    pause = timedelta(seconds=retry_after) if retry_after else _pause_after(ability)
    return replace(before, tried_at=now, retry_at=now + pause / settings.PACE, ability=ability, trouble=ability)


def _pause_after(ability: str) -> timedelta:
    passes = ability in (Ability.SILENT.value, PARTIAL)
    return TRIED_AGAIN_AFTER if passes else A_DAY


def _ability(error: HaiiloError) -> str:
    """The word for what an error says of Haiilo; the list was begun, so it is a service."""
    if isinstance(error, TokenRefused):
        return Ability.TOKEN_REFUSED.value
    if isinstance(error, AddressRefused):
        return Ability.NOT_SCIM.value
    if isinstance(error, Forbidden):
        return Ability.FORBIDDEN.value
    if isinstance(error, TryLater) and not isinstance(error, Unreadable):
        return Ability.SILENT.value
    return PARTIAL


def _retry_after(error: HaiiloError) -> float | None:
    return error.retry_after if isinstance(error, TryLater) else None


def _keep(copy: WorkingCopy, key: str, before: HaiiloList, found: HaiiloList) -> None:
    """For pages and later runs, with a line where it is news; waits for the end of the run."""
    told = replace(found, is_told=before.is_told and before.trouble == found.trouble)
    if found.trouble and not told.is_told:
        copy.add_line(LINE, sentence_on(found.trouble), step=key)
        told = replace(told, is_told=True)
    if not found.trouble and before.trouble:
        copy.add_line(LINE, say(READABLE_AGAIN), step=key)
    row = copy.rows.onboarding
    row.haiilo_list = copy.row_columns["haiilo_list"] = told.to_json()
    if told.is_whole and told.at != before.at:
        confirms = told.asked and not told.untold
        row.haiilo_read_at = copy.row_columns["haiilo_read_at"] = _after_the_log(copy, told.at) if confirms else None


def _after_the_log(copy: WorkingCopy, at: datetime | None) -> datetime | None:
    """Haiilo was asked after the log was read, whatever Microsoft's clock says."""
    return max((time for time in (at, copy.rows.onboarding.log_watermark) if time is not None), default=None)


class _Look:
    """One look at Haiilo."""

    def __init__(self, copy: WorkingCopy, desired: Desired, key: str, now: datetime, alive: Alive) -> None:
        self.copy, self.desired, self.key, self.now, self.alive = copy, desired, key, now, alive
        self.row = copy.rows.onboarding
        self.ends = time.monotonic() + BUDGET_SECONDS

    def read(self) -> HaiiloList:
        """The numbers of this look. What else may be asked is found out only where there is no whole list. Raises a
        `HaiiloError` where nobody was asked for, `LeaseLost`.
        """
        reader, ability = self._reader(), Ability.LISTS
        self.alive()
        try:
            found = self._listed(reader)
        except (Unreadable, NotOffered, Forbidden):
            can = reader.abilities(self._somebody())
            if can.lists and not can.finds:
                raise
            if can.ability not in (Ability.LISTS, Ability.FINDS):
                return _kept_from(self.desired.haiilo, can.ability.value, can.retry_after, self.now)
            found, ability = self._found(reader), can.ability
        pause = GOES_ON_AFTER / settings.PACE if found.left else timedelta()
        return replace(
            found,
            tried_at=self.now,
            retry_at=self.now + pause,
            ability=ability.value,
            after_cycle=InitialCycle.key in self.desired.evidence,
        )

    def _reader(self) -> HaiiloScim:
        host, token = self.desired.haiilo_host, self.copy.rows.token
        assert token is not None
        transport = Transport(host, session_for(host), read_seconds=ANSWER_SECONDS, sleep=sleep)
        return HaiiloScim(self.desired.base_url, token, transport=transport)

    def _somebody(self) -> str:
        """The user name of somebody who is believed to be there."""
        there = self.row.people.filter(result__in=Person.THERE, erased_at=None).exclude(user_name="")
        return there.values_list("user_name", flat=True).first() or ""

    def _listed(self, reader: HaiiloScim) -> HaiiloList:
        users = self._counted(reader.users())
        return haiilo_list.by_list(self.copy.lease, self.row, users, at=self.now, alive=self.alive)

    def _found(self, reader: HaiiloScim) -> HaiiloList:
        def find(name: str) -> list[HaiiloUser]:
            self._go_on()
            return reader.by_user_name(name)

        seen = self.desired.evidence_of(MappingsEvidence) or MappingsEvidence()
        profile = varied(self.desired.profile, seen.variant)
        mapped = {each.target: each.expression for each in profile.mappings}
        return haiilo_list.one_by_one(
            self.copy.lease,
            self.row,
            find,
            at=self.now,
            since=_wanted_since(self.copy.rows, self.desired, self.key),
            names_are_made=mapped.get("userName") == "[userPrincipalName]",
            alive=self.alive,
        )

    def _counted(self, users: Iterator[HaiiloUser]) -> Iterator[HaiiloUser]:
        for user in users:
            self._go_on()
            yield user

    def _go_on(self) -> None:
        """A sign of life. Raises `OutOfTime`."""
        self.alive()
        if time.monotonic() > self.ends:
            raise OutOfTime("asked for as long as a run may")


def session_for(host: str) -> requests.Session:
    """A session that reaches `host`: Haiilo's own, or the sandbox in its place."""
    if not settings.SANDBOX_URL:
        return _session()
    return beside_turns(new_session(Reroutes({f"https://{host}": settings.SANDBOX_URL})))


@cache
def _session() -> requests.Session:
    return beside_turns(new_session())
