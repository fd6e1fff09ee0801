from onboarding import sizes
from onboarding.blockers import blocker_of
from onboarding.forms import form_for
from onboarding.steps.ownership import ask, unowned
from onboarding.steps.readiness import Facts, Readiness
from onboarding.steps.sso_application import Facts as Found
from onboarding.steps.sso_application import SsoApplication
from onboarding.verdicts import Asking, Court, Done

from .facts import APP, Candidate, app, at_step, candidate, organization

OURS = "0b0b0b0b-0000-4000-8000-000000000001"
OTHER = "0b0b0b0b-0000-4000-8000-000000000002"
GRANTED = frozenset(sizes.SCOPED.names)


def foreign(identity=APP, **fields):
    return Candidate(app(identity, **fields), needs_owner=OURS)


def scoped(step="readiness", **fields):
    return at_step(step, size=sizes.SCOPED, **fields)


def test_asks_for_the_best_one_where_we_own_none():
    elsewhere = foreign(OTHER, reply_urls=("https://other.smarpshare.com/acs",))
    assert unowned(scoped(), [elsewhere, foreign()]).app.id == APP


def test_asks_for_none_where_we_own_one():
    assert unowned(scoped(), [foreign(OTHER), candidate()]) is None
    assert unowned(scoped(), []) is None


def test_asks_for_the_chosen_one_even_where_we_own_another():
    assert unowned(scoped(), [foreign(OTHER), candidate()], OTHER).app.id == OTHER
    assert unowned(scoped(), [foreign(OTHER), candidate()], APP) is None


def test_gives_the_ids_that_the_request_needs(settings):
    settings.ENTRA_SCOPED_CLIENT_ID = "scoped-client"
    asking = ask(scoped(), foreign())
    assert (asking.code, asking.court) == ("not_owner", Court.CUSTOMER)
    assert asking.offers["owner"] == {
        "name": "Haiilo SSO",
        "service_principal_id": APP,
        "app_id": f"app-of-{APP}",
        "our_id": OURS,
        "client_id": "scoped-client",
    }
    letter = str(blocker_of("readiness", asking.code, asking.question, asking.offers).what)
    assert f"/servicePrincipals/{APP}/owners/$ref" in letter
    assert f'{{"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/{OURS}"}}' in letter


def test_is_not_ready_before_we_are_an_owner():
    facts = Facts(GRANTED, organization=organization(), candidates=(foreign(),))
    verdict = Readiness().assess(scoped(), facts)
    assert isinstance(verdict, Asking)
    assert verdict.code == "not_owner"


def test_is_ready_with_the_permissions_of_its_size():
    facts = Facts(GRANTED, organization=organization(), candidates=(candidate(),), assigned=3)
    verdict = Readiness().assess(scoped(), facts)
    assert isinstance(verdict, Done)
    assert verdict.evidence["permissions"] == dict.fromkeys(sizes.SCOPED.names, True)
    assert verdict.evidence["owner_of"] == ["Haiilo SSO"]


def test_does_not_set_up_an_application_that_we_no_longer_own():
    before = {"sso_application": {"service_principal_id": APP}}
    found = Found((foreign(), candidate(OTHER)))
    verdict = SsoApplication().assess(scoped("sso_application", evidence=before), found)
    assert isinstance(verdict, Asking)
    assert verdict.code == "not_owner"


def test_cannot_be_waved_through():
    offers = {"owner": {"name": "Haiilo SSO"}}
    for key in ("readiness", "sso_application"):
        assert form_for(key, kind="asking", code="not_owner", offers=offers) is None
