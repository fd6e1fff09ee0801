"""The support bundle, taken out of the product: who took it, and of how many people it has ids, is noted."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext_noop as _

from onboarding.customers.base import check_member
from onboarding.domain.sentences import plural, say
from onboarding.engine import ledger
from onboarding.engine.may import Act, may
from onboarding.models import Onboarding
from onboarding.support.bundle import Bundle, bundle_of


def take(onboarding: Onboarding, *, actor: User) -> Bundle:
    """The bundle for `actor`: with object ids of some people for those who may see names. Raises `Http404`."""
    check_member(onboarding, actor, Act.EXPORT)
    made = bundle_of(onboarding, with_ids=may(actor, Act.SEE_NAMES, onboarding))
    with transaction.atomic():
        check_member(onboarding, actor, Act.EXPORT)
        _note(onboarding, made, actor=actor)
    return made


def take_by_command(onboarding: Onboarding, *, by: str, with_ids: bool) -> Bundle:
    """The bundle for whoever runs commands, and calls themselves `by`."""
    made = bundle_of(onboarding, with_ids=with_ids)
    _note(onboarding, made, by=by)
    return made


def _note(onboarding: Onboarding, made: Bundle, *, actor: User | None = None, by: str = "") -> None:
    text = plural(
        "Support bundle made, with the object ID of %(count)s person.",
        "Support bundle made, with the object IDs of %(count)s people.",
    )
    line = say(text, count=made.people) if made.people else say(_("Support bundle made, without object IDs of people."))
    ledger.note(onboarding.pk, "export", line, actor=actor, actor_name=by)
