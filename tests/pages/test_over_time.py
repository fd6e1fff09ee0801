"""What happened to how many people over time: a picture, a table that says the same, and when Microsoft spoke last."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Court, Waiting
from onboarding.models import Onboarding, Rollup, clock
from onboarding.web.over_time import AT_LEAST, HEIGHT, LOWEST, WIDTH, over_time
from tests import builders

from .desk import stand

pytestmark = pytest.mark.django_db
RUNNING = Waiting(say("Microsoft writes."), timedelta(minutes=1), court=Court.MICROSOFT)


def hour(ago: int = 0):
    return clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=ago)


def counted(made: Onboarding, span: str, at, **counts: int) -> None:
    Rollup.objects.create(onboarding=made, span=span, at=at, **counts)


def first_day(made: Onboarding) -> Onboarding:
    """Three hours of a first cycle, and the days that they lie in."""
    for ago, counts in ((3, {"created": 1200, "failed": 3}), (1, {"created": 400, "updated": 5}), (0, {"updated": 7})):
        counted(made, "hour", hour(ago), **counts)
    return made


def test_shows_hours_while_it_is_a_matter_of_two_days_with_the_same_numbers_in_the_table():
    made = first_day(builders.onboarding())
    counted(made, "day", hour(1), created=1600, updated=12, failed=3)
    found = over_time(made)
    assert found is not None
    assert (found.by_hour, found.most, found.width) == (True, 1200, AT_LEAST * WIDTH)
    assert [(each.kind, each.most) for each in found.series] == [("created", 1200), ("updated", 7), ("failed", 3)]
    assert [counts for _at, counts in found.rows] == [[0, 7, 0], [400, 5, 0], [1200, 0, 3]]
    for place, series in enumerate(found.series):
        assert series.most == max(counts[place] for _at, counts in found.rows)
        assert len(series.bars) == sum(counts[place] > 0 for _at, counts in found.rows)
    tallest, smallest = found.series[0].bars[0], found.series[2].bars[0]
    assert (tallest.height, smallest.height, tallest.x) == (HEIGHT, LOWEST, smallest.x)
    assert all(0 <= bar.x < found.width for series in found.series for bar in series.bars)


def test_shows_days_once_there_are_older_ones():
    made = first_day(builders.onboarding())
    for ago in (45, 3):
        counted(made, "day", hour(24 * ago), created=ago)
    found = over_time(made)
    assert found is not None
    assert (found.by_hour, [counts for _at, counts in found.rows]) == (False, [[3], [45]])
    assert (found.begin.date(), found.last.date()) == (hour(24 * 45).date(), hour().date())


def test_shows_nothing_where_nothing_was_counted_and_of_what_was_asked_for_only():
    made = builders.onboarding()
    assert over_time(made) is None
    counted(made, "hour", hour(), removed=4)
    assert over_time(made, ("created", "failed")) is None


def test_reads_once_however_much_there_is(django_assert_num_queries, monkeypatch):
    made, now = builders.onboarding(), clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)  # the clock may ask the database, too
    for ago in range(40):
        counted(made, "hour", hour(ago), created=ago + 1)
        counted(made, "day", hour(24 * ago), created=ago + 1)
    with django_assert_num_queries(1):
        over_time(made)


def test_stands_on_the_customers_page_while_the_first_cycle_runs_and_when_live():
    made = first_day(stand(builders.onboarding(), "initial_cycle", RUNNING))
    Onboarding.objects.update(log_watermark=hour())
    page = builders.signed_in("alice").get(reverse("record", args=[made.pk])).content.decode()
    assert "most in an hour: 1,200" in " ".join(page.split())
    assert [int(re.sub(r"\D", "", cell)) for cell in re.findall(r"<td>([\d,]+)</td>", page)] == [
        0,
        7,
        0,
        400,
        5,
        0,
        1200,
        0,
        3,
    ]
    assert "Newest report of Microsoft:" in page
    assert 'aria-hidden="true"' in page[page.index("over-time__bars") :][:300]


def test_tells_the_admin_the_same_with_fewer_kinds(visitor, invitation):
    visitor.go_all_the_way(invitation)
    made = first_day(invitation.onboarding)
    Rollup.objects.filter(onboarding=made).update(removed=6)
    Onboarding.objects.update(in_haiilo=1600)
    page = " ".join(visitor.client.get(reverse("progress")).content.decode().split())
    assert "most in an hour: 1,200" in page
    assert "most in an hour: 3" in page
    assert "Removed" not in page
