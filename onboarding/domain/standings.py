"""What becomes of a person: one pure function of everything that is known, which every page and letter goes by."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Scope(TextChoices):
    """Whether Microsoft provisions a person, by what is assigned to the application and by the person's account."""

    UNREAD = "", _("not looked at")
    IN = "in", _("in scope")
    DISABLED = "disabled", _("assigned, but the account is disabled")
    NESTED = "nested", _("only in a group within an assigned group")
    NO_ACCESS = "no_access", _("assigned with the role “Default Access” only")
    FILTERED = "filtered", _("left out by a scoping filter")
    OUT = "out", _("not assigned")


class Told(enum.StrEnum):
    """What Microsoft has reported of the person's account in Haiilo, whatever it reported last."""

    NOTHING = ""
    ACCOUNT = "account"
    """It was created, changed or found there, and not removed since."""
    REMOVED = "removed"


class Last(enum.StrEnum):
    """What Microsoft reported last."""

    NOTHING = ""
    WENT_THROUGH = "went_through"
    FAILED = "failed"
    """Or skipped, for a reason other than that the person is not in scope."""
    ACCOUNT_GONE = "account_gone"
    """Failed, because Haiilo no longer has the account that Microsoft knew."""
    OUTSIDE = "outside"
    """Skipped, because the person is not in scope."""
    REMOVAL_FAILED = "removal_failed"
    REMOVAL_HELD = "removal_held"
    """The deletion guard holds it back."""


TRIED_IN_VAIN = (Last.FAILED, Last.ACCOUNT_GONE)
"""Microsoft would have changed or created the account, and could not."""


class InHaiilo(TextChoices):
    """What Haiilo's own list says."""

    UNTOLD = "", _("not asked")
    ACTIVE = "active", _("active")
    INACTIVE = "inactive", _("disabled")
    ABSENT = "absent", _("not there")
    TWICE = "twice", _("there more than once")


class Standing(TextChoices):
    """What becomes of a person."""

    ARRIVED = "arrived", _("in Haiilo")
    OUTDATED = "outdated", _("in Haiilo, last change failed")
    TWICE = "twice", _("in Haiilo twice")
    LEAVING = "leaving", _("in Haiilo, to be removed")
    HELD_BACK = "held_back", _("in Haiilo, removal held back")
    COMING = "coming", _("on the way")
    LEFT_OUT = "left_out", _("left out by the last sync")
    """Who is coming, as pages tell it of all of them once a sync has left them out: no row has it."""
    UNLINKED = "unlinked", _("cannot be linked")
    FAILED = "failed", _("failed")
    OUT = "out", _("not in scope")
    GONE = "gone", _("removed")
    UNKNOWN = "unknown", _("not told")


HAVE_AN_ACCOUNT = (Standing.ARRIVED, Standing.OUTDATED, Standing.TWICE, Standing.LEAVING, Standing.HELD_BACK)
"""In Haiilo at this moment, rightly or not."""
WITHOUT_FOR_A_REASON = (Standing.UNLINKED, Standing.FAILED)
"""Should have an account and have none that Microsoft writes, for a reason that is known."""
SHOULD_BE_THERE = (Standing.ARRIVED, Standing.OUTDATED, Standing.TWICE, Standing.COMING, *WITHOUT_FOR_A_REASON)
"""Who should have an account, as far as anything tells."""
NOT_AS_THEY_SHOULD = (*WITHOUT_FOR_A_REASON, Standing.OUTDATED, Standing.TWICE)
"""Have no account that Microsoft writes, for a reason that somebody can end, or one that is not as it should be."""
AS_THEY_SHOULD = (Standing.ARRIVED, Standing.OUT, Standing.GONE)
"""Nothing is left to do for them."""


SHOULD_ARRIVE = (Scope.IN, Scope.NO_ACCESS)
"""Who is provisioned, as far as the assignments tell: only jobs from before 2020 leave “Default Access” out
(docs/graph-facts.md, "Scope and assignments").
"""


