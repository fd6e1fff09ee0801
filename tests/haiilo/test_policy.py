"""When Haiilo may be asked with a customer's token."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from onboarding.haiilo import Circumstances, MayAsk, may_ask

HOST = "contoso.smarpshare.com"
SET_UP = Circumstances(switched_on=True, host=HOST, host_is_haiilos=True, token_for=HOST)
KEPT = replace(SET_UP, live=True, staff_agreed=True, customer_agreed=True)


@pytest.mark.parametrize("now", [SET_UP, KEPT])
def test_asks_during_the_set_up_and_where_both_agreed_to_keep_a_token(now: Circumstances):
    assert may_ask(now) is MayAsk.YES


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({"switched_on": False}, MayAsk.SWITCHED_OFF),
        ({"closed": True}, MayAsk.CLOSED),
        ({"host_is_haiilos": False}, MayAsk.NOT_HAIILOS),
        ({"host": "", "token_for": ""}, MayAsk.NOT_HAIILOS),
        ({"token_for": ""}, MayAsk.NO_TOKEN),
        ({"token_for": "old.smarpshare.com"}, MayAsk.OTHER_HOST),
    ],
)
@pytest.mark.parametrize("now", [SET_UP, KEPT])
def test_does_not_ask_otherwise(now: Circumstances, changed: dict[str, object], answer: MayAsk):
    assert may_ask(replace(now, **changed)) is answer  # type: ignore[arg-type]  # the values are of the table above


def test_takes_no_half_agreement_after_go_live():
    for staff, customer in product([True, False], repeat=2):
        now = replace(KEPT, staff_agreed=staff, customer_agreed=customer)
        assert may_ask(now) is (MayAsk.YES if staff and customer else MayAsk.NOT_AGREED)
