"""What becomes of a person: every combination that can be, and what must hold for each."""

from __future__ import annotations

from itertools import product

import pytest

from onboarding.domain.standings import (
    HAVE_AN_ACCOUNT,
    SHOULD_ARRIVE,
    InHaiilo,
    Known,
    Last,
    Scope,
    Standing,
    Told,
    standing,
)

EVERY = [Known(*values) for values in product(Scope, Told, Last, (False, True), InHaiilo)]


def links_none(known: Known) -> bool:
    """Whether Haiilo has several accounts of somebody in scope, and Microsoft has none of them."""
    has_one = known.told == Told.ACCOUNT and known.last != Last.ACCOUNT_GONE
    return known.in_haiilo == InHaiilo.TWICE and not has_one and known.belongs


def is_in_haiilo(known: Known) -> bool:
    """What the facts say, put down once more in other words than in the product."""
    if links_none(known):
        return False
    own_word = {InHaiilo.ACTIVE: True, InHaiilo.TWICE: True, InHaiilo.INACTIVE: False, InHaiilo.ABSENT: False}
    return own_word.get(known.in_haiilo, known.told == Told.ACCOUNT and known.last != Last.ACCOUNT_GONE)


def test_counts_as_in_haiilo_who_is_there_and_nobody_else():
    for known in EVERY:
        assert (standing(known) in HAVE_AN_ACCOUNT) is is_in_haiilo(known), known


def test_has_failed_whose_accounts_are_several_and_not_microsofts_only_where_it_was_tried():
    several = [known for known in EVERY if links_none(known)]
    tried = [known for known in several if known.last in (Last.FAILED, Last.ACCOUNT_GONE)]
    assert {standing(known) for known in tried} == {Standing.FAILED}
    assert {standing(known) for known in several if known not in tried} == {Standing.UNLINKED}
    assert {known.told for known in several} == set(Told)
    others = [known for known in EVERY if known.in_haiilo == InHaiilo.TWICE and not links_none(known)]
    assert {standing(known) for known in others} == {Standing.TWICE}


def test_says_removed_only_of_who_once_was_there():
    for known in EVERY:
        if standing(known) is Standing.GONE:
            assert known.told != Told.NOTHING, known
            assert not is_in_haiilo(known), known


def test_says_that_all_is_well_only_where_nothing_says_otherwise():
    for known in EVERY:
        if standing(known) is Standing.ARRIVED:
            written_since = known.last is Last.WENT_THROUGH and not known.scope_is_newer
            assert known.scope in (*SHOULD_ARRIVE, Scope.UNREAD) or written_since, known
            assert known.last not in (Last.FAILED, Last.ACCOUNT_GONE), known
        if standing(known) is Standing.OUT:
            assert known.scope not in SHOULD_ARRIVE, known


