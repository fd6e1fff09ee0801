import pytest

from graphclient import DirectoryObject, User
from onboarding.domain.products import HOME
from onboarding.domain.verdicts import Asking, Court, Done
from onboarding.steps.scope.causes import CAUSES, Code
from onboarding.steps.scope.evidence import ScopeEvidence
from onboarding.steps.scope.step import Facts, Group, Member, Scope, member_of
from tests.graphclient.graph_stub import Reply
from tests.narrow import instance
from tests.steps.facts import APP, at_step, texts

EVA, JAN, PIA = (Member(name, name.title(), f"{name}@nordwind.example", enabled=True) for name in ("eva", "jan", "pia"))
OFF = Member("off", "Off", "off@nordwind.example", enabled=False)
GUEST = Member("guest", "Guest", "guest_x#EXT#@nordwind.example", enabled=True, guest=True)
UNKNOWN = Member("unknown", "Unknown")
NO_LICENCE = {"readiness": {"licence": "none"}}
assess = Scope().assess


def sales(*people, nested=0):
    return Group("g-1", "Sales", people, nested)


def test_counts_each_person_once_and_directly_first():
    verdict = assess(at_step("scope"), Facts((EVA, JAN), (sales(JAN, PIA), Group("g-2", "All", (PIA, EVA)))))
    assert isinstance(verdict, Done)
    evidence = instance(ScopeEvidence, verdict.evidence)
    assert (evidence.total, evidence.direct, evidence.by_group) == (3, 2, 1)
    assert [group.members for group in evidence.groups] == [2, 2]
    assert [person.id for person in evidence.sample] == ["eva", "jan", "pia"]


def test_counts_guests_in_and_disabled_people_apart():
    verdict = assess(at_step("scope"), Facts((EVA, OFF, GUEST)))
    evidence = instance(ScopeEvidence, verdict.evidence)
    assert (evidence.total, evidence.guests, evidence.disabled) == (2, 1, 1)
    said = texts(verdict.warnings)
    assert "1 assigned account is disabled" in said
    assert "1 guest user is in scope" in said


def test_counts_people_whom_nobody_looked_up_as_they_are():
    assert assess(at_step("scope"), Facts((UNKNOWN,))).evidence.total == 1


def test_warns_of_groups_inside_groups():
    verdict = assess(at_step("scope"), Facts((EVA,), (sales(PIA, nested=2),)))
    assert verdict.evidence.nested_groups == 2
    assert "2 nested groups are left out" in texts(verdict.warnings)


def test_names_no_more_than_twenty_people():
    many = tuple(Member(str(number), enabled=True) for number in range(50))
    evidence = assess(at_step("scope"), Facts(many)).evidence
    assert (evidence.total, len(evidence.sample)) == (50, 20)


def test_warns_when_the_whole_directory_is_taken():
    verdict = assess(at_step("scope"), Facts(sync_all=True))
    assert isinstance(verdict, Done)
    assert instance(ScopeEvidence, verdict.evidence).sync_all
    assert "whole directory" in texts(verdict.warnings)


NOBODY = [
    (Facts(), {}, Code.NOBODY_IN_SCOPE, "Nobody is assigned"),
    (Facts(), NO_LICENCE, Code.NOBODY_WITHOUT_P1, "people one by one"),
    (Facts((), (sales(),)), {}, Code.EMPTY_GROUPS, "groups are empty"),
    (Facts((), (sales(nested=1),)), {}, Code.ONLY_NESTED, "direct members only"),
    (Facts((OFF,)), {}, Code.ONLY_DISABLED, "Only disabled accounts"),
    (Facts((), (sales(OFF),)), {}, Code.ONLY_DISABLED, "Only disabled accounts"),
]


@pytest.mark.parametrize(("facts", "evidence", "code", "says"), NOBODY)
def test_says_why_nobody_is_in_scope_and_asks_the_customer(facts, evidence, code, says):
    verdict = assess(at_step("scope", evidence=evidence), facts)
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == (code, Court.CUSTOMER)
    assert says in str(verdict.question)


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.code)
def test_says_with_what_the_admin_finds_the_place_in_the_portal(cause):
    values = assess(at_step("scope"), Facts((), (sales(),))).question.values
    labels = [str(label) for label in cause.needs.path.sentences(values)]
    assert {"Haiilo SSO", "Sales", "Account enabled"}.intersection(labels)
    assert str(cause.for_customer(values))


