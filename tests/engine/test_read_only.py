"""After go-live we only watch: approved, verified with the other application, and the first one seen to be gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from devtools.stack.keys import CLIENT_ID, MONITOR_CLIENT_ID, SCOPED_CLIENT_ID
from devtools.stack.sandbox_control import SandboxTenant
from onboarding.customers import answers, base, read_only, records
from onboarding.customers.links import issue_link
from onboarding.domain import consent_sizes
from onboarding.engine import approvals, graph_access, ledger, reconcile
from onboarding.engine.load_desired import load_desired
from onboarding.invites import links
from onboarding.models import ConsentAttempt, Customer, Event, Link, Onboarding, ReadOnlyMode, StepState
from onboarding.models.onboarding import LeaseLost
from tests import builders
from tests.narrow import present

from .conftest import answer_all, by_hand, customer_of, look

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(registered: None, consented: Onboarding, far: SandboxTenant) -> Onboarding:
    """A customer whose people have arrived."""
    made = answer_all(consented, far)
    assert made.state == "live"
    return made


def offered(made):
    return read_only.enter(made, actor=builders.owner_of(made))[0]


def approve(made: Onboarding, far: SandboxTenant, link: Link) -> Onboarding:
    """The admin approves what the link asks for, at Microsoft and with us."""
    far.consent(client_id=link.size.client_id)
    builders.granted(made, far.id, link=link)
    ledger.make_stale(made.pk, "read_only")
    return look(made)


@pytest.fixture
def watched(live: Onboarding, far: SandboxTenant) -> Onboarding:
    """A live customer that we only watch; the set-up application is in the tenant still."""
    return approve(live, far, offered(live))


def row(made):
    return ReadOnlyMode.objects.get(onboarding=made)


def verdict(made):
    return builders.state(made, "read_only")


def all_anew(made):
    ledger.make_stale(made.pk)
    return look(made)


def age_consents(made, **how_long):
    for attempt in ConsentAttempt.objects.filter(link__onboarding=made):
        ConsentAttempt.objects.filter(pk=attempt.pk).update(
            granted_at=present(attempt.granted_at) - timedelta(**how_long)
        )


def since(far, before):
    """What was sent to Graph after the first `before` lines."""
    return [line for line in far.journal()[before:] if line["kind"] == "graph"]


def writes(lines):
    """Whatever could change something: a batch here carries GETs only."""
    return [
        (line["method"], line["path"]) for line in lines if line["method"] != "GET" and "/$batch" not in line["path"]
    ]


def test_asks_for_the_application_for_watching_by_a_link_of_its_own(live):
    link = offered(live)
    assert link.size is consent_sizes.MONITOR
    look(live)
    assert (verdict(live).kind, verdict(live).code) == ("asking", "link_sent")
    assert live.size is consent_sizes.STANDARD
    assert live.state == "live"
    assert live.current_kind == "done"


def test_watches_once_the_other_application_has_all_permissions_and_reads_the_job(watched):
    assert row(watched).reads_only_since is not None
    assert row(watched).removed_at is None
    found = verdict(watched)
    assert (found.kind, found.code, found.court) == ("asking", "setup_still_there", "customer")
    assert found.offers == {"name": "Haiilo onboarding", "client_id": CLIENT_ID}
    desired = load_desired(watched.pk)
    assert desired.size is consent_sizes.MONITOR
    assert graph_access.TenantSession(desired).client_id == MONITOR_CLIENT_ID
    assert Event.objects.filter(onboarding=watched, kind="read_only").count() == 2


def test_judges_every_step_with_what_may_be_read(watched, far):
    """Those steps too that test a token, run a person or begin a plan while we may write."""
    before = len(far.journal())
    all_anew(watched)
    assert {state.kind for state in watched.steps.exclude(key="read_only")} == {"done"}
    assert watched.current_key == "live"
    seen = builders.state(watched, "readiness").evidence
    assert seen["permissions"] == dict.fromkeys(consent_sizes.MONITOR.names, True)
    lines = since(far, before)
    assert {line["client_id"] for line in lines} == {MONITOR_CLIENT_ID}
    assert len(lines) > 10
    assert writes(lines) == []
    found = graph_access.TenantSession(load_desired(watched.pk)).graph.service_principals.named("Haiilo")
    assert {CLIENT_ID, MONITOR_CLIENT_ID} <= {app.app_id for app in found}
    assert seen["candidates"] == 1, "neither of our own applications is taken for the customer's"


def test_believes_the_removal_only_as_long_as_microsoft_refuses_the_set_up_application(watched, far):
    all_anew(watched)
    assert row(watched).removed_at is None
    far.revoke(CLIENT_ID)
    all_anew(watched)
    assert row(watched).removed_at is not None
    assert verdict(watched).kind == "done"
    assert verdict(watched).evidence == {"ended": False, "removed": True}
    assert (watched.state, watched.current_key, watched.current_kind) == ("live", "live", "done")
    far.consent(client_id=CLIENT_ID)
    all_anew(watched)
    assert row(watched).removed_at is None
    assert verdict(watched).code == "setup_still_there"
    assert load_desired(watched.pk).size is consent_sizes.MONITOR


def test_watches_also_where_the_set_up_application_went_first(live, far):
    link = offered(live)
    far.revoke(CLIENT_ID)
    approve(live, far, link)
    assert row(live).reads_only_since is not None
    assert row(live).removed_at is not None
    assert {state.kind for state in live.steps.all()} == {"done"}


def test_waits_for_half_a_consent_then_names_what_is_missing_and_goes_on(live, far):
    far.switch(F4=True)
    approve(live, far, offered(live))
    assert verdict(live).kind == "waiting"
    age_consents(live, minutes=20)
    ReadOnlyMode.objects.update(asked_at=timezone.now() - timedelta(hours=1))
    all_anew(live)
    found = verdict(live)
    assert (found.kind, found.code, found.court) == ("asking", "permissions_missing", "customer")
    assert found.offers["missing"] == list(consent_sizes.MONITOR.names[3:])
    assert live.size is consent_sizes.STANDARD
    assert row(live).reads_only_since is None
    far.switch(F4=False)
    approve(live, far, offered(live))
    assert row(live).reads_only_since is not None


def test_waits_out_the_spreading_of_a_consent_and_never_looks_sooner_with_the_new_application(live, far):
    link = offered(live)
    builders.granted(live, far.id, link=link)
    all_anew(live)
    assert verdict(live).kind == "waiting"
    assert live.size is consent_sizes.STANDARD
    assert {state.kind for state in live.steps.exclude(key="read_only")} == {"done"}
    age_consents(live, minutes=20)
    ReadOnlyMode.objects.update(asked_at=timezone.now() - timedelta(hours=1))
    all_anew(live)
    assert (verdict(live).kind, verdict(live).code) == ("asking", "consent_missing")


def test_never_takes_an_approval_from_another_tenant(live, far):
    link = offered(live)
    far.consent(client_id=MONITOR_CLIENT_ID)
    builders.granted(live, "2f1b7c52-6a0f-4e0a-8c5d-0d51a4c1a001", link=link)
    all_anew(live)
    assert verdict(live).code == "wrong_tenant"
    assert row(live).reads_only_since is None


def test_takes_no_older_approval_for_the_one_that_was_asked_for(watched, far):
    up(watched, far)
    offered(watched)
    all_anew(watched)
    assert row(watched).reads_only_since is None
    assert verdict(watched).code == "link_sent"


def test_calls_it_access_lost_when_the_application_for_watching_is_removed(watched, far):
    far.revoke(CLIENT_ID)
    all_anew(watched)
    far.revoke(MONITOR_CLIENT_ID)
    age_consents(watched, minutes=20)
    all_anew(watched)
    found = builders.state(watched, "consent")
    assert (watched.current_key, found.kind, found.code, found.court) == (
        "consent",
        "asking",
        "access_lost",
        "customer",
    )
    assert load_desired(watched.pk).size is consent_sizes.MONITOR
    link, _token = issue_link(watched, actor=builders.owner_of(watched))
    assert link.size is consent_sizes.MONITOR
    approve(watched, far, link)
    all_anew(watched)
    assert (watched.current_key, watched.current_kind) == ("live", "done")


def drift(far):
    """Somebody switches groups on in the portal."""
    job = far.jobs()[0]
    sync = by_hand(far).synchronization
    document = sync.schema(job["service_principal_id"], job["id"])
    for mapping in document["synchronizationRules"][0]["objectMappings"]:
        mapping["enabled"] = True
    sync.put_schema(job["service_principal_id"], job["id"], document)


def test_plans_but_never_repairs_while_it_only_watches(watched, far):
    drift(far)
    before = len(far.journal())
    all_anew(watched)
    state = builders.state(watched, "mappings")
    assert state.kind == "todo"
    with pytest.raises(base.Refused):
        answers.approve_plan(
            watched, "mappings", actor=builders.owner_of(watched), fingerprint=state.plan["fingerprint"]
        )
    approvals.approve(watched.pk, "mappings", state.plan, actor=builders.owner_of(watched))
    all_anew(watched)
    assert builders.state(watched, "mappings").kind == "todo"
    assert writes(since(far, before)) == []


def test_changes_nothing_by_itself_after_a_pause(watched, far):
    records.pause(watched, actor=builders.owner_of(watched))
    records.resume(watched, actor=builders.owner_of(watched))
    drift(far)
    before = len(far.journal())
    all_anew(watched)
    assert writes(since(far, before)) == []


def test_takes_no_answer_that_would_lead_to_a_change(watched):
    for step in ("sso_application", "connection", "mappings", "pilot", "enable"):
        with pytest.raises(base.Refused):
            answers.answer(watched, step, actor=builders.owner_of(watched), answer={"person": "x"})


def test_keeps_the_size_of_the_record_as_it_is_meanwhile(live):
    offered(live)
    with pytest.raises(base.Refused):
        records.update_customer(live, actor=builders.owner_of(live), consent_size="scoped")
    records.update_customer(live, actor=builders.owner_of(live), name="Renamed")
    assert Customer.objects.get(pk=live.customer_id).consent_size == "standard"


def up(made, far):
    """The admin lets us set up again."""
    link, _token = read_only.leave(made, actor=builders.owner_of(made))
    return approve(made, far, link)


def test_sets_up_again_once_the_admin_has_approved_that(watched, far):
    drift(far)
    far.revoke(CLIENT_ID)
    all_anew(watched)
    link, _token = read_only.leave(watched, actor=builders.owner_of(watched))
    assert link.size is consent_sizes.STANDARD
    look(watched)
    assert load_desired(watched.pk).size is consent_sizes.MONITOR
    plan = builders.state(watched, "mappings").plan
    approvals.approve(watched.pk, "mappings", plan, actor=builders.owner_of(watched))
    approve(watched, far, link)
    assert row(watched).ended_at is not None
    assert load_desired(watched.pk).size is consent_sizes.STANDARD
    assert builders.state(watched, "mappings").kind == "todo"
    plan = builders.state(watched, "mappings").plan
    answers.approve_plan(watched, "mappings", actor=builders.owner_of(watched), fingerprint=plan["fingerprint"])
    look(watched)
    assert builders.state(watched, "mappings").kind == "done"
    again = approve(watched, far, offered(watched))
    assert row(again).reads_only_since is not None


def test_asks_to_be_made_an_owner_again_where_the_size_reaches_only_what_we_own(registered, far):
    far.consent(client_id=SCOPED_CLIENT_ID)
    made = customer_of(far)
    Customer.objects.filter(pk=made.customer.pk).update(consent_size="scoped")
    made.refresh_from_db()
    look(made)
    builders.granted(made, far.id)
    far.own(SCOPED_CLIENT_ID)
    made = answer_all(made, far)
    approve(made, far, offered(made))
    far.revoke(SCOPED_CLIENT_ID)
    all_anew(made)
    assert row(made).removed_at is not None
    up(made, far)
    assert load_desired(made.pk).size is consent_sizes.SCOPED
    assert (made.current_key, builders.state(made, "readiness").code) == ("readiness", "not_owner")


def test_takes_an_offer_back_with_its_links(live):
    link = offered(live)
    read_only.take_back(live, actor=builders.owner_of(live))
    link.refresh_from_db()
    assert link.condition() == "revoked"
    look(live)
    assert (row(live).is_open, live.size) == (False, consent_sizes.STANDARD)
    assert not StepState.objects.filter(onboarding=live, key="read_only").exclude(kind="new").exists()


def test_goes_on_watching_when_the_wish_to_set_up_is_taken_back(watched):
    link, _token = read_only.leave(watched, actor=builders.owner_of(watched))
    read_only.take_back(watched, actor=builders.owner_of(watched))
    link.refresh_from_db()
    assert link.condition() == "revoked"
    look(watched)
    assert (row(watched).is_active, row(watched).leave_asked_at) == (True, None)
    with pytest.raises(base.Refused):
        read_only.take_back(watched, actor=builders.owner_of(watched))


def test_has_links_open_for_one_application_at_a_time(live):
    set_up = links.make(live.contacts.get(), actor=None)[0]
    offered(live)
    set_up.refresh_from_db()
    assert set_up.condition() == "revoked"
    assert list(Link.objects.open().filter(onboarding=live).values_list("consent_size", flat=True)) == ["monitor"]


def test_makes_every_link_for_what_has_to_be_approved_now(live, far):
    def size_of_a_link():
        live.refresh_from_db()
        return issue_link(live, actor=builders.owner_of(live))[0].size

    assert size_of_a_link() is consent_sizes.STANDARD
    link = offered(live)
    assert size_of_a_link() is consent_sizes.MONITOR
    Onboarding.objects.filter(pk=live.pk).update(current_key="consent")
    assert size_of_a_link() is consent_sizes.STANDARD
    Onboarding.objects.filter(pk=live.pk).update(current_key="live")
    approve(live, far, link)
    assert size_of_a_link() is consent_sizes.MONITOR
    read_only.leave(live, actor=builders.owner_of(live))
    assert size_of_a_link() is consent_sizes.STANDARD


def test_offers_nothing_where_it_is_not_registered_or_not_live(live, settings, far):
    Onboarding.objects.filter(pk=live.pk).update(current_kind="broken")
    with pytest.raises(base.Refused):
        offered(live)
    Onboarding.objects.filter(pk=live.pk).update(current_kind="done")
    settings.ENTRA_MONITOR_CLIENT_ID = ""
    with pytest.raises(base.Refused):
        offered(live)
    assert not ReadOnlyMode.objects.exists()


def test_leaves_what_it_saw_when_the_lease_is_lost(watched, far):
    far.revoke(CLIENT_ID)
    lease = Onboarding.objects.claim(watched.pk)
    if lease is None:
        Onboarding.objects.filter(pk=watched.pk).update(next_run_at=timezone.now())
        lease = builders.claimed(watched.pk)
    visit = reconcile.Reconciliation(lease)
    Onboarding.objects.filter(pk=watched.pk).update(lease_token=lease.token + 1)
    with pytest.raises(LeaseLost):
        visit.run()
    assert row(watched).removed_at is None
