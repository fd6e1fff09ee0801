"""Where a code of Microsoft's or Haiilo's leads to: the entry of the family that answers it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _

from onboarding.causes.access import ACCESS, POLICY_BLOCKS, RESTRICTED
from onboarding.causes.base import Cause, Owner
from onboarding.causes.credentials import CREDENTIALS, by_answer
from onboarding.causes.graph import GRAPH
from onboarding.causes.people import BY_ATTRIBUTE, BY_HAIILO, BY_REASON, BY_SCOPE, NOT_ENTITLED, PEOPLE
from onboarding.causes.sign_in import SIGN_IN
from onboarding.causes.token import TOKEN
from onboarding.causes.trip import ENDINGS
from onboarding.domain.attribute_names import each_named, empty_words
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.standings import InHaiilo, Scope
from onboarding.domain.verdicts import Court

FAMILIES = (SIGN_IN, TOKEN, GRAPH, CREDENTIALS, PEOPLE)
REASON_MARKS = tuple(cause.code for cause in BY_REASON)
SHOWN_OF_REASON = 300  # letters; the target's whole answer may be behind it

_BY_CODE: dict[str, Cause] = {
    **{code.lower(): cause for family in FAMILIES for cause in family for code in (cause.code, *cause.also)},
    **{code.lower(): ending.cause for ending in ENDINGS for code in ending.cause.also},
}
# What means something else where no person signs in: the entry for our application.
_OF_TOKENS: dict[str, Cause] = {
    **{
        f"aadsts{number}": POLICY_BLOCKS
        for number in (
            *(53000, 53001, 53002, 53003, 53004, 53009, 53010, 53011, 530031, 530032, 530033, 530034, 530035),
            *(50005, 50072, 50074, 50076, 50079, 50131, 50158),
        )
    },
    **{f"aadsts{number}": RESTRICTED for number in (500021, 500022, 5000211, 500212, 500213, 90072)},
    "aadsts50105": next(cause for cause in TOKEN if cause.code == "AADSTS501051"),
}
_BY_NAME: dict[str, Cause] = {code.lower(): cause for cause in ACCESS for code in (cause.code, *cause.also)}


def lookup(code: str, reason: str = "", *, lacking: str = "", scope: str = "", in_haiilo: str = "") -> Cause | None:
    """The entry that answers `code`, or None where no family knows it.

    Codes are compared without regard to case and spaces, and by their end, because an application's name may stand
    before them; the longest known ending counts. More exact than a code are the attribute that is empty (`lacking`) and
    where the person stands in `scope`. What Haiilo itself says of an account that Microsoft has reported (`in_haiilo`)
    goes before all of that. A mark of Haiilo's inside Microsoft's `reason` is more exact than the
    code. The kinds of errors of the Graph client are names of ours, and are compared as a whole.
    """
    if in_haiilo in BY_HAIILO:
        return BY_HAIILO[InHaiilo(in_haiilo)]
    for cause in BY_REASON:
        if cause.code in reason:
            return cause
    found = _by_code(code, reason)
    if lacking and (named := _of_attribute(code)) is not None:
        return named
    if found is not None and found.code == NOT_ENTITLED and scope:
        return BY_SCOPE.get(Scope(scope), found)
    return found


def _of_attribute(code: str) -> Cause | None:
    """The entry that names the empty attribute, where `code` can mean that one is."""
    asked = "".join(code.split()).lower()
    return next(
        (each for each in BY_ATTRIBUTE if any(asked.endswith(known.lower()) for known in (each.code, *each.also))), None
    )


def gaps_of(cause: Cause | None, lacking: str) -> dict[str, Any]:
    """What fills the gaps of an entry that `lookup` found for a person."""
    if cause not in BY_ATTRIBUTE:
        return {}
    return {"attribute": empty_words(lacking), "attributes": max(1, len(each_named(lacking)))}


def _by_code(code: str, reason: str) -> Cause | None:
    asked = "".join(code.split()).lower()
    if asked in _BY_NAME:
        return _BY_NAME[asked]
    if (told := by_answer(asked, reason)) is not None:
        return told
    endings = (asked[begin:] for begin in range(len(asked)))  # the longest first
    return next((_BY_CODE[ending] for ending in endings if ending in _BY_CODE), None)


def of_token(code: str) -> Cause | None:
    """The entry that answers a refused token of our application, or None where no family knows `code`."""
    return _OF_TOKENS.get(code.strip().lower()) or lookup(code)


def explain_code(
    code: str, reason: str = "", *, lacking: str = "", scope: str = "", in_haiilo: str = ""
) -> tuple[Sentence, Court]:
    """What a code means to customer success, in one sentence, and whose court it is in.

    `lacking`: which attributes are empty, where anybody says so; `scope`: where the person stands; `in_haiilo`: what
    Haiilo says of an account that Microsoft has reported. An unknown code gives Microsoft's own `reason`, cut, and our
    engineers' court.
    """
    cause = lookup(code, reason, lacking=lacking, scope=scope, in_haiilo=in_haiilo)
    if cause is not None:
        return cause.for_staff(gaps_of(cause, lacking)), cause.owner.court
    return told_by_microsoft(code, reason), Owner.ENGINEERS.court


def told_by_microsoft(code: str, reason: str) -> Sentence:
    """All that can be said of a code that no family knows: Microsoft's own `reason`, cut, where there is one."""
    told = " ".join(reason.split())
    if told:
        cut = told if len(told) <= SHOWN_OF_REASON else told[:SHOWN_OF_REASON].rstrip() + " …"
        return say(_("Microsoft says: %(reason)s"), reason=cut)
    if code:
        return say(_("Microsoft gives the code %(code)s and no reason. Our engineers have to look."), code=code)
    return say(_("Microsoft gives no reason. Our engineers have to look."))


def is_known(code: str) -> bool:
    """Whether a family has an entry for this code."""
    return lookup(code) is not None
