"""What is odd about the data of one person before anybody is provisioned, and who can mend it."""

from __future__ import annotations

import enum

from django.utils.translation import gettext_noop as _

from onboarding.causes import portal_paths
from onboarding.causes.base import Cause, Owner
from onboarding.causes.people import EMPTY, EMPTY_AT_CUSTOMER
from onboarding.causes.roles import APPLICATION_OWNERS
from onboarding.domain.sentences import Template, plural

MATCHING = "https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes"
JUDGE = (
    "https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-parseexpression?view=graph-rest-1.0"
)
GUESTS = "https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works"
GROUPS = "https://support.haiilo.com"


class Code(enum.StrEnum):
    """What can be found of one person's data."""

    MATCHING_VALUE_EMPTY = "matching_value_empty"
    REQUIRED_VALUE_EMPTY = "required_value_empty"
    SIGNS_IN_MATCHING_VALUE = "signs_in_matching_value"
    COUNTRY_WITHOUT_GROUP = "country_without_group"
    COUNTRY_SPELLED_OTHERWISE = "country_spelled_otherwise"
    GUEST = "guest"
    BLANKS_AROUND = "blanks_around"
    DOUBLED_USER_NAME = "doubled_user_name"
    NOT_EVALUATED = "not_evaluated"
    JUDGED_OTHERWISE = "judged_otherwise"