def test_reads_assignments_members_and_people(tenant, far):
    def assigned(identity, kind):
        return {"id": f"a-{identity}", "principalId": identity, "principalType": kind, "principalDisplayName": identity}

    rows = [assigned("eva", "User"), assigned("eva", "User"), assigned("gone", "User"), assigned("g-1", "Group")]
    far.on("GET", f"/v1.0/servicePrincipals/{APP}/appRoleAssignedTo", Reply(200, {"value": rows}))
    stored = {"value": [{"key": "SyncAll", "value": "True"}]}
    far.on("GET", f"/v1.0/servicePrincipals/{APP}/synchronization/secrets", Reply(200, stored))
    members = [
        {"@odata.type": "#microsoft.graph.user", "id": "off", "displayName": "Off", "accountEnabled": False},
        {"@odata.type": "#microsoft.graph.group", "id": "inner", "displayName": "Inner"},
        {"@odata.type": "#microsoft.graph.device", "id": "laptop", "displayName": "Laptop"},
    ]
    far.on("GET", "/v1.0/groups/g-1/members", Reply(200, {"value": members}))
    eva = {"id": "eva", "displayName": "Eva", "userPrincipalName": "eva@x", "accountEnabled": True, "userType": "Guest"}
    found = {"id": "0", "status": 200, "body": {"value": [eva]}}  # the other one is gone from the directory
    far.on("POST", "/v1.0/$batch", Reply(200, {"responses": [found]}))
    facts = Scope().read(tenant, at_step("scope"))
    assert facts.direct == (Member("eva", "Eva", "eva@x", enabled=True, guest=True),)
    assert facts.groups == (Group("g-1", "g-1", (Member("off", "Off", "", enabled=False),), nested=1),)
    assert facts.sync_all


def test_has_one_cause_for_each_code():
    assert sorted(Code) == sorted(cause.code for cause in CAUSES)


def lives(*values):
    """People with these values of country, whose last names are known."""
    return tuple(Member(f"{n}", enabled=True, surname="Berg", country=value) for n, value in enumerate(values))


def test_counts_each_country_byte_for_byte():
    """Public case 01: one directory gives the country now as a code, now as a name, once with a blank behind it."""
    given = ["Germany"] * 3 + ["DE"] * 2 + ["germany", "Germany ", "Deutschland", ""]
    verdict = assess(at_step("scope"), Facts(lives(*given)))
    evidence = instance(ScopeEvidence, verdict.evidence)
    assert {each.value: each.people for each in evidence.countries} == {
        "Germany": 3,
        "DE": 2,
        "germany": 1,
        "Germany ": 1,
        "Deutschland": 1,
        "": 1,
    }
    said = texts(verdict.warnings)
    assert "1 person in scope has no country" in said
    assert "“Germany␣”" in said


def test_says_nothing_of_attributes_that_were_not_read():
    verdict = assess(at_step("scope"), Facts((EVA, UNKNOWN)))
    evidence = instance(ScopeEvidence, verdict.evidence)
    assert (evidence.countries, evidence.no_surname, verdict.warnings) == ((), 0, ())


def test_counts_people_without_a_last_name():
    """Public case 17."""
    people = tuple(Member(str(n), enabled=True, surname=value, country="FI") for n, value in enumerate(["", " ", "Ek"]))
    verdict = assess(at_step("scope"), Facts(people))
    assert instance(ScopeEvidence, verdict.evidence).no_surname == 2
    assert "2 people in scope have no last name" in texts(verdict.warnings)


@pytest.mark.parametrize(
    ("row", "read"),
    [({"surname": None, "country": " FI"}, ("", " FI")), ({}, (None, None)), ({"surname": "Ek"}, ("Ek", None))],
)
def test_takes_attributes_as_graph_gives_them(row, read):
    typed = {"id": "1", "@odata.type": "#microsoft.graph.user", **row}
    for made in (User.from_json(typed), DirectoryObject.from_json(typed)):
        member = member_of(made)
        assert (member.surname, member.country) == read


def test_asks_a_product_without_countries_for_none():
    desired = at_step("scope", profile=HOME)
    assert instance(ScopeEvidence, assess(desired, Facts(lives("DE"))).evidence).countries == ()
