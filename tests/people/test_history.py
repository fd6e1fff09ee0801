"""What is kept of one person's past: the same whatever the order, bounded, and never taken twice."""

from __future__ import annotations

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from onboarding.people.history import (
    DAY,
    DAYS_BY_HOUR,
    HOUR,
    MAX_KEPT,
    History,
    Moment,
    cells,
    erased,
    let_go_until,
    moments,
    with_moment,
    without_older,
)

START = 20_000 * DAY
NOTHING: History = {}
TIMES = st.integers(0, 6 * DAY - 1).map(lambda seconds: float(START + seconds))
MOMENTS = st.builds(Moment, TIMES, st.sampled_from(["created", "failed"]), st.sampled_from(["", "EntryConflict"]))


def told(*given):
    return reduce(with_moment, given, NOTHING)


def counted(history, since=START):
    return set(cells(history, by_hour_since=since, counts=lambda _code: True))


@given(st.lists(MOMENTS, max_size=25), st.randoms(use_true_random=False))
def test_is_the_same_whatever_the_order_and_however_often_told(rows, random):
    shuffled = [*rows, *rows]
    random.shuffle(shuffled)
    assert told(*shuffled) == told(*rows)


@given(st.lists(MOMENTS, min_size=1, max_size=25))
def test_counts_each_kind_once_for_each_day_and_each_late_hour(rows):
    late = max(row.at for row in rows) // DAY * DAY - DAY  # an hour that is counted is later than any that is thinned
    days = {(DAY, int(row.at // DAY * DAY), row.kind) for row in rows}
    hours = {(HOUR, int(row.at // HOUR * HOUR), row.kind) for row in rows if row.at >= late}
    assert counted(told(*rows), since=late) == days | hours


def test_keeps_one_moment_an_hour_and_of_days_past_one_a_day():
    again = [Moment(START + minutes * 60.0, "failed", "EntryConflict") for minutes in range(0, 8 * 24 * 60, 40)]
    kept = moments(told(*again))
    assert len(kept) == (DAYS_BY_HOUR + 1) * 24 + 8 - DAYS_BY_HOUR - 1
    assert (kept[0].at, kept[-1]) == (START + (23 * 60 + 20) * 60, again[-1])


def test_keeps_so_many_at_most_and_takes_nothing_from_before_again():
    many = [Moment(START + day * float(DAY), "updated", "") for day in range(MAX_KEPT + 20)]
    history = told(*many)
    assert [each.at for each in moments(history)] == [each.at for each in many[20:]]
    assert with_moment(history, many[3]) is history


def test_takes_nothing_again_that_was_erased_and_all_that_comes_after():
    before, after = Moment(START + 60.0, "created", ""), Moment(START + DAY + 1.0, "removed", "")
    history = erased(told(before))
    assert moments(history) == []
    assert with_moment(history, before) is history
    assert moments(with_moment(history, after)) == [after]


def test_counts_nothing_in_a_time_of_which_a_part_was_let_go():
    history = without_older(
        told(Moment(START + 60.0, "failed", ""), Moment(START + 7200.0, "failed", "")), START + 3600.0
    )
    assert (let_go_until(history), len(moments(history))) == (START + 3600.0, 1)
    assert counted(history) == {(HOUR, START + 7200, "failed")}
