from typing import Any

import pytest

from onboarding.domain.products import HOME
from onboarding.domain.verdicts import Asking, Court, Done
from onboarding.steps.forms import form_for
from onboarding.steps.shared.applications import Candidate
from onboarding.steps.shared.owned_objects import Owning
from onboarding.steps.sso_application.causes import CANNOT_PROVISION, CAUSES, NO_APPLICATION, TO_CHOOSE, Code
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence, service_principal_id
from onboarding.steps.sso_application.step import Facts, SsoApplication
from tests.graphclient.graph_stub import Reply
from tests.graphclient.samples import NEW_JOB, SERVICE_PRINCIPAL
from tests.narrow import instance, present
from tests.steps.facts import (
    APP,
    BASE_URL,
    CHOSEN,
    CONNECTED,
    HOST,
    JOB,
    app,
    at_step,
    candidate,
    evidence_of,
    job,
    offered,
    texts,
)

TWIN = "twin"
ELSEWHERE: dict[str, Any] = {"reply_urls": ("https://nordwind-test.smarpshare.com/saml/acs",)}
assess = SsoApplication().assess


def look(*candidates, answer=None, **fields):
    answers = {"sso_application": answer} if answer else {}
    return assess(at_step("sso_application", answers=answers, **fields), Facts(candidates))


def test_takes_the_only_application_that_leads_to_the_customers_host():
    verdict = look(candidate(), candidate("other", display_name="Haiilo old", **ELSEWHERE))
    assert isinstance(verdict, Done)
    assert evidence_of(verdict).to_json() == {
        "service_principal_id": APP,
        "app_id": f"app-of-{APP}",
        "name": "Haiilo SSO",
        "template_id": "scim",
        "existing_job_id": "",
        "replaced_job_ids": [],
        "replaced_at": None,
    }
    assert HOST in str(verdict.note)


@pytest.mark.parametrize(
    "where",
    [
        {"reply_urls": (), "service_principal_names": (f"https://{HOST}/saml",)},
        {"reply_urls": (), "service_principal_names": (HOST.upper(),)},
        {"reply_urls": (), "login_url": f"https://{HOST}"},
        {"reply_urls": (), "homepage": f"https://{HOST}/?x"},
    ],
)
def test_recognises_the_host_wherever_it_is_written(where):
    assert isinstance(look(candidate(**where)), Done)


def test_puts_the_application_that_the_customer_named_first():
    plain, named = candidate("a", reply_urls=()), candidate("b", reply_urls=())
    verdict = look(plain, named, answer={"app_id": named.app.app_id})
    assert isinstance(verdict, Asking)
    first = verdict.offers["candidates"][0]
    assert first["service_principal_id"] == "b"
    assert "The customer named it." in texts(first["reasons"])


NEVER_ALONE = [
    ([candidate(), candidate(TWIN, display_name="Haiilo SSO (test)")], Code.SEVERAL_APPLICATIONS, "2 applications"),
    ([candidate("named", reply_urls=())], Code.CHOOSE_APPLICATION, "for certain"),
    ([candidate("elsewhere", **ELSEWHERE)], Code.CHOOSE_APPLICATION, "for certain"),
    ([candidate(account_enabled=False)], Code.CHOOSE_APPLICATION, "for certain"),
]


@pytest.mark.parametrize(("candidates", "code", "says"), NEVER_ALONE)
def test_never_chooses_silently_where_it_is_not_certain(candidates, code, says):
    verdict = look(*candidates)
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == (code, Court.CS)
    assert says in str(verdict.question)
    assert len(verdict.offers["candidates"]) == len(candidates)


