"""Who may do what: one table of acts and roles. Pages, acts of staff and the engine all ask here; nobody else knows."""

from __future__ import annotations

from enum import Enum
from functools import cache

from django.contrib.auth.models import Permission, User
from django.db import models
from django.db.models import Q

from onboarding.models import Onboarding
from onboarding.models.compiled import Check, Given, given
from onboarding.models.onboarding import OnboardingQuerySet


class Role(Enum):
    """What somebody of staff can be towards a customer."""

    MEMBER = "member"  # of the customer's portfolio
    NAMES = "names"  # may see the names of people, and is a member


class Act(Enum):
    """What somebody of staff can do with a customer."""

    SEE = "see"
    SEE_NAMES = "see_names"
    RECHECK = "recheck"
    ANSWER = "answer"
    APPROVE = "approve"
    PAUSE = "pause"
    CHANGE_RECORD = "change_record"
    INVITE = "invite"
    WRITE_LETTERS = "write_letters"
    PROPOSE = "propose"
    DECIDE = "decide"
    CHANGE_MODE = "change_mode"
    EXPORT = "export"
    ACCEPT_VARIANT = "accept_variant"
    TAKE_VARIANT_BACK = "take_variant_back"
    KEEP_TOKEN = "keep_token"  # noqa: S105 - the name of an act, no secret
    WITHDRAW_TOKEN = "withdraw_token"  # noqa: S105 - the name of an act, no secret
    ASK_FOR_SECRET = "ask_for_secret"  # noqa: S105 - the name of an act, no secret


TABLE: dict[Act, frozenset[Role]] = {
    **dict.fromkeys(Act, frozenset({Role.MEMBER})),
    Act.SEE_NAMES: frozenset({Role.NAMES}),
}


def may(user: User, act: Act, onboarding: Onboarding) -> bool:
    """Whether `user` may do `act` with this customer at this moment."""
    return _is_let(user, act) and Onboarding.objects.has_reader(onboarding.pk, user)


def one(user: User, act: Act, pk: int) -> Onboarding | None:
    """The onboarding with this key, with its customer and owner, if `user` may do `act` with it at this moment."""
    return Onboarding.objects.for_reader(pk, user) if _is_let(user, act) else None


def where(user: User, act: Act) -> OnboardingQuerySet:
    """The onboardings with which `user` may do `act` at this moment."""
    return Onboarding.objects.for_user(user) if _is_let(user, act) else Onboarding.objects.none()


def _is_let(user: User, act: Act) -> bool:
    """Whether `user` may do `act` with any customer: with none once the account is switched off."""
    return user.is_active and _suffices(user, TABLE[act])


def _suffices(user: User, roles: frozenset[Role]) -> bool:
    """Whether `user` has one of these roles towards the customers of the own portfolios. Asks for the permission only
    where that decides: it takes a query.
    """
    return Role.MEMBER in roles or (Role.NAMES in roles and _sees_names(user))


def _sees_names(user: User) -> bool:
    """What ``user.has_perm("onboarding.see_people")`` says of an active user, without reading every permission."""
    return user.is_superuser or _has_permission().holds(user=user.pk, codename="see_people")


@cache
def _has_permission() -> Check:
    """Whether the `user`, or a group of the user's, has the permission `codename` of ours."""
    given_to = Given("user", models.AutoField())
    ours = Permission.objects.filter(content_type__app_label="onboarding", **given(Permission, "codename"))
    return Check(ours.filter(Q(user=given_to) | Q(group__user=given_to)))
