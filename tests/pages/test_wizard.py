"""The steps' questions: answered by a form, refused beside the field, approved by the plan that was shown."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Change, Court, Done, Todo
from onboarding.models import Approval, CustomerSecret
from onboarding.steps import STEPS
from tests import builders
from tests.stored import Stored

from .desk import HTMX, PLAN, TOKEN_NEEDED, open_record, post, read, stand, token_of

TOKEN = "s3cret-t0ken-of-contoso"
APPS = [
    {
        "service_principal_id": f"app-{number}",
        "app_id": f"id-{number}",
        "name": f"Haiilo {number}",
        "enabled": True,
        "can_provision": number < 3,
        "template_id": "scim",
        "jobs": [{"id": "j", "code": "Active", "base_address": "https://old.example/scim"}],
        "reasons": [say("It leads to %(host)s.", host="contoso").as_json()],
        "warnings": [say("It may be a test.").as_json()],
        "score": number,
    }
    for number in (1, 2, 3)
]
CHOOSE = Asking(say("Choose the application."), Court.CS, {"candidates": APPS}, "choose_application")
EXISTING = Asking(say("There is a job."), Court.CS, {"jobs": APPS[0]["jobs"]}, "existing_job")
PILOT = Asking(
    say("Name one person."),
    Court.CS,
    {"people": [{"id": "1", "name": "Eva", "user_name": "eva@x.example"}]},
    "pilot_needed",
)
FOUND = {"tenants": [{"tenant_id": "a" * 8, "domain": "contoso.de"}]}
TENANTS = Asking(say("Which tenant?"), Court.CS, FOUND, "several_tenants")
UNKNOWN = Asking(say("Which?"), Court.CS, code="domains_unknown")
TENANT_ID = "3f0e0d0c-0000-4000-8000-00000000000a"

QUESTIONS = {
    "connection": (TOKEN_NEEDED, {"token": TOKEN}, {"token_saved": True, "token_expires": {}}),
    "sso_application": (CHOOSE, {"service_principal_id": "app-2"}, {"service_principal_id": "app-2"}),
    "pilot": (PILOT, {"others": " eva@x.example, jan@x.example "}, {"people": ["eva@x.example", "jan@x.example"]}),
    "customer": (UNKNOWN, {"tenant_id": TENANT_ID.upper()}, {"tenant_id": TENANT_ID}),
}
BAD = [
    ("connection", TOKEN_NEEDED, {"token": ""}, "Paste the access token"),
    ("connection", TOKEN_NEEDED, {"token": "Bearer "}, "There is no token left"),
    ("connection", TOKEN_NEEDED, {"token": "https://contoso.example"}, "This is an address"),
    ("connection", TOKEN_NEEDED, {"token": "x" * 20_001}, "too long"),
    ("sso_application", CHOOSE, {}, "Choose one of the applications"),
    ("sso_application", CHOOSE, {"service_principal_id": "app-3"}, "can no longer be chosen"),
    ("sso_application", EXISTING, {"existing_job": "eat"}, "adopt the job or to replace"),
    ("pilot", PILOT, {"others": "\u200b"}, "Choose at least one person"),
    ("pilot", PILOT, {"suggested": "2"}, "no longer suggested"),
    ("pilot", PILOT, {"suggested": "1", "others": "a b c d e"}, "Choose five people at most"),
    ("customer", TENANTS, {"tenant_id": "contoso"}, "This is not a tenant ID"),
]


@pytest.mark.parametrize("key", QUESTIONS)
def test_takes_an_answer_and_goes_back_to_the_customer(alice, customer, key):
    verdict, typed, kept = QUESTIONS[key]
    stand(customer, key, verdict)
    form = open_record(alice, customer).form(action=f"/steps/{key}/")
    assert set(typed) <= set(form.fields)
    shown = {"host": form.fields["host"].value} if "host" in form.fields else {}
    answer = alice.post(reverse("step", args=[customer.pk, key]), {**shown, **typed})
    assert answer["Location"] == reverse("record", args=[customer.pk])
    state = builders.state(customer, key)
    assert state.answer == kept
    assert state.answered_by == builders.person("alice")
    assert state.checked_at is None


@pytest.mark.parametrize(("key", "verdict", "typed", "said"), BAD)
def test_refuses_beside_the_field_and_keeps_nothing(alice, customer, key, verdict, typed, said):
    stand(customer, key, verdict)
    answer = alice.post(reverse("step", args=[customer.pk, key]), typed)
    assert answer.status_code == 200
    assert said in read(answer).text
    assert builders.state(customer, key).answer == {}
    assert not CustomerSecret.objects.exists()


def test_keeps_what_was_typed_after_a_refusal(alice, customer):
    stand(customer, "pilot", PILOT)
    page = read(alice.post(reverse("step", args=[customer.pk, "pilot"]), {"others": "x" * 300}))
    assert page.form(having="others").fields["others"].value == "x" * 300
    stand(customer, "sso_application", EXISTING)
    page = read(alice.post(reverse("step", args=[customer.pk, "sso_application"]), {"existing_job": "eat"}))
    assert page.form(having="existing_job").fields["existing_job"].choices == ["adopt", "replace"]


def test_sends_a_refusal_as_a_part_to_a_browser_that_swaps(alice, customer):
    stand(customer, "pilot", PILOT)
    part = alice.post(reverse("step", args=[customer.pk, "pilot"]), {"others": ""}, headers=HTMX).content.decode()
    assert "<html" not in part
    assert "Choose at least one person" in part
    assert "autofocus" in part


def test_tells_the_second_person_what_the_first_answered(alice, customer):
    stand(customer, "pilot", PILOT)
    shown = open_record(alice, customer).form(action="/steps/pilot/").fields["shown"].value
    bob = Client()
    builders.portfolio(builders.person("bob"))
    bob.force_login(builders.person("bob"))
    post(bob, "step", customer.pk, "pilot", others="jan@contoso.example", shown=shown)
    page = post(alice, "step", customer.pk, "pilot", others="eva@contoso.example", shown=shown)
    assert "bob has just answered “jan@contoso.example” here." in page.text
    assert builders.state(customer, "pilot").answer == {"people": ["jan@contoso.example"]}


# The token


def test_seals_the_token_and_never_shows_it(alice, customer):
    stand(customer, "connection", TOKEN_NEEDED)
    page = post(alice, "step", customer.pk, "connection", **token_of(customer, f'  "Bearer {TOKEN}"\n'))
    assert "Removed from the token" in page.text
    secret = CustomerSecret.objects.get(onboarding=customer)
    assert secret.open(customer.customer.haiilo_host).reveal() == TOKEN
    assert TOKEN.encode() not in bytes(secret.sealed)
    pages = [page.html, open_record(alice, customer).html]
    pages.append(alice.get(reverse("step", args=[customer.pk, "connection"])).content.decode())
    stand(customer, "mappings", PLAN, connection={"base_url": "https://contoso.example", "job_id": "j"})
    pages.append(open_record(alice, customer).html)
    assert all(TOKEN not in html for html in pages)
    assert secret.mark in pages[-1]
    assert TOKEN not in str(builders.state(customer, "connection").answer)


def test_gives_a_refused_token_back_to_nobody(alice, customer):
    stand(customer, "connection", TOKEN_NEEDED)
    page = post(alice, "step", customer.pk, "connection", token="https://contoso.example/" + TOKEN)
    assert TOKEN not in page.html
    field = page.form(having="token").fields["token"]
    assert (field.kind, field.value) == ("password", "")
    assert 'autocomplete="off"' in page.html


def test_takes_a_new_token_for_a_connection_that_works(alice, customer):
    stand(customer, "mappings", PLAN, connection={"base_url": "https://contoso.example", "job_id": "j"})
    page = read(alice.get(reverse("step", args=[customer.pk, "connection"])))
    assert page.find(having="token")
    post(alice, "step", customer.pk, "connection", **token_of(customer, TOKEN))
    assert builders.state(customer, "connection").checked_at is None


# Choices


def test_offers_applications_with_reasons_and_warnings(alice, customer):
    stand(customer, "sso_application", CHOOSE)
    page = open_record(alice, customer)
    assert page.form(having="service_principal_id").fields["service_principal_id"].choices == ["app-1", "app-2"]
    for text in ("Haiilo 3", "It leads to contoso.", "It may be a test.", "https://old.example/scim"):
        assert text in page.text


def test_offers_to_adopt_or_to_replace_a_job(alice, customer):
    stand(customer, "sso_application", EXISTING)
    assert "https://old.example/scim" in open_record(alice, customer).text
    post(alice, "step", customer.pk, "sso_application", existing_job="adopt")
    assert builders.state(customer, "sso_application").answer == {
        "existing_job": "adopt",
        "job_id": "",
        "job_ids": ["j"],
    }


def test_offers_each_of_several_jobs_by_its_id(alice, customer):
    jobs = [{"id": name, "code": "Active", "base_address": ""} for name in ("one", "two")]
    stand(customer, "sso_application", Asking(say("There are jobs."), Court.CS, {"jobs": jobs}, "existing_jobs"))
    choices = open_record(alice, customer).form(having="existing_job").fields["existing_job"].choices
    assert choices == ["adopt one", "adopt two", "replace"]
    post(alice, "step", customer.pk, "sso_application", existing_job="adopt two")
    assert builders.state(customer, "sso_application").answer["job_id"] == "two"


def test_offers_the_tenants_that_were_found(alice, customer):
    stand(customer, "customer", TENANTS)
    assert open_record(alice, customer).form(having="tenant_id").fields["tenant_id"].choices == ["a" * 8]


def test_offers_people_of_the_scope(alice, customer):
    stand(customer, "pilot", PILOT)
    form = open_record(alice, customer).form(action="/steps/pilot/")
    assert (form.fields["suggested"].choices, form.fields["suggested"].value) == (["1"], "1")
    assert [button.text for button in form.buttons] == ["Create the test accounts"]


def failed(identity, court, text):
    """What the step offers of a person who is not through."""
    line = {"ok": False, "text": say("Send: Haiilo did not take the account.").as_json()}
    told = {"sentence": say(text).as_json(), "court": court, "tried": True, "steps": [line], "fields": []}
    return {"id": identity, "name": identity.title(), "user_name": f"{identity}@x.example", "ok": False, **told}


def test_shows_each_test_user_with_a_cause_an_owner_and_a_button_of_its_own(alice, customer):
    through = failed("ute", "", "") | {"ok": True, "sentence": None, "tried": True}
    through["fields"] = [{"name": "last name", "attribute": "name.familyName", "kept": True}]
    results = [failed("eva", "customer", "Eva has no last name."), failed("jan", "cs", "Jan is there."), through]
    offers = {"people": [], "named": ["eva", "jan", "ute"], "results": results}
    stand(customer, "pilot", Asking(say("Jan is there."), Court.CS, offers, "pilot_failed"))
    page = open_record(alice, customer)
    for text in (
        "Eva has no last name.",
        "The customer has to act",
        "We have to act",
        "last name: sent, kept by Haiilo",
    ):
        assert text in page.text, text
    again = [form for form in page.forms if "again" in form.fields]
    assert [form.fields["again"].value for form in again] == ["eva", "jan"]
    assert page.form(having="others").fields["others"].value == "eva, jan, ute"
    post(alice, "step_recheck", customer.pk, "pilot", again="eva")
    state = builders.state(customer, "pilot")
    assert [each["id"] for each in state.answer["again"]] == ["eva"]
    assert (state.answered_at, state.checked_at) == (None, None)


def test_says_that_a_question_is_settled(alice, customer):
    stand(customer, "mappings", PLAN)
    page = post(alice, "step", customer.pk, "sso_application", service_principal_id="app-1")
    assert "answered meanwhile" in page.text
    assert builders.state(customer, "sso_application").answer == {}


@pytest.mark.parametrize("name", ["step", "step_approve", "step_recheck"])
def test_knows_no_other_steps(alice, customer, name):
    assert alice.post(reverse(name, args=[customer.pk, "coffee"])).status_code == 404


# Plans


def test_shows_the_plan_as_sentences_before_it_is_approved(alice, customer):
    stand(customer, "mappings", PLAN)
    page = open_record(alice, customer)
    form = page.form(action="/mappings/approve/")
    assert [button.text for button in form.buttons] == ["Write this mapping"]
    assert "Map 2 attributes." in page.text
    assert '<li data-sign="+">country</li>' in page.html
    assert '<li data-sign="-">title</li>' in page.html


def test_approves_exactly_the_plan_that_was_shown(alice, customer):
    stand(customer, "mappings", PLAN)
    shown = open_record(alice, customer).form(action="/mappings/approve/").fields["fingerprint"].value
    other = Todo(say("Check."), [Change("write", say("Map 3 attributes."))], say("Write"))
    stand(customer, "mappings", other)
    page = post(alice, "step_approve", customer.pk, "mappings", fingerprint=shown)
    assert "The plan has changed meanwhile." in page.text
    assert not Approval.objects.exists()
    shown = page.form(action="/mappings/approve/").fields["fingerprint"].value
    page = post(alice, "step_approve", customer.pk, "mappings", fingerprint=shown)
    [row] = Approval.objects.all()
    assert (row.step, row.fingerprint, row.changes[0]["summary"]["text"]) == ("mappings", shown, "Map 3 attributes.")
    assert page.find(action="/approve/") is None
    assert "Plan approved by alice" in page.text


@pytest.mark.parametrize("fingerprint", ["", "0" * 24, "é"])
def test_approves_nothing_by_a_made_up_fingerprint(alice, customer, fingerprint):
    stand(customer, "mappings", PLAN)
    post(alice, "step_approve", customer.pk, "mappings", fingerprint=fingerprint)
    assert not Approval.objects.exists()


def test_shows_the_request_behind_a_disclosure(alice, customer):
    stand(customer, "mappings", PLAN)
    page = open_record(alice, customer)
    assert "Show the request" in page.text
    assert "&quot;a&quot;: 1" in page.html


# Looking again


@pytest.mark.parametrize("key", [step.key for step in STEPS])
def test_looks_again_when_asked(alice, customer, key):
    stand(customer, key, Done(Stored({}), say("Seen.")))
    assert builders.state(customer, key).checked_at is not None
    post(alice, "step_recheck", customer.pk, key)
    assert builders.state(customer, key).checked_at is None


def test_asks_the_customer_for_a_new_consent_with_the_names_that_are_missing(alice, customer):
    missing = Asking(
        say("Permissions are missing."), Court.CUSTOMER, {"missing": ["User.Read.All"]}, "permissions_missing"
    )
    stand(customer, "readiness", missing)
    page = open_record(alice, customer)
    assert "User.Read.All" in page.text
    assert "Create a link for Eva Berg" in page.text
