"""A job that is deleted by hand is made anew by a yes, and everything behind it is looked at again, also where the
worker dies on the way.
"""

from __future__ import annotations

import pytest

from onboarding.engine import ledger
from onboarding.models import Event, Onboarding
from onboarding.steps.connection.evidence import ConnectionEvidence
from tests import builders

from .conftest import answer_all, delete_job, look

pytestmark = pytest.mark.django_db


class Crash(BaseException):
    """The worker dies here: nothing of it runs on, and nothing is said to anybody."""


@pytest.fixture
def without_a_job(consented, far):
    """A live customer whose job somebody has deleted."""
    made = answer_all(consented, far)
    assert made.state == "live"
    delete_job(made, far)
    ledger.make_stale(made.pk, ConnectionEvidence.step)
    return look(made)


def applied(made: Onboarding, step: str) -> int:
    return Event.objects.filter(onboarding=made, kind="applied", step=step).count()


@pytest.mark.parametrize("commits_first", ["settle_approval", "release_secret"])
def test_starts_the_new_job_where_the_worker_died_right_behind_the_verdict(
    without_a_job, far, monkeypatch, commits_first
):
    """What is doubted has to be kept together with the verdict that gives the reason: the next run sees no change."""
    started, does = applied(without_a_job, "enable"), getattr(ledger, commits_first)

    def dies(copy, key, *further):
        does(copy, key, *further)
        if copy.state(ConnectionEvidence.step).kind == "done":
            raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(ledger, commits_first, dies)
        with pytest.raises(Crash):
            answer_all(without_a_job, far)
    Onboarding.objects.filter(pk=without_a_job.pk).update(leased_until=None)
    without_a_job.refresh_from_db()
    assert builders.state(without_a_job, ConnectionEvidence.step).kind == "done"

    answer_all(without_a_job, far)
    assert without_a_job.state == "live"
    assert applied(without_a_job, "enable") == started + 1
