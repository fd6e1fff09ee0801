"""Why one is stuck, told from the live systems: right, without a write, and without names unless they are asked for."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core import serializers
from django.core.management import CommandError, call_command
from django.db import connection

from devtools.stack.sandbox_control import SandboxTenant
from onboarding.customers import answers, read_only
from onboarding.engine import ledger
from onboarding.engine.inspection import WriteAttempted, only_selects
from onboarding.models import ConsentAttempt, Onboarding
from onboarding.steps import STEPS
from tests import builders
from tests.narrow import present

from .conftest import answer_all, customer_of, look

pytestmark = pytest.mark.django_db
ADMIN = "Eva Berg"


def explain(customer, **options) -> str:
    out = StringIO()
    call_command("explain", str(customer), stdout=out, **options)
    return out.getvalue()


def told(made, **options):
    return json.loads(explain(made.pk, json=True, **options))


def rows() -> str:
    """Every row of ours."""
    tables = apps.get_app_config("onboarding").get_models()
    return "\n".join(serializers.serialize("json", table._default_manager.order_by("pk")) for table in tables)


def enter_token(made, far) -> None:
    answers.answer(
        made,
        "connection",
        actor=builders.owner_of(made),
        answer={"token_saved": True},
        secrets={"scim_token": far["scim_token"]},
    )


@pytest.fixture
def connecting(consented: Onboarding, far: SandboxTenant) -> Onboarding:
    """A customer whose token has not been entered."""
    return answer_all(consented, far, until="connection")


@pytest.fixture
def live(consented: Onboarding, far: SandboxTenant) -> Onboarding:
    return answer_all(consented, far)


def test_tells_each_step_up_to_the_one_that_is_not_done(connecting):
    found = told(connecting)
    assert [step["key"] for step in found["steps"]] == [step.key for step in STEPS[:5]]
    assert [step["verdict"] for step in found["steps"]] == ["done"] * 4 + ["asking"]
    last = found["steps"][-1]
    assert (last["code"], last["court"], last["next"]) == ("token_needed", "cs", "in 30 min")
    assert last["why"] == str(builders.state(connecting, "connection").sentence)
    assert last["desired"]["done_when"].startswith("Done when the job is there")
    assert last["found"]["jobs"] == []
    assert found["not_reached"] == [step.key for step in STEPS[5:]]


def test_sees_what_has_changed_since_the_engine_looked_last(connecting, far):
    far.revoke()
    for attempt in ConsentAttempt.objects.all():
        attempt.granted_at = present(attempt.granted_at) - timedelta(hours=1)
        attempt.save()
    found = told(connecting)
    assert [step["key"] for step in found["steps"]] == ["customer", "consent"]
    assert found["steps"][-1]["code"] == "access_lost"
    assert found["steps"][-1]["recorded"]["verdict"] == "done"


def test_shows_the_plan_and_whether_it_was_approved(consented, far):
    made = answer_all(consented, far, until="mappings")
    plan = told(made, step="mappings")["steps"][0]["plan"]
    assert plan["fingerprint"] == builders.state(made, "mappings").plan["fingerprint"]
    assert (plan["approved"], plan["applied_by_the_next_run"]) == (False, False)
    assert [change["key"] for change in plan["changes"]] == ["back_up_mapping", "write_mapping"]
    assert plan["changes"][1]["details"]


def forget_the_tests(made):
    """As if no test of what is stored had succeeded lately."""
    connection, enable = builders.state(made, "connection"), builders.state(made, "enable")
    connection.evidence["tested_at"] = None
    for entry in enable.intents.values():
        entry.get("result", {}).pop("tested_at", None)
    connection.save()
    enable.save()


def test_asks_for_no_test_that_succeeded_some_minutes_ago(live, far):
    before = len(far.journal())
    assert {step["verdict"] for step in told(live)["steps"]} == {"done"}
    assert [line["path"] for line in far.journal()[before:] if line["path"].endswith("/validateCredentials")] == []


def test_writes_nothing_in_the_tenant_but_lets_microsoft_test_what_is_saved(live, far):
    """The test is a POST that changes nothing; the step Connection makes it where the last one is some minutes old."""
    forget_the_tests(live)
    before = len(far.journal())
    assert {step["verdict"] for step in told(live)["steps"]} == {"done"}
    sent = [line for line in far.journal()[before:] if line["kind"] == "graph" and "/$batch" not in line["path"]]
    posts = [line["path"] for line in sent if line["method"] != "GET"]
    assert len(sent) > 10
    assert len(posts) == 1
    assert posts[0].endswith("/validateCredentials")


def test_sends_nothing_but_reads_in_read_only_mode(registered, live, far):
    link = read_only.enter(live, actor=builders.owner_of(live))[0]
    far.consent(client_id=link.size.client_id)
    builders.granted(live, far.id, link=link)
    ledger.make_stale(live.pk, "read_only")
    look(live)
    before = len(far.journal())
    found = told(live)
    assert (found["steps"][0]["key"], found["steps"][0]["code"]) == ("read_only", "setup_still_there")
    assert {step["verdict"] for step in found["steps"][1:]} == {"done"}
    sent = [line for line in far.journal()[before:] if line["kind"] == "graph" and "/$batch" not in line["path"]]
    assert {line["method"] for line in sent} == {"GET"}


def test_tells_what_microsoft_answers_where_it_cannot_be_read(connecting, far):
    far.switch(F5=True)
    last = told(connecting)["steps"][-1]
    assert last["key"] == "readiness"
    assert last["verdict"] in ("waiting", "asking")
    assert last["found"]["refused"] is True


@pytest.mark.parametrize("until", ["connection", ""])
def test_writes_no_row(consented, far, until):
    made = answer_all(consented, far, until=until)
    Onboarding.objects.filter(pk=made.pk).update(next_run_at=made.created_at)
    before = rows()
    explain(made.pk)
    assert rows() == before


def test_is_given_selects_only(connecting):
    before = list(connection.execute_wrappers)
    with pytest.raises(WriteAttempted), only_selects():
        Onboarding.objects.update(state="open")
    assert connection.execute_wrappers == before


@pytest.mark.parametrize(("state", "next_run"), [("paused", "resumes"), ("closed", "never")])
def test_works_while_nothing_runs(connecting, state, next_run):
    Onboarding.objects.filter(pk=connecting.pk).update(state=state)
    found = told(connecting)
    assert next_run in found["next_run"]
    assert found["steps"][-1]["code"] == "token_needed"


def test_hides_names_unless_they_are_asked_for(live, far):
    people = [far["pilot"]["user_name"], far["pilot"].get("display_name", ADMIN), ADMIN]
    for as_json in (True, False):
        hidden = explain(live.pk, json=as_json)
        assert [name for name in people if name in hidden] == []
        assert "hidden" in hidden
        shown = explain(live.pk, json=as_json, with_names=True)
        assert [name for name in people if name not in shown] == []


def test_never_shows_the_token(connecting, far):
    enter_token(connecting, far)
    shown = explain(connecting.pk, with_names=True)
    assert far["scim_token"] not in shown
    assert "entered, not saved at Microsoft yet" in shown


def test_tells_as_text_what_stands_in_the_way(connecting):
    text = explain(connecting.customer.name.upper())
    assert f"onboarding {connecting.pk}: open, at connection asking (cs)" in text
    assert "connection: asking token_needed (who acts: cs)" in text
    assert "Not looked at while an earlier step is not done: mappings, scope" in text


def test_reads_a_customer_who_has_no_tenant_yet(far):
    made = customer_of(far)
    assert [step["verdict"] for step in told(made)["steps"]] == ["done", "asking"]


def test_says_that_the_secret_cannot_be_decrypted(connecting, far, settings):
    enter_token(connecting, far)
    settings.ENCRYPTION_KEYS = ["MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="]
    text = explain(connecting.pk)
    assert "ENCRYPTION_KEYS lacks the key" in text
    assert "connection: asking token_unreadable (who acts: haiilo)" in text


def test_names_the_nearest_customers_for_a_name_that_nobody_has(wired):
    builders.onboarding(name="Contoso")
    with pytest.raises(CommandError, match=r"There is no customer “Contosso”\. Nearest: \d+ Contoso\."):
        explain("Contosso")
    with pytest.raises(CommandError, match=r"There is no customer “9999999”\.$"):
        explain("9999999")


def test_lists_the_customers_that_a_name_fits(wired):
    first, second = builders.onboarding(name="Nordwind Ost"), builders.onboarding(name="Nordwind West")
    with pytest.raises(CommandError, match=f"fits 2 customers.*{first.pk} Nordwind Ost.*{second.pk} Nordwind West"):
        explain("nordwind")


def test_cuts_a_long_list_of_customers(wired):
    for number in range(25):
        builders.onboarding(name=f"Nordwind {number}")
    with pytest.raises(CommandError, match=r"fits 25 customers\..*Nordwind 19 \(Advocacy\); …\.$"):
        explain("nordwind")


@pytest.mark.parametrize("nothing", ["", "  "])
def test_asks_for_a_name_where_none_is_given(wired, nothing):
    with pytest.raises(CommandError, match=r"^Give a customer's name"):
        explain(nothing)


def test_names_the_steps_for_one_that_does_not_exist(wired):
    with pytest.raises(CommandError, match=r"There is no step “connexion”\. The steps are: customer, consent"):
        explain("anybody", step="connexion")
