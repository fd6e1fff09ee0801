"""What letters say, and whether they still may: drafted by rule, withdrawn when what they are about is over."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail as outgoing
from django.utils import timezone

from onboarding import tasks
from onboarding.customers import base, contacts, links, outbox, records
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Court, Done, Waiting
from onboarding.mail import context, delivery, letters
from onboarding.models import ConsentAttempt, Contact, Letter, Onboarding, StepState
from onboarding.steps.live.evidence import LiveEvidence
from tests import builders
from tests.engine.drafts import LINK_SENT, TENANT, at_consent, drafted, fresh, long_ago, released
from tests.pages.desk import people, stand

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("every_day")]

HOSTILE = "<img src=x onerror=alert(1)>\"'&[link]"
NOBODY = Asking(say("Nobody is in scope."), Court.CUSTOMER, code="nobody_in_scope")


def test_drafts_the_invitation_for_customer_success_to_read():
    made = at_consent()
    tasks.remind()
    letter = made.letters.get()
    assert (letter.kind, letter.state, letter.to_email) == ("invitation", "draft", made.customer.contact_email)
    assert "[link]" in letter.text
    assert "Global Administrator or Privileged Role Administrator" in letter.text
    delivery.send_released()
    assert outgoing.outbox == []


@pytest.mark.parametrize("language", ["en", "de", "fi"])
@pytest.mark.parametrize("kind", Letter.Kind.values)
def test_writes_each_kind_in_each_language(kind, language):
    made = at_consent(LINK_SENT)
    contact = contacts.add_contact(
        made, actor=builders.owner_of(made), name="Max", email="max@contoso.example", role="sponsor", language=language
    )
    letter = letters.write(made, contact, kind, rule="test", draft=True)
    assert letter.language == language
    assert f'lang="{language}"' in letter.html
    assert made.customer.name in letter.subject
    assert "Max" in letter.text
    assert "%(" not in letter.subject + letter.text
    assert "{" not in letter.text


def test_tells_in_a_letter_who_must_do_what_with_which_right():
    made = stand(builders.onboarding(), "scope", NOBODY)
    records.update_customer(made, actor=builders.owner_of(made), name="Contoso")
    owner = contacts.add_contact(
        made, actor=builders.owner_of(made), name="Otto", email="otto@contoso.example", role="sso_owner"
    )
    long_ago(made, 4)
    letter = drafted(made)
    assert (letter.contact, letter.kind) == (owner, "reminder")
    assert "Nobody is assigned to your Haiilo application yet" in letter.text
    assert "Cloud Application Administrator" in letter.text
    assert "[link]" not in letter.text


def test_asks_the_sponsor_and_names_whom_we_asked():
    made = at_consent()
    sponsor = contacts.add_contact(
        made, actor=builders.owner_of(made), name="Sara", email="sara@contoso.example", role="sponsor"
    )
    released(made)
    delivery.send_released()
    stand(made, "consent", LINK_SENT)
    long_ago(made, 8)
    Letter.objects.filter(onboarding=made).update(day=timezone.localdate() - timedelta(days=1))
    Letter.objects.filter(onboarding=made).update(sent_on=timezone.localdate() - timedelta(days=1))
    letter = drafted(made)
    assert (letter.contact, letter.kind, letter.state) == (sponsor, "escalation", "approved")
    assert made.customer.contact_email in letter.text
    assert "[link]" not in letter.text


def test_reports_the_numbers_at_live():
    made = stand(builders.onboarding(), "live", Done(), scope={"total": 5})
    people(made, 3)
    people(made, 1, result="failed")
    letter = drafted(made)
    assert letter.kind == "completion"
    assert "3 of 5 people" in letter.text
    assert "Not created yet: 1" in letter.text
    assert "3 accounts" in letter.subject


@pytest.mark.parametrize(
    ("language", "subject", "sentence"),
    [
        ("en", "Haiilo at {} is live", "set up at {}. Microsoft does not tell how many people have an account."),
        ("de", "Haiilo bei {} ist live", "Microsoft nennt nicht, wie viele Personen ein Konto haben."),
        ("fi", "Haiilo on käytössä, {}", "Microsoft ei kerro, montako tiliä on luotu."),
    ],
)
def test_counts_nobody_at_live_where_nobody_tells(language, subject, sentence):
    evidence = LiveEvidence(code="Active", told=False)
    made = stand(builders.onboarding(name="Contoso"), "live", Done(evidence), scope={"total": 5})
    Contact.objects.filter(onboarding=made).update(language=language)
    letter = drafted(made)
    assert letter.subject == subject.format("Contoso")
    assert sentence.format("Contoso") in letter.text
    assert not re.search(r"\b0\b", letter.text)


def test_tells_the_jobs_number_at_live_without_what_only_the_log_tells():
    made = stand(builders.onboarding(), "live", Done(LiveEvidence(created=4, in_haiilo=4)), scope={"total": 5})
    Onboarding.objects.filter(pk=made.pk).update(in_haiilo=4)
    letter = drafted(made)
    assert "4 of 5 people" in letter.text
    assert "4 accounts" in letter.subject
    assert "Created" not in letter.text
    assert "Not created yet" not in letter.text


def test_writes_no_zero_and_nothing_untrue_of_who_is_in_haiilo():
    made = stand(builders.onboarding(), "live", Done(), scope={"total": 31})
    people(made, 1, result="failed", code="EntryConflict")
    letter = drafted(made)
    assert "No account has been created yet." in letter.text
    assert not re.search(r"\b0\b", letter.subject + letter.text)
    letter.delete()
    people(made, 2)
    people(made, 1, result="failed", code="EntryConflict", seen={"last": "failed", "created": 1.0})
    text = letters.write(made, base.first_contact(made), "completion", rule="test", draft=True).text
    assert "3 of 31 people" in text
    assert "Not created yet: 1" in text
    assert "In Haiilo, but the last change did not arrive: 1" in text
    assert "You do not need to do anything" not in text


def test_escapes_what_customers_and_tenants_wrote():
    made = at_consent(LINK_SENT, contact_name=HOSTILE, name=HOSTILE)
    verdict = Asking(say("%(app)s is missing.", app=HOSTILE), Court.CUSTOMER, code="no_application")
    stand(made, "sso_application", verdict)
    letter = letters.write(made, base.first_contact(made), "reminder", rule="test", draft=True)
    assert "<img" in letter.text
    assert "<img" not in letter.html
    assert "&lt;img" in letter.html
    assert "[link]" not in letter.text
    assert "\n" not in letter.subject


def test_keeps_a_draft_that_a_person_has_changed():
    made = at_consent()
    letter = drafted(made)
    owner = builders.owner_of(made)
    outbox.edit(letter, actor=owner, subject="Hello\r\nBcc: x@y.example", text="Please look.\n\n[link]")
    outbox.release(fresh(letter), actor=owner, tenant=TENANT)
    delivery.send_released()
    [message] = outgoing.outbox
    assert message.subject == "Hello Bcc: x@y.example"
    assert message.body.startswith("Please look.\n\nhttp://localhost:8000/l/")
    with pytest.raises(base.Refused, match="no longer a draft"):
        outbox.edit(fresh(letter), actor=owner, subject="x", text="[link]")


def test_takes_no_draft_that_has_lost_the_place_of_the_link():
    letter = drafted(at_consent())
    with pytest.raises(base.Refused, match="no longer contains"):
        outbox.edit(letter, actor=builders.owner_of(letter.onboarding), subject="x", text="Please look.")


# Only while it is due


def test_stops_when_the_state_changes_before_it_goes():
    made = at_consent()
    letter = released(made)
    stand(made, "readiness", Waiting(say("Looking."), timedelta(seconds=9)), consent={"tenant_id": TENANT})
    delivery.send_released()
    assert outgoing.outbox == []
    assert fresh(letter).state == "cancelled"


def test_withdraws_a_draft_whose_reason_is_over():
    made = at_consent()
    letter = drafted(made)
    stand(made, "readiness", Waiting(say("Looking."), timedelta(seconds=9)), consent={"tenant_id": TENANT})
    tasks.remind()
    assert fresh(letter).state == "cancelled"
    assert made.letters.count() == 1


def test_holds_letters_while_the_customer_is_paused():
    made = at_consent()
    letter = released(made)
    records.pause(made, actor=builders.owner_of(made))
    tasks.remind()
    delivery.send_released()
    delivery.send(letter.pk)
    assert outgoing.outbox == []
    assert fresh(letter).state == "approved"
    records.resume(made, actor=builders.owner_of(made))
    delivery.send_released()
    assert len(outgoing.outbox) == 1


def test_withdraws_what_lies_ready_for_a_closed_customer():
    made = at_consent()
    letter = drafted(made)
    Onboarding.objects.filter(pk=made.pk).update(state="closed")
    tasks.remind()
    assert fresh(letter).state == "cancelled"


def test_sends_no_link_before_the_tenant_is_confirmed():
    made = at_consent()
    letter = drafted(made)
    with pytest.raises(base.Refused, match="Confirm first"):
        outbox.release(letter, actor=builders.owner_of(made))
    with pytest.raises(base.Refused, match="another tenant"):
        outbox.release(letter, actor=builders.owner_of(made), tenant="99999999-2222-4333-8444-555555555555")
    assert fresh(letter).state == "draft"


def test_takes_a_letter_back_when_the_domains_lead_elsewhere_now():
    made = at_consent()
    letter = released(made)
    StepState.objects.filter(onboarding=made, key="customer").update(evidence={"tenant_id": "other"})
    delivery.send_released()
    assert outgoing.outbox == []
    assert fresh(letter).state == "draft"


def test_waits_while_somebody_is_on_microsofts_pages():
    made = at_consent()
    link, _token = links.issue_link(made, actor=builders.owner_of(made))
    stand(made, "consent", LINK_SENT)
    long_ago(made, 5)
    attempt = ConsentAttempt.objects.create(link=link, session_hash="s", state_hash="t")
    assert letters.write_due(made.pk, now=timezone.now()) == []
    attempt.delete()
    assert len(letters.write_due(made.pk, now=timezone.now())) == 1


def test_looks_only_at_customers_for_whom_something_may_be_due():
    waiting, working, lying, paused = at_consent(), builders.onboarding(), at_consent(), at_consent()
    drafted(lying)
    records.pause(paused, actor=builders.owner_of(paused))
    assert context.to_check(timezone.now(), limit=9) == [waiting, lying]
    assert working.letters.count() == 0
