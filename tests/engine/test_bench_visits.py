"""What the bench takes for a visit is one: its customers are live, and nothing but what is due is read."""

from __future__ import annotations

import pytest

from bench import product
from bench.inside import copies
from bench.inside.share import Share
from onboarding.models import Onboarding, StepState, TenantBinding
from tests.fixtures.graph_access import fresh_graph_access

from .conftest import answer_all

pytestmark = pytest.mark.django_db


def test_copies_of_a_live_customer_cost_a_visit_each(consented, far, settings):
    answer_all(consented, far)
    copies.make(2)
    made = Onboarding.objects.exclude(pk=consented.pk)
    assert [each.state for each in made] == ["live", "live"]
    assert TenantBinding.objects.values("tenant_id").distinct().count() == 3
    before = dict(StepState.objects.values_list("pk", "graph_calls"))
    with product.microsoft() as url:
        settings.SANDBOX_URL = url
        with fresh_graph_access():
            found = Share(1, 0, 1).take("cost", 3)
    assert found["requests"] == 1
    assert found["statements"] >= 4  # claim, row, steps and end
    assert found["ms"] > 0
    asked = {state.key for state in StepState.objects.all() if state.graph_calls != before[state.pk]}
    assert asked == {"live"}
    assert set(StepState.objects.filter(key="live").values_list("kind", flat=True)) == {"done"}
