"""The rules of the letters as tables: facts and the time go in, no database and no clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from onboarding.causes.roles import APPLICATION_OWNERS, APPROVERS, MAY_ASSIGN, MAY_CONSENT
from onboarding.domain.sentences import say
from onboarding.mail.rules import (
    MAX_REMINDERS,
    Due,
    Facts,
    Person,
    Rules,
    Written,
    addressee,
    asks_the_customer,
    due,
    kind_by_hand,
    still_holds,
    suited,
)
from onboarding.steps.asks import customer_ask, waiting_on

RULES = Rules(timedelta(days=3), timedelta(days=7))
MONDAY = datetime(2027, 3, 1, 10, tzinfo=UTC)
ADMIN, APPROVER, OWNER, SPONSOR = (
    Person(1, "it_admin"),
    Person(2, "approver"),
    Person(3, "sso_owner"),
    Person(4, "sponsor"),
)
WAITS = Facts(
    now=MONDAY,
    state="open",
    kind="asking",
    court="customer",
    waiting_on="consent:approval",
    since=MONDAY - timedelta(days=3),
    contacts=[ADMIN, SPONSOR],
    letters=[Written(1, "invitation", "consent:approval", "sent", date(2027, 2, 26))],
    roles=APPROVERS,
    holder=1,
)
NO_LINK = replace(WAITS, court="cs", letters=[], holder=None, since=MONDAY)
LIVE = replace(
    WAITS, state="live", kind="done", court="cs", waiting_on="live:", live_at=MONDAY - timedelta(hours=1), holder=None
)


def sent(day: date, kind: str = "reminder", contact: int = 1, about: str = "consent:approval") -> Written:
    return Written(contact, kind, about, "sent", day)


def days_ago(days: int) -> date:
    return MONDAY.date() - timedelta(days=days)


def test_drafts_the_invitation_while_nobody_has_the_link():
    assert due(NO_LINK, RULES) == [Due(1, "invitation", "invitation", draft=True)]


def test_invites_the_approver_where_there_is_one():
    assert due(replace(NO_LINK, contacts=[ADMIN, APPROVER]), RULES)[0].contact == 2


def test_reminds_whoever_holds_the_link():
    assert due(replace(WAITS, contacts=[ADMIN, APPROVER], holder=1), RULES)[0].contact == 1


@pytest.mark.parametrize(("days", "expected"), [(0, 0), (1, 0), (2, 0), (3, 1), (6, 1)])
def test_reminds_when_nothing_has_moved_for_some_days(days, expected):
    facts = replace(WAITS, since=MONDAY - timedelta(days=days), letters=[sent(days_ago(days), "invitation")])
    assert [each.kind for each in due(facts, RULES)] == ["reminder"] * expected


def test_sends_reminders_by_itself_once_a_person_has_released_a_letter():
    assert due(WAITS, RULES) == [Due(1, "reminder", "reminder 1", draft=False)]
    assert due(replace(WAITS, letters=[]), RULES) == [Due(1, "reminder", "reminder 1", draft=True)]


def test_counts_the_days_from_the_last_letter():
    earlier = [sent(days_ago(6), "invitation"), sent(days_ago(2))]
    assert due(replace(WAITS, since=MONDAY - timedelta(days=6), letters=earlier), RULES) == []


def test_goes_on_reminding_when_the_link_has_run_out():
    facts = replace(WAITS, court="cs", holder=None, letters=[sent(days_ago(8), "invitation")])
    assert [each.kind for each in due(facts, RULES)] == ["reminder"]


def test_gives_up_after_some_reminders():
    letters = [sent(days_ago(3 * number)) for number in range(1, MAX_REMINDERS + 1)]
    facts = replace(WAITS, contacts=[ADMIN], since=MONDAY - timedelta(days=30), letters=letters)
    assert due(facts, RULES) == []


@pytest.mark.parametrize(("days", "expected"), [(6, 0), (7, 1), (20, 1)])
def test_tells_the_sponsor_when_reminders_do_not_help(days, expected):
    facts = replace(WAITS, since=MONDAY - timedelta(days=days), letters=[sent(days_ago(1))])
    assert [(each.contact, each.kind) for each in due(facts, RULES)] == [(4, "escalation")] * expected


def test_tells_the_sponsor_once():
    facts = replace(WAITS, since=MONDAY - timedelta(days=20), letters=[sent(days_ago(1))])
    told = replace(facts, letters=[*facts.letters, sent(days_ago(9), "escalation", contact=4)])
    assert due(told, RULES) == []


def test_tells_no_sponsor_before_the_customer_was_asked():
    assert "escalation" not in [each.kind for each in due(replace(WAITS, since=days(20), letters=[]), RULES)]


def days(number: int) -> datetime:
    return MONDAY - timedelta(days=number)


@pytest.mark.parametrize("state", ["paused", "closed"])
@pytest.mark.parametrize("facts", [WAITS, NO_LINK, LIVE])
def test_writes_nothing_to_a_customer_at_rest(facts, state):
    assert due(replace(facts, state=state), RULES) == []


@pytest.mark.parametrize("facts", [WAITS, NO_LINK, LIVE])
def test_writes_nothing_at_weekends_unless_it_is_wanted(facts):
    saturday = replace(facts, now=MONDAY - timedelta(days=2), since=days(20), letters=[sent(days_ago(9))])
    assert due(saturday, RULES) == []
    if facts is WAITS:
        assert due(saturday, replace(RULES, weekends=True)) != []


@pytest.mark.parametrize("kind", ["waiting", "done", "todo", "new"])
def test_writes_nothing_while_nobody_at_the_customer_has_to_act(kind):
    assert due(replace(WAITS, kind=kind), RULES) == []


def test_writes_nothing_while_it_is_our_turn():
    assert due(replace(WAITS, court="cs", waiting_on="connection:token_needed"), RULES) == []


def test_writes_nothing_while_somebody_is_on_microsofts_pages():
    assert due(replace(WAITS, busy=True), RULES) == []


@pytest.mark.parametrize("state", ["draft", "approved", "sending", "sent", "unknown", "failed", "cancelled"])
@pytest.mark.parametrize("kind", ["invitation", "reminder", "completion"])
def test_never_writes_twice_a_day_to_one_contact(kind, state):
    today = Written(1, kind, "consent:approval", state, MONDAY.date())
    facts = replace(WAITS, contacts=[ADMIN], since=days(30), letters=[*WAITS.letters, today])
    assert due(facts, RULES) == []


@pytest.mark.parametrize("state", ["draft", "approved", "sending"])
def test_writes_nothing_beside_a_letter_that_lies_ready(state):
    lies = Written(1, "reminder", "consent:approval", state, days_ago(9))
    assert due(replace(WAITS, contacts=[ADMIN], since=days(30), letters=[lies]), RULES) == []


def test_reports_the_numbers_once_to_those_who_waited_for_them():
    facts = replace(LIVE, contacts=[ADMIN, APPROVER, SPONSOR])
    assert [(each.contact, each.kind) for each in due(facts, RULES)] == [(1, "completion"), (4, "completion")]
    told = [sent(days_ago(1), "completion", contact, "live:") for contact in (1, 4)]
    assert due(replace(facts, letters=told), RULES) == []


def test_reports_no_old_news():
    assert due(replace(LIVE, live_at=MONDAY - timedelta(days=8)), RULES) == []


def test_reports_nothing_while_something_is_wrong():
    broken = replace(LIVE, kind="broken", court="haiilo")
    assert due(broken, RULES) == []
    assert not still_holds(broken, "completion", "live:")


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({}, True),
        ({"court": "cs"}, True),
        ({"kind": "waiting"}, False),
        ({"waiting_on": "readiness:permissions_missing"}, False),
        ({"state": "paused"}, False),
        ({"state": "closed"}, False),
    ],
)
def test_stops_a_letter_when_what_it_is_about_is_over(change, holds):
    assert still_holds(replace(WAITS, **change), "reminder", "consent:approval") is holds


def test_writes_to_the_first_contact_where_nobody_has_the_role():
    assert (
        addressee(replace(WAITS, waiting_on="scope:nobody_in_scope", roles=APPLICATION_OWNERS, contacts=[SPONSOR])) == 4
    )
    assert addressee(replace(WAITS, contacts=[], holder=None)) is None


# What did not go out


def failed(day: date, kind: str, contact: int = 1, about: str = "consent:approval", *, refused: bool) -> Written:
    return Written(contact, kind, about, "failed", day, refused=refused)


@pytest.mark.parametrize("refused", [True, False])
@pytest.mark.parametrize("days", [1, 4, 8])
def test_writes_an_invitation_again_that_did_not_go_out(days, refused):
    facts = replace(NO_LINK, since=MONDAY - timedelta(days=days))
    tried = replace(facts, letters=[failed(days_ago(days), "invitation", refused=refused)])
    assert due(tried, RULES) == [Due(1, "invitation", "invitation", draft=True)]
    assert due(replace(tried, letters=[failed(days_ago(0), "invitation", refused=refused)]), RULES) == []


def test_writes_no_invitation_again_that_may_have_been_delivered():
    perhaps = Written(1, "invitation", "consent:approval", "unknown", days_ago(1))
    assert due(replace(NO_LINK, letters=[perhaps]), RULES) == []


@pytest.mark.parametrize("refused", [True, False])
def test_reminds_again_by_itself_unless_the_reminder_was_refused(refused):
    facts = replace(WAITS, contacts=[ADMIN])
    letters = [*WAITS.letters, failed(days_ago(1), "reminder", refused=refused)]
    assert due(replace(facts, letters=letters), RULES) == [Due(1, "reminder", "reminder 1", draft=refused)]
    # Once one has reached them, the earlier refusal is of no account.
    since = replace(facts, since=days(9), letters=[failed(days_ago(8), "reminder", refused=refused), sent(days_ago(3))])
    assert due(since, RULES) == [Due(1, "reminder", "reminder 2", draft=False)]


@pytest.mark.parametrize("refused", [True, False])
def test_tells_the_sponsor_again_who_was_not_reached(refused):
    letters = [sent(days_ago(1)), failed(days_ago(2), "escalation", 4, refused=refused)]
    facts = replace(WAITS, since=days(20), letters=letters)
    assert due(facts, RULES) == [Due(4, "escalation", "escalation", draft=refused)]


@pytest.mark.parametrize("refused", [True, False])
def test_reports_the_numbers_again_to_whom_they_did_not_reach(refused):
    tried = [failed(days_ago(1), "completion", about="live:", refused=refused)]
    assert due(replace(LIVE, contacts=[ADMIN], letters=tried), RULES) == [
        Due(1, "completion", "completion", draft=refused)
    ]


# What the customer is asked for


@pytest.mark.parametrize("code", ["no_link", "link_sent", "link_opened", "link_expired"])
def test_waits_for_one_approval_however_far_the_link_has_come(code):
    assert waiting_on("consent", code) == "consent:approval"
    assert waiting_on("readiness", code) == f"readiness:{code}"


@pytest.mark.parametrize(
    ("key", "code", "role", "by_link", "contacts"),
    [
        ("consent", "link_sent", MAY_CONSENT, True, APPROVERS),
        ("consent", "not_allowed", MAY_CONSENT, True, APPROVERS),
        ("consent", "access_lost", MAY_CONSENT, True, APPROVERS),
        ("readiness", "permissions_missing", MAY_CONSENT, True, APPROVERS),
        ("mappings", "ConsentMissing", MAY_CONSENT, True, APPROVERS),
        ("scope", "nobody_in_scope", MAY_ASSIGN, False, APPLICATION_OWNERS),
        ("pilot", "pilot_failed", None, False, ("it_admin",)),
    ],
)
def test_names_the_role_that_is_needed(key, code, role, by_link, contacts):
    found = customer_ask(key, code, say("What the step says."))
    assert (found.role, found.by_link, tuple(found.contacts)) == (role, by_link, contacts)


@pytest.mark.parametrize(
    ("sentence", "offers"),
    [
        (say("Missing: %(names)s.", names="User.Read.All, Application.Read.All"), None),
        (say("Permissions are missing."), {"missing": ["User.Read.All", "Application.Read.All"]}),
    ],
)
def test_names_the_missing_permissions(sentence, offers):
    found = customer_ask("readiness", "permissions_missing", sentence, offers)
    assert "User.Read.All, Application.Read.All" in str(found.what)
    assert "User.Read.All, Application.Read.All" in str(found.letter)


@pytest.mark.parametrize("code", ["new_code", "", "pilot_needed"])
def test_tells_what_has_no_words_for_the_customer_in_general_and_never_as_customer_success_is_told(code):
    found = customer_ask("pilot", code, say("Ask the admin to enable %(who)s.", who="Eva"))
    assert "get in touch with your contact at Haiilo" in str(found.what)
    assert found.letter == found.what


def test_asks_for_the_approval_in_general_where_the_stored_values_do_not_fill_the_gaps():
    found = customer_ask("readiness", "permissions_missing", say("Permissions are missing."))
    assert str(found.what) == "We need your approval once more. Open your link and accept all permissions."
    assert found.by_link


def test_writes_about_what_came_after_what_was_discarded_on_the_same_day():
    discarded = Written(1, "invitation", "consent:approval", "cancelled", MONDAY.date())
    facts = replace(LIVE, contacts=[ADMIN], letters=[discarded])
    assert [each.kind for each in due(facts, RULES)] == ["completion"]
    assert due(replace(NO_LINK, letters=[discarded]), RULES) == []


@pytest.mark.parametrize(
    ("kind", "about", "ahead", "holds"),
    [
        ("invitation", "consent:approval", True, True),
        ("invitation", "consent:approval", False, False),
        ("reminder", "consent:approval", True, False),
        ("invitation", "customer:domains_unknown", True, False),
    ],
)
def test_keeps_the_invitation_while_the_approval_is_ahead(kind, about, ahead, holds):
    facts = replace(NO_LINK, kind="new", waiting_on="customer:", ahead=ahead)
    assert still_holds(facts, kind, about) == holds
    assert not still_holds(replace(facts, state="closed"), kind, about)


def test_asks_by_hand_only_who_can_do_it():
    facts = replace(WAITS, waiting_on="scope:nobody_in_scope", roles=APPLICATION_OWNERS)
    assert suited(replace(facts, contacts=[SPONSOR, ADMIN, OWNER])) == 3
    assert suited(replace(facts, contacts=[SPONSOR])) is None
    assert addressee(replace(facts, contacts=[SPONSOR])) == 4
    assert suited(replace(WAITS, contacts=[APPROVER, ADMIN], holder=1)) == 1


@pytest.mark.parametrize(
    ("facts", "may"),
    [
        (WAITS, True),
        (NO_LINK, True),
        (LIVE, False),
        (replace(WAITS, state="paused"), False),
        (replace(WAITS, kind="waiting"), False),
        (replace(WAITS, court="cs", waiting_on="connection:token_needed"), False),
        (replace(WAITS, state="live", kind="broken", waiting_on="live:ConsentMissing"), True),
    ],
)
def test_lets_write_by_hand_while_something_is_asked_of_the_customer(facts, may):
    assert asks_the_customer(facts) == may


def test_invites_by_hand_until_somebody_was_told_of_the_approval():
    assert kind_by_hand(NO_LINK) == kind_by_hand(replace(WAITS, letters=[])) == "invitation"
    assert kind_by_hand(WAITS) == "request"
    assert kind_by_hand(replace(WAITS, waiting_on="scope:nobody_in_scope", letters=[])) == "request"
