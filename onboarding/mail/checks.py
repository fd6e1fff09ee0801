"""Asks the rules of letters about each customer they may concern: withdraws what is over, brings drafts up to date,
writes what is due.

A customer is a transaction of its own. What fails with one is kept beside it, shown to customer success, and keeps no
other customer's letters back. The cost of one run is bounded: whoever finds no place in it is the first in the next.
"""

from __future__ import annotations

import logging
from datetime import datetime

from onboarding.mail import context, letters, rules
from onboarding.models import Letter, LetterCheck, Onboarding

log = logging.getLogger(__name__)

MAX_AT_ONCE = 500


def check_all(*, now: datetime) -> None:
    """Ask the rules about the customers that they may concern now, `MAX_AT_ONCE` at most."""
    chosen = context.to_check(now, limit=MAX_AT_ONCE)
    gathered, missed = context.Gathered(chosen, now=now), 0
    for onboarding in chosen:
        try:
            _check(onboarding, gathered)
            missed = 0
        except letters.DATABASE_AWAY:
            log.warning("letters of onboarding %s: the database did not answer", onboarding.pk)
            missed += 1
            if missed == letters.AWAY_AFTER:
                raise
        except Exception as error:
            log.exception("letters of onboarding %s", onboarding.pk)
            _note_failure(onboarding.pk, error, now=now)
        else:
            _note_success(onboarding)
    LetterCheck.objects.bulk_create(
        (LetterCheck(onboarding=onboarding, checked_at=now) for onboarding in chosen),
        update_conflicts=True,
        unique_fields=["onboarding"],
        update_fields=["checked_at"],
    )


def _check(onboarding: Onboarding, gathered: context.Gathered) -> None:
    """What was gathered only tells whether there is anything to do; what is done goes by what is found then."""
    facts, now = gathered.facts_of(onboarding), gathered.now
    written = gathered.letters[onboarding.pk]
    if any(_is_open(letter) and not rules.still_holds(facts, letter.kind, letter.waiting_on) for letter in written):
        with letters.locked(onboarding.pk):
            letters.withdraw_outdated(onboarding.pk, now=now)
    now_made_of = context.made_of(onboarding, gathered.state_of(onboarding))
    if any(_is_outdated(letter, now_made_of) for letter in written):
        letters.bring_up_to_date(onboarding.pk)
    lies_ready = any(letter.state in rules.UNSENT_STATES for letter in written)
    fails = any(letter.is_unwritten and letter.settled_at is None for letter in written)
    if (fails or not lies_ready) and rules.due(facts, context.rules()):
        with letters.locked(onboarding.pk):
            letters.write_due(onboarding.pk, now=now)


def _is_open(letter: Letter) -> bool:
    return letter.state in rules.UNSENT_STATES or (letter.state in Letter.TROUBLE_STATES and letter.settled_at is None)


def _is_outdated(letter: Letter, made_of: str) -> bool:
    """Whether it is a draft in our own words that tells of another moment."""
    return letter.state == Letter.State.DRAFT and letter.contact_id is not None and letter.made_of not in ("", made_of)


def _note_failure(onboarding_id: int, error: Exception, *, now: datetime) -> None:
    """Keep that this customer's letters fail. The message of the exception may hold anything, so its class is kept."""
    check, _made = LetterCheck.objects.get_or_create(onboarding_id=onboarding_id)
    check.code, check.failing_since = type(error).__name__[:80], check.failing_since or now
    check.save(update_fields=["code", "failing_since"])


def _note_success(onboarding: Onboarding) -> None:
    check = getattr(onboarding, "letter_check", None)
    if check is not None and check.failing_since is not None:
        LetterCheck.objects.filter(pk=onboarding.pk).update(code="", failing_since=None)
