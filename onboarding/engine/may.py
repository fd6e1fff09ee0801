"""Who may do what: one table of acts and roles. Pages, acts of staff and the engine all ask here; nobody else knows."""

from __future__ import annotations

from enum import Enum

from django.contrib.auth.models import User

from onboarding.models import Onboarding


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


TABLE: dict[Act, frozenset[Role]] = {
    **dict.fromkeys(Act, frozenset({Role.MEMBER})),
    Act.SEE_NAMES: frozenset({Role.NAMES}),
}


def may(user: User, act: Act, onboarding: Onboarding) -> bool:
    """Whether `user` may do `act` with this customer at this moment. One query, or two for names."""
    return not TABLE[act].isdisjoint(roles(user, onboarding))


def roles(user: User, onboarding: Onboarding) -> frozenset[Role]:
    """What `user` is towards this customer now; nothing at all once the account is switched off."""
    if not user.is_active or not Onboarding.objects.for_user(user).filter(pk=onboarding.pk).exists():
        return frozenset()
    return frozenset({Role.MEMBER, Role.NAMES} if user.has_perm("onboarding.see_people") else {Role.MEMBER})
