"""The customer page: what is next, in whose court, what was seen, and what happened."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from devtools.robots.people import LINK
from onboarding.customers import answers, links
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Broken, Court, Done, Progress, Verdict, Waiting
from onboarding.engine import ledger, tenant_binding
from onboarding.engine.working_copy import WorkingCopy
from onboarding.models import Link, Onboarding, StepState
from onboarding.steps import STEPS
from onboarding.steps.live.evidence import LiveEvidence
from onboarding.web.moments import moment
from tests import builders
from tests.narrow import present
from tests.stored import Stored

from .desk import HTMX, PLAN, TOKEN_NEEDED, open_record, people, post, read, stand, token_of

WORKING = Waiting(say("Microsoft works."), timedelta(seconds=30), progress=Progress(1204, 2050))
LINK_SENT = Asking(say("Eva has not opened it yet."), Court.CUSTOMER, code="link_sent")


def test_answers_with_what_is_next_and_whose_court_it_is_in(alice, customer):
    stand(customer, "connection", TOKEN_NEEDED, customer={"tenant_id": "t-1", "domain": "contoso.example"})
    page = open_record(alice, customer)
    assert "Next · 5 Connection Enter the token." in page.text
    assert "Waiting for us" in page.text
    assert "t-1" in page.text
    assert len(re.findall(r'aria-current="step"', page.html)) == 1
    for step in STEPS:
        assert str(step.title) in page.text


def test_has_one_primary_button(alice, customer):
    for key, verdict in (("connection", TOKEN_NEEDED), ("mappings", PLAN), ("consent", LINK_SENT)):
        stand(customer, key, verdict)
        assert open_record(alice, customer).html.count("btn--primary") <= 1


def test_puts_codes_into_the_detail_line(alice, customer):
    stand(customer, "live", Broken(say("The job was put aside."), Court.HAIILO, "EncounteredQuarantine", "req-77"))
    page = open_record(alice, customer)
    assert '<code class="detail">EncounteredQuarantine · req-77</code>' in page.html
    assert re.search(r"<h2[^>]*>\s*The job was put aside.\s*</h2>", page.html)


def test_keeps_our_own_codes_to_itself(alice, customer):
    stand(customer, "connection", TOKEN_NEEDED)
    assert "token_needed" not in open_record(alice, customer).html


def test_shows_progress_as_far_as_it_is_known(alice, customer):
    stand(customer, "initial_cycle", WORKING)
    page = open_record(alice, customer)
    assert "1,204 of about 2,050 people" in page.text
    assert re.search(r'<progress[^>]*max="2050"[^>]*value="1204"', page.html)


def test_shows_no_number_that_nothing_told(alice, customer):
    stand(customer, "live", Done(LiveEvidence(code="Active", told=False)))
    page = read(alice.get(reverse("step", args=[customer.pk, "live"])))
    assert "In Haiilo" not in page.text
    Onboarding.objects.filter(pk=customer.pk).update(in_haiilo=196)
    page = read(alice.get(reverse("step", args=[customer.pk, "live"])))
    assert "In Haiilo 196 By the job's own counters, without names" in page.text


def test_counts_as_the_users_page_does(alice, customer):
    stand(customer, "live", Done(LiveEvidence(code="Active", in_haiilo=4)))
    people(customer, 3)
    people(customer, 2, result="failed", code="EntryConflict")
    people(customer, 1, result="failed", code="EntryConflict", seen={"last": "failed", "created": 1.0})
    assert "As Microsoft reports" in open_record(alice, customer).text
    page = read(alice.get(reverse("step", args=[customer.pk, "live"])))
    assert "In Haiilo 4 In Haiilo, last change failed 1 Failed 2 As Microsoft reports" in page.text


def test_tells_what_happened_newest_first(alice, customer):
    stand(customer, "connection", TOKEN_NEEDED)
    text = open_record(alice, customer).text
    timeline = text[text.index("Timeline") :]
    assert timeline.index("Enter the token.") < timeline.index("Customer created.")
    assert "alice" in timeline


def test_says_when_the_tenant_was_proved(alice, customer):
    assert "not verified yet" in open_record(alice, customer).text
    copy = WorkingCopy(builders.claimed(customer.pk))
    evidence = {"tenant_id": "t", "tenant_name": "Contoso", "verified_domain": "contoso.example"}
    tenant_binding.bind(copy, {**evidence, "admin_object_id": "o", "admin_name": "Eva"})
    assert "Tenant contoso.example, verified" in open_record(alice, customer).text


@pytest.mark.parametrize("key", [step.key for step in STEPS])
@pytest.mark.parametrize("kind", ["done", "asking", "todo", "waiting", "broken"])
def test_can_show_every_step_in_every_state(alice, customer, key, kind):
    verdicts: dict[str, Verdict] = {
        "done": Done(Stored({"something": 1}), say("Seen."), (say("But look."),)),
        "asking": Asking(say("What now?"), Court.CS, code="unknown"),
        "todo": PLAN,
        "waiting": WORKING,
        "broken": Broken(say("It broke."), Court.HAIILO, "Code", "req"),
    }
    stand(customer, key, verdicts[kind])
    assert open_record(alice, customer).status == 200
    assert alice.get(reverse("step", args=[customer.pk, key])).status_code == 200


def test_costs_the_same_for_a_new_customer_and_for_one_with_a_history(alice, customer):
    path = reverse("record", args=[customer.pk])
    runs = Done(Stored({"created": 1}), say("It runs."))
    stand(customer, "live", runs)  # with the chart of people, which has a query of its own
    alice.get(path)
    with CaptureQueriesContext(connection) as few:
        alice.get(path)
    for _number in range(5):
        links.issue_link(customer, actor=builders.person())
        answers.answer(customer, "pilot", actor=builders.person(), answer={"person": "x"})
    stand(customer, "live", runs)
    with CaptureQueriesContext(connection) as many:
        alice.get(path)
    assert len(many) <= len(few)


# Refreshing


def trigger(client, made):
    found = re.search(r'hx-get="([^"]+)"\s+hx-trigger="every (\d+)s, look"', open_record(client, made).html)
    return found and found[2]


@pytest.mark.parametrize(
    ("key", "verdict", "seconds"),
    [
        ("initial_cycle", WORKING, "3"),
        ("consent", LINK_SENT, "6"),
        ("connection", TOKEN_NEEDED, "20"),
        ("mappings", PLAN, "20"),
        ("live", Done(note=say("It runs.")), "20"),
        ("live", Broken(say("Gone."), Court.CS), "20"),
    ],
)
def test_refreshes_faster_while_something_moves_or_others_have_to_act(alice, customer, key, verdict, seconds):
    stand(customer, key, verdict)
    assert trigger(alice, customer) == seconds


def test_refreshes_after_an_answer_until_it_was_taken_up(alice, customer):
    stand(customer, "connection", TOKEN_NEEDED)
    answers.answer(customer, "connection", actor=builders.person(), answer={"token_saved": True})
    page = open_record(alice, customer)
    assert trigger(alice, customer) == "3"
    assert page.find(having="token") is None
    assert "Saved." in page.text


def test_refreshes_slowly_when_it_is_paused(alice, customer):
    stand(customer, "initial_cycle", WORKING)
    post(alice, "pause", customer.pk)
    assert trigger(alice, customer) == "20"


def test_refreshes_with_the_step_that_is_open(alice, customer):
    stand(customer, "mappings", PLAN)
    path = reverse("step", args=[customer.pk, "connection"])
    assert f'hx-get="{path}?seen=' in alice.get(path).content.decode()


def test_leaves_alone_what_has_to_be_corrected(alice, customer):
    stand(customer, "connection", TOKEN_NEEDED)
    part = alice.post(reverse("step", args=[customer.pk, "connection"]), {"token": ""}, headers=HTMX).content.decode()
    assert 'aria-invalid="true"' in part
    assert "hx-trigger" not in part


def test_costs_the_same_to_look_again_with_a_history(alice, customer, same_minute):
    costs = []
    for more in (0, 5):
        for _number in range(more):
            links.issue_link(customer, actor=builders.person())
            answers.answer(customer, "pilot", actor=builders.person(), answer={"person": "x"})
        found = present(re.search(r'hx-get="([^"]+)" hx-trigger', open_record(alice, customer).html))
        with CaptureQueriesContext(connection) as queries_made:
            assert alice.get(found[1], headers=HTMX).status_code == 204
        costs.append(len(queries_made))
    assert costs[0] == costs[1] <= 20


def test_says_what_an_act_led_to_beside_the_step_and_no_refresh_says_it_again(alice, customer):
    stand(customer, "connection", TOKEN_NEEDED)
    answer = alice.post(
        reverse("step", args=[customer.pk, "connection"]), token_of(customer), headers=HTMX, follow=True
    ).content.decode()
    assert re.search(
        r'<div id="messages"[^>]* hx-swap-oob="innerHTML">\s*<p class="note" data-tone="success">Saved', answer
    )
    part = alice.get(reverse("record", args=[customer.pk]), headers=HTMX).content.decode()
    assert 'id="messages"' not in part


def test_says_it_in_the_same_place_without_scripts(alice, customer):
    stand(customer, "connection", TOKEN_NEEDED)
    page = post(alice, "step", customer.pk, "connection", **token_of(customer))
    assert page.html.count('id="messages"') == 1
    assert page.html.index('id="head"') < page.html.index("Saved.") < page.html.index('id="now"')


def test_sends_the_moving_part_alone_when_it_refreshes(alice, customer):
    stand(customer, "initial_cycle", WORKING)
    part = alice.get(reverse("record", args=[customer.pk]), headers=HTMX).content.decode()
    assert "<html" not in part
    assert part.lstrip().startswith('<div id="now"')
    for name in ("head", "links", "timeline"):
        assert re.search(rf'id="{name}"[^>]*hx-swap-oob="true"', part)


def test_sends_nothing_while_nothing_has_changed(alice, customer, same_minute):
    stand(customer, "initial_cycle", WORKING)
    found = present(re.search(r'hx-get="([^"]+)" hx-trigger', open_record(alice, customer).html))
    assert alice.get(found[1], headers=HTMX).status_code == 204
    stand(
        customer,
        "initial_cycle",
        Waiting(say("Microsoft works."), timedelta(seconds=30), progress=Progress(1205, 2050)),
    )
    assert alice.get(found[1], headers=HTMX).status_code == 200


# The link


def test_shows_a_new_link_once_and_keeps_it_nowhere(alice, customer):
    page = post(alice, "link_issue", customer.pk)
    found = LINK.search(page.html)
    assert found
    token = found[0].rstrip("/").rpartition("/")[2]
    assert Link.objects.by_token(token) is not None
    assert token not in page.url
    assert token not in open_record(alice, customer).html
    assert token not in str(dict(alice.session))
    answer = alice.post(reverse("link_issue", args=[customer.pk]))
    assert "no-store" in answer["Cache-Control"]


def test_shows_a_new_link_to_a_browser_that_swaps_parts(alice, customer):
    part = alice.post(reverse("link_issue", args=[customer.pk]), headers=HTMX).content.decode()
    assert "<html" not in part
    assert LINK.search(part)
    assert re.search(r'id="new_link" hx-swap-oob="true"', part)


def test_leaves_a_new_link_on_the_page_while_the_rest_refreshes(alice, customer):
    stand(customer, "consent", LINK_SENT)
    post(alice, "link_issue", customer.pk)
    part = alice.get(reverse("record", args=[customer.pk]), headers=HTMX).content.decode()
    assert 'id="new_link"' not in part
    Link.objects.update(revoked_at=timezone.now())
    part = alice.get(reverse("record", args=[customer.pk]), headers=HTMX).content.decode()
    assert 'id="new_link"' in part


def test_opens_the_customer_where_a_links_address_is_opened_again(alice, customer):
    answer = alice.get(reverse("link_issue", args=[customer.pk]))
    assert answer["Location"] == reverse("record", args=[customer.pk])
    assert not customer.links.exists()


def test_tells_what_became_of_the_link(alice, customer):
    assert "No link yet." in open_record(alice, customer).text
    link, _token = links.issue_link(customer, actor=builders.person())
    assert "not opened yet" in open_record(alice, customer).text
    Link.objects.filter(pk=link.pk).update(seen_at=timezone.now())
    assert "opened" in open_record(alice, customer).text
    page = post(alice, "link_revoke", customer.pk, link.pk)
    assert "The link was revoked." in page.text
    assert "revoked" in open_record(alice, customer).text
    Link.objects.filter(pk=link.pk).update(revoked_at=None, expires_at=timezone.now())
    assert "expired" in open_record(alice, customer).text
    Link.objects.filter(pk=link.pk).update(used_at=timezone.now())
    assert "used" in open_record(alice, customer).text


# Pausing


def test_pauses_and_goes_on(alice, customer):
    page = post(alice, "pause", customer.pk)
    assert "Paused: nothing is checked" in page.text
    customer.refresh_from_db()
    assert customer.state == "paused"
    post(alice, "resume", customer.pk)
    customer.refresh_from_db()
    assert customer.state == "open"


@pytest.mark.parametrize("name", ["pause", "resume"])
def test_explains_what_does_not_go_any_more(alice, customer, name):
    Onboarding.objects.filter(pk=customer.pk).update(state="closed")
    page = post(alice, name, customer.pk)
    assert "Check the current step." in page.text
    customer.refresh_from_db()
    assert customer.state == "closed"


@pytest.mark.parametrize("name", ["record", "contacts", "outbox", "questionnaire"])
def test_leads_from_each_of_the_customers_pages_to_the_others(alice, customer, name):
    page = read(alice.get(reverse(name, args=[customer.pk])))
    for other in ("record", "people", "contacts", "outbox", "questionnaire", "security_pack"):
        assert f"http://testserver{reverse(other, args=[customer.pk])}" in [href for href, _text in page.links]
    assert re.search(rf'<a href="{reverse(name, args=[customer.pk])}"\s+aria-current="page"\s*>', page.html)


def test_folds_away_what_is_long_over(alice, customer):
    for number in range(12):
        ledger.note(customer.pk, "test", say(f"Event {number}."))
    html = open_record(alice, customer).html
    shown, folded = html.split('<details id="timeline_older"')
    assert "Event 11." in shown
    assert "Event 4." in shown
    assert "Event 3." in folded


def test_dates_a_step_by_when_it_became_done_last_and_when_it_was_checked(alice, customer):
    first, again, checked = (timezone.now() - timedelta(days=days) for days in (9, 4, 1))
    states = StepState.objects.filter(onboarding=customer, key="readiness")

    def line() -> tuple[str, str]:
        """Behind the title of the step, and inside of its fold."""
        fold = open_record(alice, customer).html.split('<details id="fold_readiness"')[1].split("</details>")[0]
        head, inside = fold.split("</summary>")
        return words(head), words(inside)

    stand(customer, "connection", TOKEN_NEEDED)
    states.update(since=first, done_at=first, seen_at=checked, checked_at=checked)
    assert line()[0].endswith(f"Seen. · done {words(moment(first))}")
    assert f"Last checked {words(moment(checked))}" in line()[1]
    stand(customer, "readiness", Asking(say("A permission is missing."), Court.CUSTOMER))
    stand(customer, "connection", TOKEN_NEEDED)
    assert states.get().done_at == first < checked < present(states.get().since)
    states.update(since=again)
    assert line()[0].endswith(f"Seen. · done {words(moment(again))}")


def words(html: str) -> str:
    """As they are read."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_calls_nobody_live_between_two_steps(alice, customer):
    stand(customer, "mappings", Done(Stored({}), say("7 attributes are mapped.")))
    assert "Next · 6 Attribute mapping" in open_record(alice, customer).text


def test_leads_to_the_record_where_its_tenant_is_unknown(alice, customer):
    stand(customer, "live", Broken(say("Microsoft knows no such tenant."), Court.CS, "AADSTS90002"))
    html = open_record(alice, customer).html
    assert f'<a class="btn btn--primary" href="{reverse("customer_edit", args=[customer.pk])}">' in html
    assert "Open the step “Connection”" not in html