def test_offers_the_best_first_whatever_the_order_of_what_was_found():
    found = [candidate("b", **ELSEWHERE), candidate("a"), candidate("c", display_name="Haiilo SSO test")]
    first, second = look(*found).offers["candidates"], look(*reversed(found)).offers["candidates"]
    assert first == second
    assert [offer["service_principal_id"] for offer in first] == ["a", "c", "b"]
    assert "lead to" in offered(first[0]["reasons"])
    assert {"enabled", "can_provision", "template_id", "jobs", "score", "app_id", "name"} <= set(first[0])


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"account_enabled": False}, "disabled"),
        ({"templates": ()}, "app registration"),
        ({"display_name": "Haiilo SSO test"}, "sounds like a test"),
        (ELSEWHERE, "another Haiilo address"),
        ({"jobs": (job(),), "address": "https://x.smarpshare.com/api"}, "sends elsewhere"),
        ({}, "second application"),
    ],
)
def test_warns_of_twins_and_of_what_cannot_be_used(fields, says):
    offers = look(candidate("a"), candidate("z"), candidate(TWIN, **fields)).offers["candidates"]
    [twin] = [offer for offer in offers if offer["service_principal_id"] == TWIN]
    assert says in offered(twin["warnings"])


def test_says_that_an_application_made_from_a_registration_needs_a_second_one():
    verdict = look(candidate(templates=()))
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == (Code.CANNOT_PROVISION, Court.CUSTOMER)
    assert "second, non-gallery" in str(verdict.question)


def test_says_what_the_customer_has_to_create_when_there_is_nothing():
    verdict = look()
    assert (verdict.code, verdict.court) == (Code.NO_APPLICATION, Court.CUSTOMER)
    assert HOST in str(verdict.question)


@pytest.mark.parametrize(
    ("templates", "chosen"),
    [(("customappsso", "scim"), "scim"), (("customappsso",), "customappsso"), (("AAD2AAD", "scim"), "scim")],
)
def test_prefers_the_modern_template(templates, chosen):
    assert look(candidate(templates=templates)).evidence.template_id == chosen


def test_believes_a_persons_choice_among_several():
    verdict = look(candidate(), candidate(TWIN), answer={"service_principal_id": TWIN})
    assert isinstance(verdict, Done)
    assert evidence_of(verdict).service_principal_id == TWIN
    assert "second application" in texts(verdict.warnings)


@pytest.mark.parametrize(("chosen", "code"), [("gone", Code.CHOSEN_GONE), ("unusable", Code.CHOSEN_UNUSABLE)])
def test_asks_again_when_the_choice_cannot_be_used(chosen, code):
    verdict = look(candidate(), candidate("unusable", templates=()), answer={"service_principal_id": chosen})
    assert isinstance(verdict, Asking)
    assert verdict.code == code


@pytest.mark.parametrize("beside", [(), (candidate("unusable", templates=()),)])
def test_has_the_application_restored_where_no_other_can_take_its_place(beside):
    verdict = look(*beside, evidence={"sso_application": CHOSEN, "connection": CONNECTED})
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == (Code.APPLICATION_DELETED, Court.CUSTOMER)
    assert verdict.offers["detail"] == f"Restore-EntraDeletedDirectoryObject -Id {APP}"
    assert len(str(verdict.question)) < 180, "a headline"
    assert verdict.recheck_in is not None


def test_does_not_reopen_the_question_for_a_twin_that_appears_after_the_set_up():
    done = {"sso_application": CHOSEN, "connection": CONNECTED}
    verdict = look(candidate(jobs=(job(),)), candidate(TWIN), evidence=done)
    assert isinstance(verdict, Done)
    assert evidence_of(verdict).existing_job_id == ""


# A job that runs on another application

OLD = "old"
RUNNING = job("Active", identity="job-of-old")


def old(address="https://old-nordwind.smarpshare.com/api/scim/v2", jobs=(RUNNING,), **fields):
    """An application for another platform of the customer's, which no host leads to."""
    more = {"display_name": "Haiilo SSO (old)", "reply_urls": ("https://old-nordwind.smarpshare.com/acs",)}
    return candidate(OLD, jobs=jobs, address=address, **more | fields)


