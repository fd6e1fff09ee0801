"""Who of staff may see the names of provisioned people; that somebody did is noted."""

from __future__ import annotations

from datetime import datetime, time
from functools import cache

from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from onboarding.customers.base import check_member
from onboarding.domain.sentences import plural, say
from onboarding.engine import ledger
from onboarding.engine.may import Act
from onboarding.models import Event, Onboarding, Person, clock
from onboarding.models.compiled import Check, Given, given

NAMES_SEEN = "names_seen"


def permit(user: User, *, allowed: bool) -> None:
    """Let `user` see names from now on, or not."""
    kind = ContentType.objects.get_for_model(Person)
    permission = Permission.objects.get(content_type=kind, codename="see_people")
    (user.user_permissions.add if allowed else user.user_permissions.remove)(permission)


def note_viewing(onboarding: Onboarding, *, actor: User) -> None:
    """Leave a line that `actor` was shown names, once a day."""
    midnight = datetime.combine(timezone.localdate(clock.now()), time.min, tzinfo=timezone.get_current_timezone())
    today: dict[str, object] = {"onboarding": onboarding.pk, "actor": actor.pk, "midnight": midnight}
    if _noted().holds(**today):
        return
    check_member(onboarding, actor, Act.SEE_NAMES)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=actor.pk)  # of two pages at once, one leaves the line
        if not _noted().holds(**today):
            ledger.note(onboarding.pk, NAMES_SEEN, say(_("Names in the list of users viewed.")), actor=actor)


@cache
def _noted() -> Check:
    """Whether there is a line of this `actor` at the `onboarding` since `midnight`."""
    since = Given("midnight", models.DateTimeField())
    return Check(Event.objects.filter(kind=NAMES_SEEN, at__gte=since, **given(Event, "onboarding", "actor")))


@transaction.atomic
def note_message(onboarding: Onboarding, *, actor: User, named: int) -> None:
    """Leave a line that a message was written to the customer, and how many people it names."""
    check_member(onboarding, actor, Act.EXPORT)
    if named:
        check_member(onboarding, actor, Act.SEE_NAMES)
    text = plural(
        "Message to the customer written that names %(count)s person.",
        "Message to the customer written that names %(count)s people.",
    )
    line = say(text, count=named) if named else say(_("Message to the customer written, without names."))
    ledger.note(onboarding.pk, "export", line, actor=actor)


@transaction.atomic
def note_export(onboarding: Onboarding, *, actor: User, with_names: bool) -> None:
    """Leave a line that the list of people was taken out of the product, by whom, and whether names were in it."""
    check_member(onboarding, actor, Act.EXPORT)
    text = _("List of users exported as CSV.") if with_names else _("List of users exported as CSV, without names.")
    ledger.note(onboarding.pk, "export", say(text), actor=actor)
