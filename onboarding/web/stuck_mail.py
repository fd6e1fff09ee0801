"""E-mails that need a person, as pages of customer success tell it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from onboarding.causes.mail import NOT_WRITTEN
from onboarding.domain.sentences import Sentence
from onboarding.mail.rules import ACTIVE
from onboarding.models import Letter, LetterCheck, Onboarding, clock
from onboarding.models.letter import is_stuck

MAX_SHOWN = 5
MAX_READ = 50


def told(letter: Letter) -> Sentence | None:
    """Why the letter has not gone, in a sentence; None where nothing is wrong, or nothing is known."""
    wrong = letter.state in Letter.TROUBLE_STATES or letter.is_put_off
    return letter.cause.for_staff({}) if wrong and letter.cause else None


@dataclass(frozen=True)
class StuckLetter:
    """A letter that needs a person, and why in a sentence."""

    letter: Letter
    cause: Sentence | None


@dataclass(frozen=True)
class Mail:
    """What has to be seen to about one customer's letters: the newest draft, what is stuck, and whether we fail to
    write any.
    """

    draft: Letter | None
    stuck: list[StuckLetter]
    not_written: LetterCheck | None

    @property
    def why_none_is_written(self) -> Sentence:
        """What it means that we fail to write any."""
        return NOT_WRITTEN.for_staff({})

    @property
    def shown(self) -> tuple[object, ...]:
        """What a page shows of it, to tell whether that has changed."""
        letters = [(each.letter.pk, each.letter.state, each.letter.next_try_at) for each in self.stuck]
        failing = self.not_written.failing_since if self.not_written else None
        return (self.draft.pk if self.draft else 0, letters, failing)


def mail_of(onboarding: Onboarding) -> Mail:
    """What has to be seen to about the letters to this customer. Two queries."""
    is_active, now = onboarding.state in ACTIVE, clock.now()
    letters = onboarding.letters.filter(is_stuck(now)) if is_active else onboarding.letters.none()
    drafts = onboarding.letters.filter(state=Letter.State.DRAFT)
    found = list((letters | drafts).defer("html", "text").order_by("-pk")[:MAX_READ])
    stuck = [letter for letter in found if letter.state != Letter.State.DRAFT][:MAX_SHOWN]
    failing = LetterCheck.objects.filter(onboarding=onboarding, failing_since__isnull=False).first()
    return Mail(
        draft=next((letter for letter in found if letter.state == Letter.State.DRAFT), None),
        stuck=[StuckLetter(letter, told(letter)) for letter in stuck],
        not_written=failing if is_active else None,
    )


def drafts_to_review(mine: QuerySet[Onboarding]) -> int:
    """How many drafts to these customers wait for a person. One query."""
    return Letter.objects.filter(state=Letter.State.DRAFT, onboarding__in=mine).count()


def customers_with_stuck_mail(mine: QuerySet[Onboarding]) -> int:
    """How many of these customers have a letter that needs a person, or get none because of us. One query, by the few
    letters and customers that are in trouble.
    """
    stuck = Letter.objects.stuck(clock.now()).filter(onboarding__in=mine)
    failing = LetterCheck.objects.filter(failing_since__isnull=False, onboarding__state__in=ACTIVE, onboarding__in=mine)
    return stuck.values("onboarding").union(failing.values("onboarding")).count()
