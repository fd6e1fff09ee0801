"""A person's story: in scope or not, what Microsoft did, what Haiilo holds, and what is open. Ends at the first no.

Pure: it is told from one row, and from what is known of the customer as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from onboarding.causes.base import Owner
from onboarding.causes.standings import DIFFERS, Explained
from onboarding.domain.attribute_names import target_words
from onboarding.domain.headcount import Headcount
from onboarding.domain.sentences import Sentence, Template, say
from onboarding.domain.standings import AS_THEY_SHOULD, HAVE_AN_ACCOUNT, SHOULD_ARRIVE, InHaiilo, Scope, Standing
from onboarding.domain.verdicts import Kind
from onboarding.models import Person
from onboarding.people.outcome import Kind as Told
from onboarding.people.outcome import Seen
from onboarding.people.values import TARGETS
from onboarding.staff.people.past import Past, past_of
from onboarding.staff.people.queries import OWNERS, reason_of, shown
from onboarding.web.step_view import Text

PATHS: dict[str, Template] = {
    "all": _("The job takes the whole directory"),
    "direct": _("Assigned directly"),
    "group": _("Direct member of the assigned group “%(group)s”"),
    "nested": _("In a group within the assigned group “%(group)s”"),
}
NO_ACCESS = _("%(path)s, with the role “Default Access”")
DID: dict[str, Template] = {
    Told.CREATED: _("Microsoft created the account in Haiilo."),
    Told.UPDATED: _("Microsoft found the account in Haiilo and changed it."),
    Told.MATCHED: _("Microsoft found the account in Haiilo as it should be."),
    Told.REMOVED: _("Microsoft removed the account from Haiilo."),
    Told.FAILED: _("Microsoft tried and failed."),
    Told.SKIPPED: _("Microsoft skipped the person."),
    Told.OUTSIDE: _("Microsoft skipped the person as not in scope."),
    Told.UNTOLD: _("Microsoft's log names the person, and not what became of them."),
}
HOLDS: dict[str, Template] = {
    InHaiilo.ACTIVE: _("Haiilo has an active account."),
    InHaiilo.INACTIVE: _("Haiilo has an account that is disabled."),
    InHaiilo.ABSENT: _("Haiilo has no account."),
    InHaiilo.TWICE: _("Haiilo has more than one account."),
}
BY_NO_LOG = _("The job's counters say how many people are in Haiilo, and Microsoft shows no log that would say who.")
NOT_REPORTED = _("Microsoft has not reported on this person yet. It syncs about every 40 minutes.")
LEFT_OUT = _(
    "The last sync left this person out, without a reason. A new assignment takes until the next sync; if it stays so, "
    "open a support case with Microsoft."
)
NOT_STARTED = _("Provisioning has not been started yet.")
IN_TENANT, OPEN = gettext_lazy("In the directory"), gettext_lazy("What is open")
IS_OPEN: dict[str, Text] = {
    Kind.DONE: gettext_lazy("nothing"),
    Kind.WAITING: gettext_lazy("under way"),
    Kind.NEW: gettext_lazy("not known"),
    Kind.ASKING: gettext_lazy("open"),
}
LABELS: dict[str, Text] = {
    Kind.DONE: gettext_lazy("yes"),
    Kind.BROKEN: gettext_lazy("no"),
    Kind.WAITING: gettext_lazy("under way"),
    Kind.NEW: gettext_lazy("not known"),
}


@dataclass(frozen=True)
class Line:
    """What was done earlier, in words."""

    sentence: Sentence
    past: Past


@dataclass(frozen=True)
class Difference:
    """A value that Haiilo keeps otherwise than the mapping makes it, by the name of the attribute; `made` is None where
    it was not read since. Both are None where names are hidden.
    """

    attribute: Sentence | str
    made: str | None = None
    kept: str | None = None


@dataclass(frozen=True)
class Part:
    """One part of the story. `kind`: a yes, a no, under way, not known, or open; `at`: as of when it is so.

    `words`: Microsoft's own about the person; `path`, `role`: where an act is done and which role it takes.
    """

    title: Text
    kind: str
    sentences: Sequence[Sentence] = ()
    at: datetime | None = None
    lines: Sequence[Line] = ()
    words: str = ""
    code: str = ""
    owner_label: Text = ""
    path: Sequence[Sentence] = ()
    role: Sentence | None = None
    message: bool = False
    is_ours: bool = False
    """Whether customer success has to act, in Haiilo or in the steps."""
    differences: Sequence[Difference] = ()
    looks: bool = False
    """Whether the directory can be looked at for more."""

    @property
    def label(self) -> Text:
        """The kind in a word."""
        return IS_OPEN[self.kind] if self.title is OPEN else LABELS[self.kind]


@dataclass(frozen=True)
class Story:
    """What is known of one person; `standing` as pages tell it."""

    person: Person
    standing: Standing
    parts: Sequence[Part] = field(default_factory=tuple)


def story(person: Person, numbers: Headcount, *, started: bool, names: bool) -> Story:
    """The story of this person. Without `names` in our words only."""
    standing = shown(person, numbers)
    return Story(person, standing, tuple(_parts(person, standing, numbers, started=started, names=names)))


def looked_up(person: Person, numbers: Headcount, *, started: bool) -> Story:
    """The story of somebody who was looked up in the directory."""
    told = story(person, numbers, started=started, names=True)
    there = Part(IN_TENANT, Kind.DONE, [say(_("There is such a person in the customer's directory."))])
    parts = (replace(part, looks=False) for part in told.parts)
    return replace(told, parts=(there, *parts))


def nobody() -> Story:
    """The story of somebody whom the directory does not know."""
    missing = say(_("Nobody in the customer's directory has this name, user name, e-mail address or object ID."))
    ask = say(_("How is it written? Ask who asked you; a user name or e-mail address finds most surely."))
    parts = (
        Part(IN_TENANT, Kind.BROKEN, [missing]),
        Part(OPEN, Kind.ASKING, [ask], owner_label=OWNERS[Owner.CS]),
    )
    return Story(Person(), Standing.UNKNOWN, parts)


def _parts(person: Person, standing: Standing, numbers: Headcount, *, started: bool, names: bool) -> Iterator[Part]:
    yield _scope(person)
    told = bool(person.result)
    if person.scope in (Scope.UNREAD, *SHOULD_ARRIVE) or told or standing in HAVE_AN_ACCOUNT:
        yield _microsoft(person, numbers, started=started, names=names)
        yield _haiilo(person, names=names)
    yield _open(person, standing, reason_of(person, names=names), started=started)


def _scope(person: Person) -> Part:
    title = gettext_lazy("In scope")
    if person.scope == Scope.UNREAD:
        return Part(title, Kind.NEW, [say(_("We have not read whether this person is assigned."))], looks=True)
    lines = [_path(each) for each in person.paths]
    if person.scope in SHOULD_ARRIVE:
        guest = [say(_("A guest of the tenant: the user name looks different in Haiilo."))] if person.is_guest else []
        return Part(title, Kind.DONE, [*lines, *guest], person.scope_at)
    return Part(title, Kind.BROKEN, [say(str(_NO[Scope(person.scope)])), *lines], person.scope_at)


_NO: Mapping[Scope, str] = {
    Scope.DISABLED: _("Assigned, but the account is disabled in Entra."),
    Scope.NESTED: _("Only in a group within an assigned group."),
    Scope.FILTERED: _("Left out by a scoping filter."),
    Scope.OUT: _("Not assigned to the application."),
}


def _path(told: Mapping[str, Any]) -> Sentence:
    path = say(PATHS.get(str(told.get("by")), PATHS["direct"]), group=str(told.get("group", "")))
    return say(NO_ACCESS, path=path) if told.get("no_access") else path


def _microsoft(person: Person, numbers: Headcount, *, started: bool, names: bool) -> Part:
    title = gettext_lazy("What Microsoft did")
    if not person.result:
        if numbers.names_nobody:
            return Part(title, Kind.NEW, [say(BY_NO_LOG)], numbers.told_at)
        return Part(title, Kind.WAITING, [say(NOT_REPORTED)]) if started else Part(title, Kind.NEW, [say(NOT_STARTED)])
    seen = Seen.of(person)
    kind = Kind.BROKEN if seen.last in (Told.FAILED, Told.SKIPPED, Told.OUTSIDE) else Kind.DONE
    return Part(
        title,
        kind,
        [say(DID[seen.last])],
        person.at,
        lines=[Line(say(DID[each.kind]), each) for each in past_of(person)],
        words=person.reason if names else "",
        code=person.code,
    )


def _haiilo(person: Person, *, names: bool) -> Part:
    title = gettext_lazy("What Haiilo holds")
    if person.in_haiilo == InHaiilo.UNTOLD:
        return Part(title, Kind.NEW, [say(_("Haiilo has not been asked about this person."))])
    sentences = [say(HOLDS[person.in_haiilo])]
    if person.in_haiilo_at is not None and person.result and person.in_haiilo_at < person.at:
        sentences.append(say(_("That was before Microsoft's last report.")))
    differences = tuple(_differences(person, names=names))
    kind = Kind.DONE if person.in_haiilo == InHaiilo.ACTIVE else Kind.BROKEN
    return Part(title, kind, sentences, person.in_haiilo_at, differences=differences)


def _differences(person: Person, *, names: bool) -> Iterator[Difference]:
    for name, values in person.differs.items():
        attribute = target_words(TARGETS[name])
        yield Difference(attribute, values.get("made"), values["kept"]) if names else Difference(attribute)


def _open(person: Person, standing: Standing, found: Explained | None, *, started: bool) -> Part:
    if found is None:
        return Part(OPEN, *_settled(standing, started=started))
    needs = found.cause.needs if found.cause else None
    return Part(
        OPEN,
        Kind.DONE if standing in AS_THEY_SHOULD and found.cause is not DIFFERS else Kind.ASKING,
        [found.sentence],
        owner_label=OWNERS[found.owner],
        is_ours=found.owner is Owner.CS,
        path=needs.path.sentences({}) if needs and needs.path else (),
        role=needs.role if needs else None,
        message=found.customer is not None and person.erased_at is None,
    )


def _settled(standing: Standing, *, started: bool) -> tuple[str, list[Sentence]]:
    match standing:
        case Standing.ARRIVED | Standing.GONE | Standing.OUT:
            return Kind.DONE, []
        case Standing.COMING if not started:
            return Kind.NEW, [say(_("The account: nobody gets one before provisioning is started."))]
        case Standing.COMING:
            return Kind.WAITING, [say(_("The account: Microsoft creates it with one of its next syncs."))]
        case Standing.LEFT_OUT:
            return Kind.ASKING, [say(LEFT_OUT)]
    return Kind.NEW, [say(_("Whether the person has an account is not told."))]
