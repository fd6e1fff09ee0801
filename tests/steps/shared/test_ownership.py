from html import unescape

import pytest
from django.template.loader import render_to_string

from onboarding.domain import consent_sizes
from onboarding.domain.sentences import Sentence
from onboarding.domain.verdicts import Asking, Court, Done
from onboarding.steps.forms import form_for
from onboarding.steps.readiness.step import Facts, Readiness
from onboarding.steps.shared.applications import Candidate
from onboarding.steps.shared.owned_objects import Owning
from onboarding.steps.shared.owner_causes import (
    NOT_OWNED,
    NOT_OWNER,
    NOT_OWNER_OF_APPLICATION,
    NOT_OWNER_OF_REGISTRATION,
)
from onboarding.steps.shared.ownership import ask, bound, told, unowned
from onboarding.steps.sso_application.step import Facts as Found
from onboarding.steps.sso_application.step import SsoApplication
from tests.narrow import present
from tests.steps.facts import APP, app, at_step, evidence_of, organization, texts

OURS = "0b0b0b0b-0000-4000-8000-000000000001"
OTHER = "0b0b0b0b-0000-4000-8000-000000000002"
GRANTED = frozenset(consent_sizes.SCOPED.names)


REGISTRATION = "0b0b0b0b-0000-4000-8000-000000000003"
NOTHING = Owning(OURS, principal=False, registration_id=REGISTRATION)
PRINCIPAL_ONLY = Owning(OURS, principal=True, registration_id=REGISTRATION)
REGISTRATION_ONLY = Owning(OURS, principal=False, registration_id=REGISTRATION, registration=True)
BOTH = Owning(OURS, principal=True, registration_id=REGISTRATION, registration=True)
ELSEWHERE = Owning(OURS, principal=True)
ELSEWHERE_AND_NOTHING = Owning(OURS, principal=False)


def foreign(identity=APP, owning=NOTHING, **fields):
    return Candidate(app(identity, **fields), owning=owning)


def owned(identity=APP, owning=BOTH, **fields):
    return Candidate(app(identity, **fields), ("scim",), owning=owning)


def scoped(step="readiness", **fields):
    return at_step(step, size=consent_sizes.SCOPED, **fields)


def test_asks_for_the_best_one_where_we_own_none():
    elsewhere = foreign(OTHER, reply_urls=("https://other.smarpshare.com/acs",))
    assert present(unowned(scoped(), [elsewhere, foreign()])).app.id == APP


def test_asks_for_none_where_we_own_one():
    assert unowned(scoped(), [foreign(OTHER), owned()]) is None
    assert unowned(scoped(), []) is None


def test_asks_for_the_chosen_one_even_where_we_own_another():
    assert present(unowned(scoped(), [foreign(OTHER), owned()], OTHER)).app.id == OTHER
    assert unowned(scoped(), [foreign(OTHER), owned()], APP) is None


@pytest.mark.parametrize("owning", [NOTHING, PRINCIPAL_ONLY, REGISTRATION_ONLY, ELSEWHERE_AND_NOTHING])
def test_wants_both_ownerships_where_there_are_two(owning):
    assert unowned(scoped(), [foreign(owning=owning)]) is not None


@pytest.mark.parametrize("owning", [BOTH, ELSEWHERE])
def test_wants_no_ownership_of_a_registration_in_another_tenant(owning):
    assert unowned(scoped(), [owned(owning=owning)]) is None


def test_asks_first_for_the_rest_of_what_was_begun():
    begun = foreign(OTHER, PRINCIPAL_ONLY, reply_urls=("https://other.smarpshare.com/acs",))
    assert present(unowned(scoped(), [foreign(), begun])).app.id == OTHER


def test_wants_the_registration_no_more_once_somebody_was_tried():
    tried = {"evidence": {"pilot": {"person_id": "u-1"}}}
    assert unowned(scoped("live", **tried), [owned(owning=PRINCIPAL_ONLY)]) is None
    assert unowned(scoped("live", **tried), [foreign()]) is not None
    facts = Facts(GRANTED, organization=organization(), candidates=(owned(owning=PRINCIPAL_ONLY),))
    verdict = Readiness().assess(scoped("live", **tried), facts)
    assert isinstance(verdict, Done)
    assert "does not own the registration of “Haiilo SSO”" in texts(verdict.warnings)