@pytest.mark.parametrize(
    ("other", "code", "says"),
    [
        (old(), Code.RUNS_BESIDE, "sends to https://old-nordwind.smarpshare.com/api/scim/v2. Whoever"),
        (old(address=""), Code.RUNS_BESIDE, "sends to an unknown address"),
        (old(address=BASE_URL, account_enabled=False), Code.SENDS_TWICE, "is written by both, and removed by either"),
        (old(account_enabled=False), Code.RUNS_BESIDE, "running"),  # which nobody could choose
        (old(jobs=(job("Quarantine", identity="job-of-old"),)), Code.RUNS_BESIDE, "in quarantine"),
    ],
)
def test_tells_of_a_job_that_runs_on_another_application_before_anything_is_made(other, code, says):
    verdict = instance(Asking, look(candidate(), other))
    assert (verdict.code, verdict.court) == (code, Court.CS)
    told = str(verdict.question)
    for part in (says, "“Haiilo SSO (old)”", "job-of-old"):
        assert part in told
    assert "Haiilo SSO (old) > Provisioning > Stop provisioning" in texts(verdict.warnings)
    [shown] = verdict.offers["beside"]
    assert (shown["name"], shown["id"], shown["object_id"]) == ("Haiilo SSO (old)", "job-of-old", OLD)


def test_goes_on_beside_just_the_jobs_that_a_person_has_seen_and_goes_on_telling_of_them():
    verdict = instance(Done, look(candidate(), old(), answer={"beside_job_ids": ["job-of-old"]}))
    assert "Another Haiilo application, “Haiilo SSO (old)”" in texts(verdict.warnings)
    more = old(jobs=(RUNNING, job("Active", identity="another")))
    assert instance(Asking, look(candidate(), more, answer={"beside_job_ids": ["job-of-old"]})).code == "runs_beside"


def test_stops_nobody_who_is_connected_for_it():
    done = {"sso_application": CHOSEN, "connection": CONNECTED}
    verdict = instance(Done, look(candidate(jobs=(job(),)), old(), evidence=done))
    assert "accounts at both" in texts(verdict.warnings) or "an account at both" in texts(verdict.warnings)


def test_says_nothing_of_a_job_that_is_stopped():
    assert isinstance(look(candidate(), old(jobs=(job("Paused", identity="job-of-old"),))), Done)


def test_says_of_which_application_it_cannot_tell():
    unseen = Candidate(app(OLD, display_name="Haiilo (ours?)", reply_urls=()), owning=Owning("our-id", principal=False))
    verdict = instance(Done, look(candidate(), unseen))
    assert "We cannot see whether “Haiilo (ours?)” has a provisioning job" in texts(verdict.warnings)


def beside_form(asked, said):
    offers, data = asked.offers, {"beside": said}
    return present(form_for("sso_application", kind="asking", code=asked.code, offers=offers, data=data))


def test_offers_to_go_on_or_to_take_the_other_one():
    verdict = instance(Asking, look(candidate(), old()))
    form = beside_form(verdict, "go_on")
    assert form.is_valid()
    assert form.answer() == {"beside_job_ids": ["job-of-old"]}
    form = beside_form(verdict, OLD)
    assert form.is_valid()
    assert form.answer() == {"service_principal_id": OLD}
    unusable = instance(Asking, look(candidate(), old(account_enabled=False, templates=())))
    assert not beside_form(unusable, OLD).is_valid()


# A job that is there already


EXISTING = candidate(jobs=(job("Active", identity="old"),), address=BASE_URL)


def test_asks_what_to_do_with_a_job_that_others_made():
    verdict = look(EXISTING)
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == (Code.EXISTING_JOB, Court.CS)
    [offer] = verdict.offers["jobs"]
    assert (offer["id"], offer["base_address"], offer["code"]) == ("old", BASE_URL, "Active")


def test_adopts_it_by_a_persons_word_with_its_own_template():
    old = candidate(jobs=(job("Active", identity="old", template="customappsso"),), templates=("scim", "customappsso"))
    verdict = look(old, answer={"existing_job": "adopt"})
    assert (evidence_of(verdict).existing_job_id, evidence_of(verdict).template_id) == ("old", "customappsso")


def test_keeps_it_adopted_once_it_is_connected():
    done = {
        "sso_application": CHOSEN | {"service_principal_id": APP, "existing_job_id": "old"},
        "connection": CONNECTED | {"job_id": "old"},
    }
    assert look(EXISTING, answer={"existing_job": "adopt"}, evidence=done).evidence.existing_job_id == "old"


def test_notes_what_a_person_wants_replaced():
    verdict = look(EXISTING, answer={"existing_job": "replace"})
    assert (evidence_of(verdict).existing_job_id, evidence_of(verdict).replaced_job_ids) == ("", ("old",))