FORECAST: tuple[Cause, ...] = (
    Cause(
        code=Code.MATCHING_VALUE_EMPTY,
        owner=Owner.CUSTOMER,
        staff=_(
            "The matching attribute (%(attribute)s) is empty for this person, so Microsoft skips them. It has to be "
            "entered in Entra."
        ),
        customer=_(
            "The matching attribute (%(attribute)s) is empty for this person, so Microsoft skips them. Enter it in "
            "Entra."
        ),
        needs=portal_paths.EDIT_PEOPLE,
        source=MATCHING,
    ),
    Cause(
        code=Code.REQUIRED_VALUE_EMPTY,
        owner=Owner.CUSTOMER,
        staff=EMPTY,
        customer=EMPTY_AT_CUSTOMER,
        needs=portal_paths.EDIT_PEOPLE,
        source=MATCHING,
    ),
    Cause(
        code=Code.SIGNS_IN_MATCHING_VALUE,
        owner=Owner.CS,
        staff=_(
            "Haiilo may refuse to search for “%(value)s” because of the characters %(signs)s. Choose this person as a "
            "test user; if that fails, our engineers have to look into it."
        ),
        source=MATCHING,
    ),
    Cause(
        code=Code.COUNTRY_WITHOUT_GROUP,
        owner=Owner.CUSTOMER,
        staff=_(
            "The country “%(value)s” is not the name of a Haiilo group. Create the group in Haiilo with exactly this "
            "name, or have the country corrected in Entra."
        ),
        customer=_(
            "The country “%(value)s” is not the name of a Haiilo group. Correct the country in Entra, or create a "
            "group with exactly this name in Haiilo."
        ),
        needs=portal_paths.EDIT_PEOPLE,
        source=GROUPS,
    ),
    Cause(
        code=Code.COUNTRY_SPELLED_OTHERWISE,
        owner=Owner.CUSTOMER,
        staff=_(
            "The country “%(value)s” is not spelled exactly like the Haiilo group “%(group)s”. It has to be corrected "
            "in Entra."
        ),
        customer=_(
            "The country “%(value)s” is not spelled exactly like the Haiilo group “%(group)s”. Correct it in Entra."
        ),
        needs=portal_paths.EDIT_PEOPLE,
        source=GROUPS,
    ),
    Cause(
        code=Code.GUEST,
        owner=Owner.CUSTOMER,
        staff=_(
            "This person is a guest in Entra, with the user name “%(value)s” in Haiilo. If guests are not meant to "
            "have an account, they have to be removed from the application."
        ),
        customer=_(
            "This person is a guest in Entra, with the user name “%(value)s” in Haiilo. If guests are not meant to "
            "have an account, remove them from the application."
        ),
        needs=portal_paths.REMOVE_FROM_APPLICATION,
        contacts=APPLICATION_OWNERS,
        source=GUESTS,
    ),
    Cause(
        code=Code.BLANKS_AROUND,
        owner=Owner.CUSTOMER,
        staff=_(
            "%(attribute)s of this person has blanks before or behind it: “%(value)s”. It has to be corrected in Entra."
        ),
        customer=_("%(attribute)s of this person has blanks before or behind it: “%(value)s”. Correct it in Entra."),
        needs=portal_paths.EDIT_PEOPLE,
        source=MATCHING,
    ),
    Cause(
        code=Code.DOUBLED_USER_NAME,
        owner=Owner.CUSTOMER,
        staff=_(
            "Several people would have the user name “%(value)s” in Haiilo, where capitals do not count. It has to be "
            "made unique in Entra."
        ),
        customer=_(
            "Several people would have the user name “%(value)s” in Haiilo, where capitals do not count. Make it "
            "unique in Entra."
        ),
        needs=portal_paths.EDIT_PEOPLE,
        source=MATCHING,
    ),
    Cause(
        code=Code.NOT_EVALUATED,
        owner=Owner.CS,
        staff=_(
            "What %(attribute)s comes to for this person cannot be worked out here, so nothing is said about it. "
            "Choose this person as a test user to see what Microsoft makes of it."
        ),
        source=MATCHING,
    ),
    Cause(
        code=Code.JUDGED_OTHERWISE,
        owner=Owner.ENGINEERS,
        staff=_(
            "Microsoft makes something else of %(attribute)s for this person than was worked out here; what Microsoft "
            "makes counts. Our engineers have to look into it."
        ),
        source=JUDGE,
    ),
)
BY_CODE = {Code(cause.code): cause for cause in FORECAST}
CERTAIN = frozenset({Code.MATCHING_VALUE_EMPTY, Code.COUNTRY_WITHOUT_GROUP, Code.COUNTRY_SPELLED_OTHERWISE})
"""Findings with which nobody is created: Microsoft skips the person, or Haiilo refuses them. What Haiilo does without a
required value is not published.
"""
OF_SEVERAL: dict[Code, Template] = {
    Code.MATCHING_VALUE_EMPTY: plural(
        "The matching attribute is empty for %(count)s person, whom Microsoft skips.",
        "The matching attribute is empty for %(count)s people, whom Microsoft skips.",
    ),
    Code.REQUIRED_VALUE_EMPTY: plural(
        "A value that Haiilo needs is empty for %(count)s person.",
        "A value that Haiilo needs is empty for %(count)s people.",
    ),
    Code.SIGNS_IN_MATCHING_VALUE: plural(
        "The user name of %(count)s person has characters for which Haiilo may refuse to search.",
        "The user names of %(count)s people have characters for which Haiilo may refuse to search.",
    ),
    Code.COUNTRY_WITHOUT_GROUP: plural(
        "The country of %(count)s person is not the name of a Haiilo group, so Haiilo refuses them.",
        "The countries of %(count)s people are not the names of Haiilo groups, so Haiilo refuses them.",
    ),
    Code.COUNTRY_SPELLED_OTHERWISE: plural(
        "The country of %(count)s person is not spelled exactly like the Haiilo group, so Haiilo refuses them.",
        "The countries of %(count)s people are not spelled exactly like the Haiilo groups, so Haiilo refuses them.",
    ),
    Code.GUEST: plural(
        "%(count)s guest gets another user name in Haiilo than in Entra.",
        "%(count)s guests get other user names in Haiilo than in Entra.",
    ),
    Code.BLANKS_AROUND: plural(
        "A value of %(count)s person has blanks before or behind it.",
        "Values of %(count)s people have blanks before or behind them.",
    ),
    Code.DOUBLED_USER_NAME: plural(
        "%(count)s person would share a user name with somebody else.",
        "%(count)s people would share a user name with somebody else.",
    ),
    Code.NOT_EVALUATED: plural(
        "Of %(count)s person not every value can be worked out here, so nothing is said about it.",
        "Of %(count)s people not every value can be worked out here, so nothing is said about them.",
    ),
    Code.JUDGED_OTHERWISE: plural(
        "Microsoft makes something else of a value of %(count)s person than was worked out here.",
        "Microsoft makes something else of a value of %(count)s people than was worked out here.",
    ),
}
"""What a finding says of everybody whom it is about, without a value of anybody."""


def go_on_key(code: str) -> str:
    """Under which name an answer of the step Scope keeps that somebody knows of this finding."""
    return f"go_on_{code}"
