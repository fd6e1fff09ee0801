"""People of a live customer who failed are tried again one by one, by a yes of staff that names them."""

from __future__ import annotations

import pytest

from onboarding.customers import trying_again
from onboarding.customers.base import Refused
from onboarding.domain.standings import Standing
from onboarding.models import Approval, Event
from onboarding.steps.live import trying
from onboarding.steps.shared import attempts
from tests import builders
from tests.conftest import another_sandbox

from .conftest import answer_all, look

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def sandbox():
    """What Microsoft says on demand is newer than its log only where no test has moved its clock."""
    with another_sandbox() as made:
        yield made


@pytest.fixture
def with_a_failure(consented, far):
    """A live customer one of whose people has a country that no group at Haiilo has."""
    far.change_user(newcomer(far), assigned=True, country="Atlantis")
    made = answer_all(consented, far)
    assert made.state == "live"
    assert [each.user_name for each in failed(made)] == [newcomer(far)]
    return made


def newcomer(far):
    return str(far["unassigned"]["user_name"])


def next_look(made):
    made.steps.filter(key="live").update(checked_at=None)
    return look(made)


def failed(made):
    return list(made.people.filter(standing=Standing.FAILED))


def runs(far):
    return len(far.graph_calls("POST", "/provisionOnDemand"))


def try_them(made):
    return trying_again.try_people(made, failed(made), actor=builders.owner_of(made))


def test_writes_whoever_was_asked_for_and_tells_it(with_a_failure, far):
    far.change_user(newcomer(far), country="Germany")
    before = runs(far)
    assert try_them(with_a_failure) == 1
    made = look(with_a_failure)
    assert runs(far) == before + 1
    assert failed(made) == []
    assert made.people.get(user_name=newcomer(far)).standing == Standing.ARRIVED
    assert builders.state(made, "live").kind == "done"
    assert not Approval.objects.open().filter(onboarding=made).exists()
    [told] = Event.objects.filter(onboarding=made, kind="applied", step="live")
    assert str(told.sentence) == "Have people who failed tried again, one by one."
    next_look(made)
    assert runs(far) == before + 1


def test_says_of_whom_it_does_not_help_that_they_still_fail(with_a_failure, far):
    before = runs(far)
    try_them(with_a_failure)
    made = look(with_a_failure)
    assert runs(far) == before + 1
    assert [each.user_name for each in failed(made)] == [newcomer(far)]
    next_look(made)
    assert runs(far) == before + 1


def test_keeps_only_what_came_of_the_newest_wish(with_a_failure, far):
    for _wish in range(3):
        try_them(with_a_failure)
        made = look(with_a_failure)
    kept = [name for name in builders.state(made, "live").intents if name.startswith(trying.TRY)]
    assert len(kept) == 2  # the newest by its own name, and by that of its kind


def test_tries_nobody_unasked(with_a_failure, far):
    before = runs(far)
    next_look(next_look(with_a_failure))
    assert runs(far) == before


def test_calls_a_person_who_is_gone_a_failure_of_theirs_and_not_of_the_job(with_a_failure, far):
    far.delete_user(newcomer(far))
    try_them(with_a_failure)
    made = look(with_a_failure)
    assert builders.state(made, "live").kind == "done"


def test_refuses_where_nobody_is_left(with_a_failure):
    with pytest.raises(Refused, match="Nobody is left"):
        trying_again.try_people(with_a_failure, [], actor=builders.owner_of(with_a_failure))


def test_refuses_before_the_customer_is_live(consented):
    with pytest.raises(Refused, match="once the customer is live"):
        trying_again.try_people(consented, [], actor=builders.owner_of(consented))


def test_tries_as_many_at_once_as_microsoft_takes(with_a_failure, far, settings):
    settings.PACE = 1.0
    [one] = failed(with_a_failure)
    before, others = runs(far), list(with_a_failure.people.exclude(pk=one.pk))
    several, actor = [one, *others], builders.owner_of(with_a_failure)
    assert trying_again.try_people(with_a_failure, several, actor=actor) == min(len(several), trying.MOST)
    made = look(with_a_failure)
    assert runs(far) - before == attempts.RUNS
    assert (builders.state(made, "live").kind, made.current_kind) == ("waiting", "waiting")
