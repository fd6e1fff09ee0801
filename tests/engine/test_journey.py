import pytest

from onboarding.customers import answers, base, links, proposals
from onboarding.models import Onboarding, Person, Proposal, TenantBinding
from onboarding.steps.sso_application.evidence import service_principal_id
from tests import builders
from tests.narrow import present

from .conftest import answer_all, customer_of, look, until_quiet

pytestmark = pytest.mark.django_db


def test_resolves_the_expected_tenant_before_any_link_goes_out(far):
    made = look(customer_of(far))
    assert builders.state(made, "customer").evidence["tenant_id"] == far.id
    assert (made.current_key, made.current_kind, made.current_court) == ("consent", "asking", "cs")


def test_goes_from_consent_to_live_and_everybody_in_scope_is_in_haiilo(consented, far):
    answer_all(consented, far)
    assert (consented.state, consented.current_key, consented.current_kind) == ("live", "live", "done")
    scope = far["scope"]
    assert len(far.arrived()) == scope["direct"] + scope["by_group"] + scope["guests"]
    created = Person.objects.filter(onboarding=consented, result="created").count()
    assert created == len(far.arrived())
    assert len(far.jobs()) == 1


def test_changes_nothing_in_the_tenant_before_a_person_approved_the_plan(consented, far):
    answer_all(consented, far, until="mappings")
    assert builders.state(consented, "mappings").kind == "todo"
    assert far.graph_calls("PUT", "/schema") == []


def test_writes_below_the_chosen_application_only(consented, far):
    answer_all(consented, far)
    journal = far.journal()
    written = [
        line["path"]
        for line in journal
        if line["kind"] == "graph" and line["method"] not in ("GET", "HEAD") and "$batch" not in line["path"]
    ]
    assert written
    assert all(f"/servicePrincipals/{far['service_principal_id']}/" in path for path in written)


def test_makes_no_second_job_when_the_answer_to_the_first_was_lost(consented, far):
    answer_all(consented, far, until="connection")
    far.chaos(lose_next={"method": "POST", "path_ends": "/synchronization/jobs"})
    answer_all(consented, far)
    assert len(far.jobs()) == 1
    assert consented.state == "live"


def test_asks_the_customer_again_when_access_was_revoked_and_goes_on_from_the_same_step(consented, far):
    answer_all(consented, far, until="mappings")
    far.revoke()
    answers.recheck(consented, actor=builders.owner_of(consented))
    from datetime import timedelta

    from onboarding.models import ConsentAttempt

    for attempt in ConsentAttempt.objects.all():
        attempt.granted_at = present(attempt.granted_at) - timedelta(hours=1)
        attempt.save()
    look(consented)
    assert (consented.current_key, consented.current_court) == ("consent", "customer")
    assert builders.state(consented, "consent").code == "access_lost"
    far.consent()
    builders.granted(consented, far.id)
    until_quiet(consented, far)
    assert consented.current_key == "mappings"


def test_never_binds_a_tenant_that_belongs_to_another_customer(consented, far):
    until_quiet(consented, far)
    assert TenantBinding.objects.get().onboarding == consented
    twin = builders.onboarding(haiilo_host="twin.smarpshare.com", domains=[far["domain"]])
    link, _token = links.issue_link(twin, actor=builders.owner_of(twin))
    builders.granted(twin, far.id, link=link)
    look(twin)
    assert (twin.current_key, builders.state(twin, "customer").code) == ("customer", "tenant_shared")
    with pytest.raises(base.Refused):
        links.issue_link(twin, actor=builders.owner_of(twin))
    look(twin)
    assert TenantBinding.objects.count() == 1


def set_up(far):
    """The jobs as they were set up; what each has run by itself since changes with time."""
    return [{name: value for name, value in job.items() if name != "status"} for job in far.jobs()]


def test_sets_up_two_records_in_one_tenant_once_two_people_agree_each_with_its_own_application(consented, far):
    """Public case 14."""
    answer_all(consented, far)
    before = set_up(far), len(far.graph_calls("PUT", ""))
    twin = look(builders.onboarding(name="Twin", haiilo_host="twin.smarpshare.com", domains=[far["domain"]]))
    row = proposals.propose(
        twin, Proposal.Kind.SHARING, {"tenant_id": far.id}, actor=builders.owner_of(twin), reason="Both are theirs."
    )
    builders.portfolio(builders.person("bob"))
    proposals.approve(row, actor=builders.person("bob"))
    look(twin)
    assert twin.current_key == "consent"
    builders.granted(twin, far.id)
    until_quiet(twin, far)
    assert TenantBinding.objects.get(onboarding=twin).shared
    # The one application that there is belongs to the first record, which goes on undisturbed.
    assert (twin.current_key, builders.state(twin, "sso_application").code) == ("sso_application", "cannot_provision")
    assert (set_up(far), len(far.graph_calls("PUT", ""))) == before
    assert look(consented).state == "live"
    assert TenantBinding.objects.get(onboarding=consented).application_id == far["service_principal_id"]


def test_never_binds_when_somebody_signed_in_from_another_tenant(far, tenant_at):
    stranger = tenant_at()
    stranger.consent()
    made = look(customer_of(far))
    builders.granted(made, stranger.id)
    look(made)
    assert builders.state(made, "consent").code == "wrong_tenant"
    assert not TenantBinding.objects.exists()


def test_waits_as_long_as_microsoft_says_when_it_is_throttled(consented, far):
    until_quiet(consented, far)
    far.chaos(throttle=20)
    answers.recheck(consented, actor=builders.owner_of(consented))
    look(consented)
    assert consented.current_kind == "waiting"
    far.chaos(throttle=0)
    until_quiet(consented, far)
    assert consented.current_kind == "asking"


def test_shows_what_was_changed_by_hand_on_a_live_tenant_and_repairs_nothing(consented, far):
    answer_all(consented, far)
    [job] = far.jobs()
    puts = len(far.graph_calls("PUT", "/schema"))
    from onboarding.engine.graph_access import TenantSession
    from onboarding.engine.load_desired import load_desired

    desired = load_desired(consented.pk)
    graph = TenantSession(desired).graph
    document = graph.synchronization.schema(service_principal_id(desired), job["id"])
    for rule in document["synchronizationRules"]:
        for mapping in rule["objectMappings"]:
            mapping["enabled"] = True
    graph.synchronization.put_schema(service_principal_id(desired), job["id"], document)
    answers.recheck(consented, actor=builders.owner_of(consented))
    look(consented)
    assert builders.state(consented, "mappings").kind == "todo"
    assert len(far.graph_calls("PUT", "/schema")) == puts + 1
    assert Onboarding.objects.get(pk=consented.pk).state == "live"