@pytest.mark.parametrize(
    ("owning", "cause", "says", "principal", "registration", "elsewhere"),
    [
        (NOTHING, NOT_OWNER, "and of its registration yet", True, True, False),
        (PRINCIPAL_ONLY, NOT_OWNER_OF_REGISTRATION, "but not its registration", False, True, False),
        (REGISTRATION_ONLY, NOT_OWNER_OF_APPLICATION, "is not an owner of “Haiilo SSO” yet", True, False, False),
        (ELSEWHERE_AND_NOTHING, NOT_OWNER_OF_APPLICATION, "is not an owner of “Haiilo SSO” yet", True, False, True),
    ],
)
def test_asks_for_exactly_what_is_missing(settings, owning, cause, says, principal, registration, elsewhere):
    settings.ENTRA_SCOPED_CLIENT_ID = "scoped-client"
    asking = ask(scoped(), foreign(owning=owning))
    assert (asking.code, asking.court) == (cause.code, Court.CUSTOMER)
    assert "Make our application an owner" in str(cause.for_customer(asking.question.values))
    assert says in str(asking.question)
    assert asking.offers["owner"] == {
        "name": "Haiilo SSO",
        "service_principal_id": APP,
        "app_id": f"app-of-{APP}",
        "application_id": "" if elsewhere else REGISTRATION,
        "our_id": OURS,
        "client_id": "scoped-client",
        "for_principal": principal,
        "for_registration": registration,
        "registered_elsewhere": elsewhere,
    }
    letter = str(cause.for_letter(asking.question.values))
    page = shown(asking.offers["owner"])
    for text in (letter, page):
        assert (f"POST https://graph.microsoft.com/v1.0/servicePrincipals/{APP}/owners/$ref" in text) is principal
        assert (
            f"POST https://graph.microsoft.com/v1.0/applications/{REGISTRATION}/owners/$ref" in text
        ) is registration
        assert f'{{"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/{OURS}"}}' in text
    assert ("New-MgServicePrincipalOwnerByRef" in page) is principal
    assert ("New-MgApplicationOwnerByRef" in page) is registration
    assert page.count("data-copy=") == 1 + principal + registration
    assert ("is in another tenant, so nothing is needed" in page) is elsewhere


def shown(owner):
    return unescape(render_to_string("parts/owner.html", {"owner": owner}))


def test_shows_both_requests_before_anything_is_known():
    page = shown({"client_id": "scoped-client"})
    assert "OBJECT-ID-OF-YOUR-HAIILO-APPLICATION/owners/$ref" in page
    assert "OBJECT-ID-OF-ITS-REGISTRATION/owners/$ref" in page
    assert "$ours = Get-MgServicePrincipal -Filter \"appId eq 'scoped-client'\"" in page


def test_tells_what_is_owned_of_which_application():
    seen = [str(Sentence.from_json(each)) for each in told([owned(), owned(owning=ELSEWHERE), foreign()])]
    assert seen == [
        "Haiilo SSO and its registration",
        "Haiilo SSO; its registration is in another tenant and is not needed",
    ]


def test_may_own_each_candidate_and_once_one_is_chosen_that_alone():
    found = [owned(), owned(OTHER)]
    assert bound(scoped(), found) == ({APP, OTHER}, {f"app-of-{APP}", f"app-of-{OTHER}"})
    chosen = {"sso_application": {"service_principal_id": OTHER}}
    assert bound(scoped(answers=chosen), found) == ({OTHER}, {f"app-of-{OTHER}"})
    settled = {"sso_application": {"service_principal_id": OTHER, "app_id": "known"}}
    assert bound(scoped("live", evidence=settled), []) == ({OTHER}, {"known"})


def test_is_not_ready_before_we_are_an_owner():
    facts = Facts(GRANTED, organization=organization(), candidates=(foreign(),))
    verdict = Readiness().assess(scoped(), facts)
    assert isinstance(verdict, Asking)
    assert verdict.code == "not_owner"


def test_is_ready_with_the_permissions_of_its_size():
    facts = Facts(GRANTED, organization=organization(), candidates=(owned(),), assigned=3)
    verdict = Readiness().assess(scoped(), facts)
    assert isinstance(verdict, Done)
    assert evidence_of(verdict).permissions == dict.fromkeys(consent_sizes.SCOPED.names, True)
    assert [each["values"]["name"] for each in evidence_of(verdict).owner_of] == ["Haiilo SSO"]


def test_does_not_set_up_an_application_that_we_no_longer_own():
    before = {"sso_application": {"service_principal_id": APP}}
    found = Found((foreign(), owned(OTHER)))
    verdict = SsoApplication().assess(scoped("sso_application", evidence=before), found)
    assert isinstance(verdict, Asking)
    assert verdict.code == "not_owner"


def test_cannot_be_waved_through():
    offers = {"owner": {"name": "Haiilo SSO"}}
    for key in ("readiness", "sso_application"):
        for cause in NOT_OWNED:
            assert form_for(key, kind="asking", code=cause.code, offers=offers) is None
