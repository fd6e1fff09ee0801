"""Whom the rules of letters are asked about: each customer for itself, in turn, at a cost that does not grow."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from onboarding import tasks
from onboarding.causes import mail as causes
from onboarding.causes.base import Owner
from onboarding.customers import contacts, links, outbox, records
from onboarding.domain.verdicts import Done
from onboarding.mail import checks, compose, context, letters
from onboarding.models import Letter, LetterCheck, Onboarding
from tests import builders
from tests.engine.drafts import LINK_SENT, at_consent, drafted, fresh, long_ago
from tests.pages.desk import stand

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("every_day")]


def breaks_for(monkeypatch: pytest.MonkeyPatch, module: object, name: str, made: Onboarding) -> None:
    """Let a function that takes an onboarding first fail for this customer."""
    whole = getattr(module, name)

    def fail(onboarding, *given, **named):
        pk = onboarding if isinstance(onboarding, int) else onboarding.pk
        if pk == made.pk:
            raise KeyError(f"the name of {made.customer.name}")
        return whole(onboarding, *given, **named)

    monkeypatch.setattr(module, name, fail)


def cost() -> int:
    """How many statements one run takes."""
    with CaptureQueriesContext(connection) as made:
        tasks.remind()
    return len(made)


def test_keeps_nobody_elses_letters_when_one_customers_cannot_be_written(monkeypatch):
    theirs, others = at_consent(), at_consent()
    breaks_for(monkeypatch, letters, "write_due", theirs)
    tasks.remind()
    assert [made.letters.count() for made in (theirs, others)] == [0, 1]
    noted = LetterCheck.objects.get(onboarding=theirs)
    assert (noted.code, noted.failing_since is None) == ("KeyError", False)
    assert LetterCheck.objects.get(onboarding=others).failing_since is None
    since = noted.failing_since
    tasks.remind()
    assert LetterCheck.objects.get(onboarding=theirs).failing_since == since
    # It is over by itself once the cause is.
    monkeypatch.undo()
    tasks.remind()
    assert theirs.letters.count() == 1
    noted.refresh_from_db()
    assert (noted.code, noted.failing_since) == ("", None)


def test_keeps_nobody_elses_letters_when_one_cannot_be_withdrawn(monkeypatch):
    theirs, others, third = (at_consent() for _number in range(3))
    lying = [drafted(each) for each in (theirs, others)]
    for each in (theirs, others):
        stand(each, "live", Done())
    breaks_for(monkeypatch, letters, "withdraw_outdated", theirs)
    tasks.remind()
    assert [fresh(letter).state for letter in lying] == ["draft", "cancelled"]
    assert third.letters.count() == 1
    assert LetterCheck.objects.get(onboarding=theirs).code == "KeyError"


def test_keeps_nobody_elses_letters_when_the_facts_of_one_cannot_be_read(monkeypatch):
    theirs, others = at_consent(), at_consent()
    facts_of = context.Gathered.facts_of

    def fail(self, onboarding):
        if onboarding.pk == theirs.pk:
            raise ValueError
        return facts_of(self, onboarding)

    monkeypatch.setattr(context.Gathered, "facts_of", fail)
    tasks.remind()
    assert [made.letters.count() for made in (theirs, others)] == [0, 1]


def test_says_which_letter_cannot_be_written_and_writes_it_once_that_works(monkeypatch):
    theirs, others = at_consent(), at_consent()
    breaks_for(monkeypatch, letters, "compose", theirs)
    for _round in range(2):
        tasks.remind()
    letter, others_letter = theirs.letters.get(), others.letters.get()
    assert (letter.state, letter.cause, letter.error) == ("failed", causes.UNWRITTEN, "KeyError")
    assert causes.UNWRITTEN.owner is Owner.ENGINEERS
    assert (letter.text, others_letter.state) == ("", "draft")
    assert not outbox.may_retry(letter)
    assert theirs.events.filter(kind="letter").count() == 1
    assert list(Letter.objects.stuck(timezone.now())) == [letter]
    assert not LetterCheck.objects.exclude(failing_since=None).exists()
    alice = builders.signed_in(builders.owner_of(theirs).username)
    for page in (alice.get(reverse("outbox")), alice.get(reverse("letter", args=[theirs.pk, letter.pk]))):
        assert "The dashboard itself failed to write this e-mail." in page.content.decode()
        assert theirs.customer.name not in letter.error
    monkeypatch.undo()
    tasks.remind()
    assert (fresh(letter).state, fresh(letter).trouble, fresh(letter).settled_at) == ("draft", "", None)
    assert fresh(letter).subject


def test_settles_what_could_not_be_written_yesterday_once_it_is(monkeypatch):
    made = at_consent()
    breaks_for(monkeypatch, letters, "compose", made)
    tasks.remind()
    long_ago(made, 1)
    tasks.remind()
    assert made.letters.count() == 1
    monkeypatch.undo()
    tasks.remind()
    assert [(each.state, each.settled_at is None) for each in made.letters.order_by("pk")] == [
        ("failed", False),
        ("draft", True),
    ]


def test_counts_no_letter_without_words_as_one_that_was_released(monkeypatch):
    made = at_consent(LINK_SENT)
    links.issue_link(made, actor=builders.owner_of(made))
    long_ago(made, 9)
    breaks_for(monkeypatch, letters, "compose", made)
    tasks.remind()
    assert made.letters.get().kind == "reminder"
    monkeypatch.undo()
    tasks.remind()
    assert made.letters.get().state == "draft"


def test_writes_the_other_of_two_letters_where_one_fails(monkeypatch):
    made = stand(builders.onboarding(), "live", Done())
    owner = builders.owner_of(made)
    contacts.add_contact(made, actor=owner, name="Sara", email="sara@contoso.example", role="sponsor")
    whole = compose.compose

    def fail(onboarding, contact, kind):
        if contact.name == "Sara":
            raise KeyError(kind)
        return whole(onboarding, contact, kind)

    monkeypatch.setattr(letters, "compose", fail)
    tasks.remind()
    assert sorted(made.letters.values_list("to_name", "state")) == [("Eva Berg", "draft"), ("Sara", "failed")]
    monkeypatch.undo()
    tasks.remind()
    assert [letter.state for letter in made.letters.all()] == ["draft", "draft"]


def test_takes_a_database_that_is_away_for_no_customers_fault(monkeypatch):
    made = [at_consent() for _number in range(4)]
    asked = []

    def away(pk, **given):
        asked.append(pk)
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(letters, "write_due", away)
    with pytest.raises(OperationalError):
        tasks.remind()
    assert asked == [each.pk for each in made[:3]]
    assert not LetterCheck.objects.exists()


def test_goes_on_with_others_where_the_database_did_not_answer_for_one(monkeypatch):
    theirs, others = at_consent(), at_consent()
    whole = letters.write_due

    def busy(pk, **given):
        if pk == theirs.pk:
            raise OperationalError("canceling statement due to lock timeout")
        return whole(pk, **given)

    monkeypatch.setattr(letters, "write_due", busy)
    tasks.remind()
    assert [made.letters.count() for made in (theirs, others)] == [0, 1]
    assert not LetterCheck.objects.exclude(failing_since=None).exists()


def test_costs_the_same_however_many_customers_wait():
    def waiting(count: int) -> None:
        for _number in range(count):
            made = at_consent(LINK_SENT)
            Letter.objects.create(
                onboarding=made,
                contact=made.contacts.get(),
                kind="reminder",
                waiting_on="consent:approval",
                state="sent",
                to_email="e@contoso.example",
                day=timezone.localdate(),
                sent_on=timezone.localdate(),
            )
            made.current_since -= timedelta(days=9)
            made.save()

    tasks.remind()  # the first run of all also makes the row of its sign of life
    waiting(2)
    few = cost()
    waiting(10)
    assert cost() == few
    assert few <= 8


def test_comes_to_everybody_in_turn_and_first_to_whoever_has_moved(monkeypatch):
    monkeypatch.setattr(checks, "MAX_AT_ONCE", 2)
    made = [at_consent() for _number in range(5)]
    counts = []
    for _run in range(3):
        tasks.remind()
        counts.append(Letter.objects.count())
    assert counts == [2, 4, 5]
    Letter.objects.update(state="sent", sent_on=timezone.localdate())
    LetterCheck.objects.filter(onboarding=made[4]).update(checked_at=timezone.now())
    stand(made[4], "consent", LINK_SENT)
    Onboarding.objects.filter(pk=made[4].pk).update(current_since=timezone.now())
    assert context.to_check(timezone.now(), limit=1) == [made[4]]


def test_asks_about_no_customer_who_is_paused():
    made = at_consent()
    drafted(made)
    records.pause(made, actor=builders.owner_of(made))
    tasks.remind()
    assert not LetterCheck.objects.exists()


@pytest.mark.parametrize("state", ["failed", "unknown"])
def test_settles_a_letter_in_trouble_once_what_it_is_about_is_over(state):
    made = at_consent()
    letter = drafted(made)
    Letter.objects.filter(pk=letter.pk).update(state=state)
    tasks.remind()
    assert fresh(letter).settled_at is None
    stand(made, "live", Done())
    tasks.remind()
    assert (fresh(letter).state, fresh(letter).settled_at is None) == (state, False)


def test_writes_the_invitation_again_on_the_next_day():
    made = at_consent()
    letter = drafted(made)
    Letter.objects.filter(pk=letter.pk).update(state="failed", trouble="mail_given_up")
    tasks.remind()
    assert made.letters.count() == 1
    long_ago(made, 1)
    tasks.remind()
    assert list(made.letters.order_by("pk").values_list("kind", "state")) == [
        ("invitation", "failed"),
        ("invitation", "draft"),
    ]


# What a draft tells


def live_with(count: int) -> Onboarding:
    """Live, with so many people in Haiilo."""
    made = stand(builders.onboarding(), "live", Done(), scope={"total": 12})
    Onboarding.objects.filter(pk=made.pk).update(live_at=timezone.now())
    return arrived(made, count)


def arrived(made: Onboarding, count: int) -> Onboarding:
    Onboarding.objects.filter(pk=made.pk).update(in_haiilo=count, standings={"arrived": count})
    return Onboarding.objects.get(pk=made.pk)


def test_writes_a_draft_anew_when_its_numbers_change():
    made = live_with(11)
    tasks.remind()
    letter = made.letters.get()
    assert (letter.state, "is live: 11 accounts" in letter.subject) == ("draft", True)
    arrived(made, 12)
    tasks.remind()
    after = made.letters.get()
    assert "is live: 12 accounts" in after.subject
    assert ("12 of 12" in after.text, "11" in after.subject + after.text) == (True, False)
    assert "12 of 12" in after.html
    assert (after.pk, after.state, after.created_at) == (letter.pk, "draft", letter.created_at)


def test_leaves_a_draft_as_it_is_that_a_person_has_changed():
    made = live_with(11)
    tasks.remind()
    outbox.edit(made.letters.get(), actor=builders.owner_of(made), subject="All but one", text="Ada comes on Monday.")
    arrived(made, 12)
    tasks.remind()
    assert (made.letters.get().subject, made.letters.get().text) == ("All but one", "Ada comes on Monday.")


def test_leaves_a_letter_as_it_is_that_was_released():
    made = live_with(11)
    tasks.remind()
    outbox.release(made.letters.get(), actor=builders.owner_of(made))
    arrived(made, 12)
    tasks.remind()
    assert "11 accounts" in made.letters.get().subject


def test_asks_no_more_of_the_database_while_no_number_changes():
    made = live_with(11)
    tasks.remind()
    before = cost()
    arrived(made, 12)
    assert cost() > before
    assert cost() == before
