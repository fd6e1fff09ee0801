import pytest

from onboarding.domain.products import HOME
from onboarding.domain.scope_read import GroupRead, PersonRead, ScopeRead
from onboarding.domain.verdicts import Asking, Court, Done, Waiting
from onboarding.steps.scope.causes import CAUSES, Code
from onboarding.steps.scope.evidence import ScopeEvidence
from onboarding.steps.scope.form import GroupsForm
from onboarding.steps.scope.step import Facts, Scope, haiilos_groups
from tests.graphclient.graph_stub import Reply
from tests.narrow import instance
from tests.steps.facts import APP, CONNECTED, NOW, at_step, texts

SALES = GroupRead("g-1", "Sales")
NO_LICENCE = {"readiness": {"licence": "none"}}
ASSIGNED = Facts()


def judged(evidence=None, profile=None, **counts):
    """The verdict on a whole reading that counted this."""
    more = {"profile": profile} if profile else {}
    desired = at_step("scope", evidence=evidence or {}, scope_read=ScopeRead(is_whole=True, **counts), **more)
    return Scope().assess(desired, ASSIGNED)


def evidence_of(verdict):
    return instance(ScopeEvidence, instance(Done, verdict).evidence)


def test_takes_over_what_the_reading_has_counted():
    eva = PersonRead("eva", "Eva", "eva@nordwind.example")
    groups = (GroupRead("g-1", "Sales", 2), GroupRead("g-2", "All", 7))
    evidence = evidence_of(judged(direct=2, by_group=1, guests=1, groups=groups, sample=(eva,)))
    assert (evidence.total, evidence.direct, evidence.by_group, evidence.guests) == (3, 2, 1, 1)
    assert [group.members for group in evidence.groups] == [2, 7]
    assert [person.user_name for person in evidence.sample] == ["eva@nordwind.example"]


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ({"disabled": 1}, "1 assigned account is disabled"),
        ({"guests": 1}, "1 guest user is in scope"),
        ({"nested": 3, "nested_groups": 2}, "3 people are only in groups within assigned groups"),
        ({"no_access": 4}, "4 people have the role “Default Access” only"),
        ({"groups": (SALES,)}, "Groups without direct members: Sales"),
        ({"no_surname": 2}, "2 people in scope have no last name"),
        ({"countries": {"": 1}}, "1 person in scope has no country"),
    ],
)
def test_warns_of_whoever_is_left_out_or_looks_odd(counts, says):
    assert says in texts(judged(direct=5, **counts).warnings)


def test_keeps_apart_who_is_left_out():
    evidence = evidence_of(judged(direct=5, disabled=1, no_access=2, nested=3, nested_groups=4))  # two of the five
    assert (evidence.total, evidence.disabled, evidence.no_access) == (5, 1, 2)
    assert (evidence.nested_people, evidence.nested_groups) == (3, 4)


def test_says_nothing_of_inner_groups_behind_which_nobody_is_lost():
    assert judged(direct=5, nested_groups=2).warnings == ()


def test_goes_on_with_default_access_only_where_the_job_is_new():
    """Such jobs take everybody who is assigned (Entra documentation, "How provisioning works")."""
    verdict = judged({"connection": CONNECTED | {"made_at": NOW.isoformat()}}, direct=2, no_access=2)
    assert evidence_of(verdict).total == 2
    assert "2 people have the role" in texts(verdict.warnings)


@pytest.mark.parametrize("found", [None, ScopeRead(seen=1998)], ids=["nothing", "a part"])
def test_waits_until_the_reading_is_whole(found):
    verdict = instance(Waiting, Scope().assess(at_step("scope", scope_read=found), ASSIGNED))
    assert verdict.progress is not None
    assert verdict.progress.done == (found.seen if found else 0)
    assert "so far" in str(verdict.why)


def test_lists_nobody_of_a_whole_directory():
    verdict = Scope().assess(at_step("scope"), Facts(sync_all=True))
    assert evidence_of(verdict).sync_all
    assert "nobody can say how many" in str(instance(Done, verdict).note)
    assert "whole directory" in texts(instance(Done, verdict).warnings)


