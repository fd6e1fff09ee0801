"""A visit to a live customer asks for all it needs in one batch; where Microsoft does not answer there, one by one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Sum

from devtools.stack.sandbox_control import SandboxTenant
from onboarding.engine import reading_ahead
from onboarding.models import Onboarding, StepState, clock

from .conftest import answer_all, look

pytestmark = pytest.mark.django_db

SECRETS, LOG = "/synchronization/secrets", "/auditLogs/provisioning"


@pytest.fixture
def made(consented: Onboarding, far: SandboxTenant) -> Onboarding:
    """A live customer."""
    return answer_all(consented, far)


def visit(made: Onboarding, *stale: str) -> int:
    """How many requests one visit sends that reads these steps."""
    StepState.objects.filter(onboarding=made).update(checked_at=clock.now())
    StepState.objects.filter(onboarding=made, key__in=stale or ["live"]).update(checked_at=None)
    before = _sent(made)
    look(made)
    assert set(made.steps.values_list("kind", flat=True)) == {"done"}
    return _sent(made) - before


def _sent(made: Onboarding) -> int:
    return int(StepState.objects.filter(onboarding=made).aggregate(sent=Sum("graph_calls"))["sent"])


def test_asks_for_job_settings_and_log_in_one_request(made, far):
    before = len(far.journal(kind="graph"))
    assert visit(made) == 1
    asked = [line["path"] for line in far.journal(kind="graph")[before:]]
    assert sum(LOG in path for path in asked) == sum(path.endswith(SECRETS) for path in asked) == 1
    assert asked[-1] == "/$batch"
    assert len(asked) == 4


def test_asks_for_the_mapping_in_the_same_request(made):
    assert visit(made, "mappings", "live") == 1


def test_reads_the_mapping_of_a_live_customer_every_hour(made):
    visit(made)
    hour_ago = clock.now() - timedelta(hours=1)
    StepState.objects.filter(onboarding=made, key="mappings").update(checked_at=hour_ago)
    look(made)
    assert made.steps.get(key="mappings").checked_at > hour_ago + timedelta(minutes=50)


@pytest.mark.parametrize(
    ("setting", "first"),
    [("item_refused", 1 + 3), ("batch_refused", 1 + 3)],
)
def test_asks_one_by_one_for_a_day_where_a_batch_is_not_answered(made, far, setting, first):
    far.answer_as(batch_provisioning=setting)
    assert visit(made) == first
    assert set(made.asked_alone) == {"job", "secrets", reading_ahead.LOG}
    assert visit(made) == 3
    made.asked_alone = dict.fromkeys(made.asked_alone, (clock.now() - reading_ahead.ALONE_FOR).isoformat())
    made.save()
    far.answer_as(batch_provisioning="answered")
    assert visit(made) == 1


def test_a_refusal_that_is_also_given_outside_says_nothing_about_batches(made, far):
    far.answer_as(secrets_shown="refused")
    assert visit(made) == 2
    assert made.asked_alone == {}


def test_a_throttled_part_concerns_its_own_call_alone(made, far):
    """How long that call waits first: tests/graphclient/test_memo.py."""
    far.chaos(throttle_next={"method": "GET", "path_ends": LOG})
    before = len(far.journal(kind="graph"))
    assert visit(made) == 2
    asked = [line["path"] for line in far.journal(kind="graph")[before:]]
    assert sum(LOG in path for path in asked) == 2
    assert sum(path.endswith(SECRETS) for path in asked) == 1
    assert made.asked_alone == {}


def test_the_job_does_not_wait_for_a_slow_log_again(made, far):
    far.chaos(lose_next=[{"method": "POST", "path_ends": "/$batch"}] * 2)
    StepState.objects.filter(onboarding=made, key="live").update(checked_at=None)
    look(made)
    assert set(made.asked_alone) == {reading_ahead.LOG}
    assert visit(made) == 2  # job and settings in a batch, and the log