def test_leaves_jobs_of_other_directions_alone():
    assert isinstance(look(candidate(jobs=(job(template="AAD2AAD"),))), Done)


@pytest.mark.parametrize(
    "fields",
    [
        {"applied": {"connection": {"create_job": {"job_id": JOB, "service_principal_id": APP}}}},
        {"evidence": {"connection": CONNECTED}},
    ],
)
def test_knows_the_job_that_we_made(fields):
    assert isinstance(look(candidate(jobs=(job(),)), **fields), Done)


# Home wants an application of its own


def test_never_takes_the_sign_in_application_for_home():
    verdict = look(candidate(), profile=HOME)
    assert isinstance(verdict, Asking)
    assert verdict.code == Code.SEPARATE_APPLICATION
    assert "application of its own" in str(verdict.question)
    assert "sign-in application" in offered(verdict.offers["candidates"][0]["warnings"])


def test_ranks_the_separate_application_first_for_home():
    own = candidate("own", display_name="Haiilo SCIM app", preferred_single_sign_on_mode=None, reply_urls=())
    offers = look(candidate(), own, profile=HOME).offers["candidates"]
    assert offers[0]["service_principal_id"] == "own"


# What is told, and to whom


def test_tells_the_admin_what_to_create_in_words_for_the_admin():
    for verdict, cause in ((look(), NO_APPLICATION), (look(candidate(templates=())), CANNOT_PROVISION)):
        told = str(cause.for_customer(verdict.question.values))
        assert "call it “Haiilo Provisioning”" in told
        assert "admin" not in told.lower()
        assert present(present(cause.needs).path).labels[-1].endswith("(Non-gallery)")


def test_offers_a_form_for_each_choice_and_none_where_the_customer_acts():
    forms = {each.code: form_for("sso_application", kind="asking", code=each.code, offers={}) for each in CAUSES}
    assert {code for code, form in forms.items() if form} == {each.code for each in TO_CHOOSE} | {
        Code.EXISTING_JOB,
        Code.EXISTING_JOBS,
        Code.RUNS_BESIDE,
        Code.SENDS_TWICE,
    }


def test_reads_what_an_earlier_release_stored():
    stored = {"service_principal_id": APP, "app_id": "b2d1", "gone_since": 1}
    assert SsoApplicationEvidence.from_json(stored) == SsoApplicationEvidence(APP, "b2d1")
    assert service_principal_id(at_step("connection")) == APP
    with pytest.raises(KeyError):
        service_principal_id(at_step("sso_application"))


# Reading


def test_reads_templates_jobs_and_the_address_they_send_to(tenant, far):
    mine = {**SERVICE_PRINCIPAL, "id": APP, "replyUrls": [f"https://{HOST}/acs"]}
    dashboard = {**SERVICE_PRINCIPAL, "id": "ours", "appId": "our-client-id", "displayName": "Haiilo onboarding"}
    root = f"/v1.0/servicePrincipals/{APP}/synchronization"
    far.on("GET", "/v1.0/servicePrincipals", Reply(200, {"value": [mine, dashboard]}))
    far.on("GET", f"{root}/templates", Reply(200, {"value": [{"id": "scim"}]}))
    far.on("GET", f"{root}/jobs", Reply(200, {"value": [NEW_JOB]}))
    far.on("GET", f"{root}/secrets", Reply(200, {"value": [{"key": "BaseAddress", "value": BASE_URL}]}))
    [found] = SsoApplication().read(tenant, at_step("sso_application")).candidates
    assert (found.app.id, found.templates, found.base_address) == (APP, ("scim",), BASE_URL)
    assert len(found.jobs) == 1


def test_leaves_out_an_application_whose_templates_are_not_there_yet(tenant, far):
    mine = {**SERVICE_PRINCIPAL, "id": APP, "replyUrls": [f"https://{HOST}/acs"]}
    far.on("GET", "/v1.0/servicePrincipals", Reply(200, {"value": [mine]}))
    far.on("GET", f"/v1.0/servicePrincipals/{APP}/synchronization/templates", Reply(404, {"error": {"code": "x"}}))
    [found] = SsoApplication().read(tenant, at_step("sso_application")).candidates
    assert not found.usable