NOBODY = [
    ({}, {}, Code.NOBODY_IN_SCOPE, "Nobody is assigned"),
    ({}, NO_LICENCE, Code.NOBODY_WITHOUT_P1, "people one by one"),
    ({"groups": (SALES,)}, {}, Code.EMPTY_GROUPS, "groups are empty"),
    ({"groups": (SALES,), "nested_groups": 1, "nested": 3}, {}, Code.ONLY_NESTED, "direct members only"),
    ({"disabled": 1}, {}, Code.ONLY_DISABLED, "Only disabled accounts"),
    ({"groups": (SALES,), "disabled": 1}, {}, Code.ONLY_DISABLED, "Only disabled accounts"),
    ({"direct": 2, "no_access": 2, "disabled": 1}, {}, Code.ONLY_DEFAULT_ACCESS, "“Default Access” only"),
]


@pytest.mark.parametrize(("counts", "evidence", "code", "says"), NOBODY)
def test_says_why_nobody_is_in_scope_and_asks_the_customer(counts, evidence, code, says):
    verdict = instance(Asking, judged(evidence, **counts))
    assert (verdict.code, verdict.court) == (code, Court.CUSTOMER)
    assert says in str(verdict.question)


def test_takes_over_what_the_mappings_make_of_people():
    evidence = evidence_of(judged(direct=9, certain_to_fail=2, findings={"guest": 1, "country_without_group": 2}))
    assert [(seen.code, seen.people) for seen in evidence.findings] == [("country_without_group", 2), ("guest", 1)]
    assert evidence.certain_to_fail == 2
    assert evidence_of(judged(direct=9)).certain_to_fail is None, "nobody has worked it out"


def test_stops_where_nobody_can_get_an_account():
    counts = {"findings": {"guest": 5, "matching_value_empty": 2, "country_without_group": 3}, "certain_to_fail": 5}
    verdict = instance(Asking, judged(direct=4, by_group=1, **counts))
    assert (verdict.code, verdict.court) == (Code.EVERYBODY_FAILS, Court.CUSTOMER)
    assert "The countries of 3 people are not the names of Haiilo groups" in str(verdict.question)


def test_goes_by_the_groups_that_somebody_told():
    form = GroupsForm({"groups": " Finland \r\n\nGermany\nFinland"}, offers={})
    assert form.is_valid()
    assert form.answer() == {"groups": ["Finland", "Germany"]}
    assert haiilos_groups(at_step("scope", answers={"scope": form.answer()})) == frozenset({"Finland", "Germany"})
    assert haiilos_groups(at_step("scope")) is None
    assert haiilos_groups(at_step("scope", answers={"scope": {"groups": []}})) is None
    assert not GroupsForm({"groups": "x" * 201}, offers={}).is_valid()


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.code)
def test_says_with_what_the_admin_finds_the_place_in_the_portal(cause):
    values = judged(groups=(SALES,)).question.values | {"reason": "No country."}
    labels = [str(label) for label in cause.needs.path.sentences(values)]
    assert {"Haiilo SSO", "Sales", "Account enabled", "Users"}.intersection(labels)
    assert str(cause.for_customer(values))


@pytest.mark.parametrize(("stored", "everybody"), [("True", True), ("false", False)])
def test_reads_whether_assignments_count_at_all(tenant, far, stored, everybody):
    settings = {"value": [{"key": "SyncAll", "value": stored}]}
    far.on("GET", f"/v1.0/servicePrincipals/{APP}/synchronization/secrets", Reply(200, settings))
    assert Scope().read(tenant, at_step("scope")) == Facts(sync_all=everybody)


def test_has_one_cause_for_each_code():
    assert sorted(Code) == sorted(cause.code for cause in CAUSES)


def test_counts_each_country_byte_for_byte():
    """Public case 01: one directory gives the country now as a code, now as a name, once with a blank behind it."""
    given = {"Germany": 3, "DE": 2, "germany": 1, "Germany ": 1, "Deutschland": 1, "": 1}
    verdict = judged(direct=9, countries=given)
    assert {each.value: each.people for each in evidence_of(verdict).countries} == given
    assert "“Germany␣”" in texts(verdict.warnings)


def test_counts_people_without_a_last_name():
    """Public case 17."""
    assert evidence_of(judged(direct=3, no_surname=2)).no_surname == 2


def test_asks_a_product_without_countries_for_none():
    assert evidence_of(judged(direct=1, profile=HOME, countries={"DE": 1})).countries == ()