def test_looks_for_the_cause_of_everybody_in_scope_whom_the_newest_report_leaves_out():
    for known in EVERY:
        if known.scope == Scope.IN and not is_in_haiilo(known) and known.told == Told.NOTHING:
            assert standing(known) in (Standing.COMING, Standing.UNLINKED, Standing.FAILED), known


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (Known(), Standing.UNKNOWN),
        (Known(Scope.IN), Standing.COMING),
        (Known(Scope.IN, Told.ACCOUNT, Last.WENT_THROUGH), Standing.ARRIVED),
        (Known(Scope.UNREAD, Told.ACCOUNT, Last.WENT_THROUGH), Standing.ARRIVED),
        # A failed update takes nobody out of Haiilo.
        (Known(Scope.IN, Told.ACCOUNT, Last.FAILED), Standing.OUTDATED),
        (Known(Scope.IN, Told.NOTHING, Last.FAILED), Standing.FAILED),
        # Microsoft does not find the account that it knew: nobody is there any more, until Haiilo says otherwise.
        (Known(Scope.IN, Told.ACCOUNT, Last.ACCOUNT_GONE), Standing.FAILED),
        (Known(Scope.UNREAD, Told.ACCOUNT, Last.ACCOUNT_GONE), Standing.FAILED),
        (Known(Scope.OUT, Told.ACCOUNT, Last.ACCOUNT_GONE, scope_is_newer=True), Standing.GONE),
        (Known(Scope.IN, Told.ACCOUNT, Last.ACCOUNT_GONE, in_haiilo=InHaiilo.ACTIVE), Standing.OUTDATED),
        (Known(Scope.IN, Told.NOTHING, Last.FAILED, scope_is_newer=True), Standing.FAILED),
        # Microsoft leaves somebody out whom we count in scope: why is to be found, until it says otherwise.
        (Known(Scope.IN, Told.NOTHING, Last.OUTSIDE), Standing.FAILED),
        (Known(Scope.IN, Told.NOTHING, Last.OUTSIDE, scope_is_newer=True), Standing.FAILED),
        (Known(Scope.NO_ACCESS, Told.NOTHING, Last.OUTSIDE), Standing.FAILED),
        (Known(Scope.NO_ACCESS), Standing.COMING),
        (Known(Scope.NO_ACCESS, Told.ACCOUNT, Last.WENT_THROUGH), Standing.ARRIVED),
        (Known(Scope.DISABLED), Standing.OUT),
        (Known(Scope.NESTED), Standing.OUT),
        (Known(Scope.UNREAD, Told.NOTHING, Last.OUTSIDE), Standing.OUT),
        # The deletion guard: everybody was unassigned, is still there, and then was assigned again.
        (Known(Scope.OUT, Told.ACCOUNT, Last.REMOVAL_HELD), Standing.HELD_BACK),
        (Known(Scope.IN, Told.ACCOUNT, Last.REMOVAL_HELD), Standing.HELD_BACK),
        (Known(Scope.IN, Told.ACCOUNT, Last.REMOVAL_HELD, scope_is_newer=True), Standing.ARRIVED),
        # Unassigned, and nothing was heard of it yet.
        (Known(Scope.OUT, Told.ACCOUNT, Last.WENT_THROUGH, scope_is_newer=True), Standing.LEAVING),
        (Known(Scope.DISABLED, Told.ACCOUNT, Last.REMOVAL_FAILED), Standing.LEAVING),
        (Known(Scope.OUT, Told.REMOVED, Last.WENT_THROUGH), Standing.GONE),
        (Known(Scope.UNREAD, Told.REMOVED, Last.OUTSIDE), Standing.GONE),
        # Counted in scope before, removed since; and assigned again afterwards.
        (Known(Scope.IN, Told.REMOVED, Last.WENT_THROUGH), Standing.GONE),
        (Known(Scope.IN, Told.REMOVED, Last.WENT_THROUGH, scope_is_newer=True), Standing.COMING),
        # Was not in scope, or disabled, and came back since: Microsoft writes the account, or tries to.
        (Known(Scope.OUT, Told.ACCOUNT, Last.WENT_THROUGH), Standing.ARRIVED),
        (Known(Scope.DISABLED, Told.ACCOUNT, Last.FAILED), Standing.OUTDATED),
        (Known(Scope.IN, Told.REMOVED, Last.ACCOUNT_GONE), Standing.FAILED),
        (Known(Scope.DISABLED, Told.REMOVED, Last.ACCOUNT_GONE), Standing.FAILED),
        (Known(Scope.DISABLED, Told.REMOVED, Last.ACCOUNT_GONE, scope_is_newer=True), Standing.GONE),
        # Haiilo's own word counts before Microsoft's.
        (Known(Scope.IN, Told.ACCOUNT, Last.WENT_THROUGH, in_haiilo=InHaiilo.ABSENT), Standing.FAILED),
        (Known(Scope.IN, Told.NOTHING, Last.FAILED, in_haiilo=InHaiilo.ACTIVE), Standing.OUTDATED),
        (Known(Scope.IN, Told.ACCOUNT, Last.WENT_THROUGH, in_haiilo=InHaiilo.TWICE), Standing.TWICE),
        (Known(Scope.IN, in_haiilo=InHaiilo.TWICE), Standing.UNLINKED),
        (Known(Scope.IN, Told.NOTHING, Last.FAILED, in_haiilo=InHaiilo.TWICE), Standing.FAILED),
        (Known(Scope.OUT, Told.REMOVED, Last.WENT_THROUGH, in_haiilo=InHaiilo.ACTIVE), Standing.LEAVING),
        (Known(Scope.OUT, Told.ACCOUNT, Last.WENT_THROUGH, True, InHaiilo.INACTIVE), Standing.GONE),
    ],
)
def test_each_case(known, expected):
    assert standing(known) is expected
