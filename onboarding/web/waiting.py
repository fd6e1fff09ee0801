"""Whom a customer waits for and how long already, as one phrase: “Waiting for us for 3 minutes”."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_noop as _

from onboarding.domain.sentences import Plural, plural, say
from onboarding.domain.verdicts import Court
from onboarding.models import clock

# One phrase a court within the first minute, then one an hour, a day and so on: the languages order the words anew.
NOT_LONG: dict[str, str] = {
    Court.CS: _("Waiting for us"),
    Court.CUSTOMER: _("Waiting for the customer"),
    Court.MICROSOFT: _("Waiting for Microsoft"),
    Court.HAIILO: _("Waiting for Haiilo"),
}
MINUTES: dict[str, Plural] = {
    Court.CS: plural("Waiting for us for %(count)s minute", "Waiting for us for %(count)s minutes"),
    Court.CUSTOMER: plural(
        "Waiting for the customer for %(count)s minute", "Waiting for the customer for %(count)s minutes"
    ),
    Court.MICROSOFT: plural(
        "Waiting for Microsoft for %(count)s minute", "Waiting for Microsoft for %(count)s minutes"
    ),
    Court.HAIILO: plural("Waiting for Haiilo for %(count)s minute", "Waiting for Haiilo for %(count)s minutes"),
}
HOURS: dict[str, Plural] = {
    Court.CS: plural("Waiting for us for %(count)s hour", "Waiting for us for %(count)s hours"),
    Court.CUSTOMER: plural(
        "Waiting for the customer for %(count)s hour", "Waiting for the customer for %(count)s hours"
    ),
    Court.MICROSOFT: plural("Waiting for Microsoft for %(count)s hour", "Waiting for Microsoft for %(count)s hours"),
    Court.HAIILO: plural("Waiting for Haiilo for %(count)s hour", "Waiting for Haiilo for %(count)s hours"),
}
DAYS: dict[str, Plural] = {
    Court.CS: plural("Waiting for us for %(count)s day", "Waiting for us for %(count)s days"),
    Court.CUSTOMER: plural("Waiting for the customer for %(count)s day", "Waiting for the customer for %(count)s days"),
    Court.MICROSOFT: plural("Waiting for Microsoft for %(count)s day", "Waiting for Microsoft for %(count)s days"),
    Court.HAIILO: plural("Waiting for Haiilo for %(count)s day", "Waiting for Haiilo for %(count)s days"),
}
UNITS = ((timedelta(days=1), DAYS), (timedelta(hours=1), HOURS), (timedelta(minutes=1), MINUTES))


def waiting(court: str, since: datetime) -> str:
    """The phrase in the active language, in the largest unit that has passed; without a number in the first minute."""
    passed = clock.now() - since
    for unit, phrases in UNITS:
        if passed >= unit:
            return str(say(phrases[court], count=passed // unit))
    return str(say(NOT_LONG[court]))