@dataclass(frozen=True)
class Known:
    """What is known of one person.

    `scope_is_newer`: the scope was read after Microsoft's last report. `in_haiilo`: `UNTOLD` too where Haiilo was asked
    before that report.
    """

    scope: Scope = Scope.UNREAD
    told: Told = Told.NOTHING
    last: Last = Last.NOTHING
    scope_is_newer: bool = False
    in_haiilo: InHaiilo = InHaiilo.UNTOLD

    @property
    def belongs(self) -> bool:
        """Whether the newest that is known says that the person should be in Haiilo: the assignments as they were read,
        or what Microsoft has done since.
        """
        if not self.scope_is_newer and self._is_provisioned:
            return True
        says_no = self.last in (Last.OUTSIDE, Last.REMOVAL_FAILED, Last.REMOVAL_HELD) or self.told is Told.REMOVED
        return self.scope in SHOULD_ARRIVE and (self.scope_is_newer or not says_no)

    @property
    def _is_provisioned(self) -> bool:
        """Whether Microsoft's last report is of an account that it wrote, or tried to."""
        written = self.last is Last.WENT_THROUGH and self.told is Told.ACCOUNT
        return written or self.last in TRIED_IN_VAIN

    @property
    def lost_account(self) -> bool:
        """Whether there was an account by Microsoft's report, and is none now."""
        return self.told is Told.ACCOUNT and not self.has_account

    @property
    def is_ambiguous(self) -> bool:
        """Whether Haiilo has several accounts of the person and Microsoft holds on to none of them: its search finds
        them all, and links none.
        """
        holds_one = self.told is Told.ACCOUNT and self.last is not Last.ACCOUNT_GONE
        return self.in_haiilo is InHaiilo.TWICE and not holds_one

    @property
    def has_account(self) -> bool:
        """Whether there is an active account: Haiilo's own word counts before Microsoft's."""
        if self.in_haiilo is InHaiilo.UNTOLD:
            return self.told is Told.ACCOUNT and self.last is not Last.ACCOUNT_GONE
        return self.in_haiilo in (InHaiilo.ACTIVE, InHaiilo.TWICE)


def standing(known: Known) -> Standing:
    """What becomes of this person. Never says that a person was removed, or has arrived, unless that was told.

    Who has several accounts, of which Microsoft can link none, has not arrived, and failed only where it was tried.
    """
    if known.in_haiilo is InHaiilo.TWICE:
        return _ambiguous(known) if known.is_ambiguous and known.belongs else Standing.TWICE
    return _with_account(known) if known.has_account else _without(known)


def _ambiguous(known: Known) -> Standing:
    return Standing.FAILED if known.last in TRIED_IN_VAIN else Standing.UNLINKED


def _with_account(known: Known) -> Standing:
    if not known.belongs:
        if known.last is Last.REMOVAL_HELD:
            return Standing.HELD_BACK
        if known.scope is not Scope.UNREAD or known.last in (Last.OUTSIDE, Last.REMOVAL_FAILED):
            return Standing.LEAVING
    return Standing.OUTDATED if known.last in TRIED_IN_VAIN else Standing.ARRIVED


def _without(known: Known) -> Standing:
    lost = known.lost_account
    if lost and known.scope is Scope.UNREAD and known.last in (Last.WENT_THROUGH, *TRIED_IN_VAIN):
        return Standing.FAILED  # Microsoft has said of nobody that they are not to be there
    left_out = known.last is Last.OUTSIDE and known.told is Told.NOTHING
    if left_out and known.scope in SHOULD_ARRIVE:
        return Standing.FAILED  # that the assignments are read anew says nothing against Microsoft's word
    if known.belongs:
        return Standing.FAILED if lost or known.last in TRIED_IN_VAIN else Standing.COMING
    if known.told is Told.REMOVED or lost:
        return Standing.GONE
    if known.scope in SHOULD_ARRIVE:
        return Standing.FAILED
    if known.scope is Scope.UNREAD and known.last in (Last.NOTHING, *TRIED_IN_VAIN):
        return Standing.UNKNOWN if known.last is Last.NOTHING else Standing.FAILED
    return Standing.OUT
