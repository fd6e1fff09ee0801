"""What is odd about the data of one person before anybody is provisioned, and who can mend it."""

from __future__ import annotations

import enum

from django.utils.translation import gettext_noop as _

from onboarding.causes import portal_paths
from onboarding.causes.base import Cause, Owner
from onboarding.causes.roles import APPLICATION_OWNERS

MATCHING = "https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes"
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
        staff=_("%(attribute)s is empty for this person, and Haiilo needs it. It has to be entered in Entra."),
        customer=_("%(attribute)s is empty for this person, and Haiilo needs it. Enter it in Entra."),
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
)
BY_CODE = {Code(cause.code): cause for cause in FORECAST}
