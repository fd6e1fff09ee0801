"""Bring who is assigned to the application into the roster, page by page.

Five phases (`scope_place.Phase`): the list of assignments; the members of groups, twenty groups to a request, inner
groups too, whose people Microsoft leaves out; the accounts of people assigned directly whom no group has told of, by
filters or by the pages of the whole directory, whichever takes fewer requests; who would share a user name with
somebody, for which only rows are read; and who was not met is out. What the mappings make of a person is worked out
while the page with the account is at hand (`prospects`). Each page is
written with the place behind it in one transaction: whoever is killed loses no more than the page at hand. Nobody is
out before the reading is whole.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction

from graphclient import AppRoleAssignment, DirectoryObject, GraphClient, HostRefused, LinkRefused, Page, User
from graphclient.resources.users import IDS_IN_A_BATCH, PAGE_SIZE
from onboarding.causes.forecast import Code
from onboarding.domain.scope_read import PersonRead, ScopeRead
from onboarding.domain.standings import SHOULD_ARRIVE, Scope
from onboarding.models import Onboarding, Person, clock
from onboarding.models.onboarding import Lease
from onboarding.models.person import ERASED
from onboarding.people import roster
from onboarding.people.judging import Judge, Judging, follow
from onboarding.people.prospects import Prospects, doubled, mark_doubled
from onboarding.people.recipe import Recipe
from onboarding.people.scope_place import FINDING, GroupPlace, Phase, Place
from onboarding.people.scope_queries import is_nobody, not_met, unread
from onboarding.people.scope_rows import (
    COLUMNS,
    Account,
    Met,
    counted_as,
    forget_forecast,
    is_settled,
    is_unread,
    left_out_roles,
    meet,
    met_in,
    path,
)

MAX_PAGES = 200  # of a run
SAMPLE = 20
AT_ONCE = 1000  # people of one transaction, or those of one page
REFUSALS = 3  # links in a row that Graph does not take; then a person has to know

GoOn = Callable[[], bool]
GroupPage = tuple[GroupPlace, Page[DirectoryObject] | None]


def read(
    lease: Lease,
    graph: GraphClient,
    application: str,
    row: Onboarding,
    *,
    recipe: Recipe,
    anew: bool,
    countries: bool,
    go_on: GoOn,
    judge: Judge | None = None,
) -> ScopeRead:
    """Read on where the last run ended, or `anew`, also by another `recipe`: at most `MAX_PAGES` pages, and while
    `go_on` says so.

    `row` is the onboarding as its lease has it; place and counts there are kept as the database has them. `countries`:
    whether anybody needs them counted; `judge`: asks Microsoft to evaluate, None where that must not be. Raises
    `LeaseLost`, and what the client raises: the place stays.
    """
    place = Place.from_json(row.scope_reading)
    same = place is not None and (place.application, place.recipe) == (application, recipe.fingerprint)
    if anew or place is None or not place.is_open or not same:
        judged = place.judged if place is not None else {}
        place = Place(application, clock.now(), recipe=recipe.fingerprint, judged=judged)
    reading = _Reading(lease, graph, row, place, recipe, countries=countries, judge=judge)
    try:
        reading.run(go_on)
    except (LinkRefused, HostRefused):
        reading.begin_again()
        if reading.place.refused >= REFUSALS:
            raise
    return reading.place.read(() if reading.place.is_open else _sample(row))


def _sample(row: Onboarding) -> Iterator[PersonRead]:
    """Those who are certain to be provisioned first."""
    people = row.people.filter(scope__in=SHOULD_ARRIVE, erased_at=None).order_by("scope", "pk")[:SAMPLE]
    return (PersonRead(each.source_id, each.name, each.user_name) for each in people)


def forget(lease: Lease, row: Onboarding) -> None:
    """The job takes the whole directory, so what the assignments say of a person says nothing. Raises `LeaseLost`."""
    while row.scopes or row.scope_reading or row.scope_read_at:
        with _held(lease, row) as held:
            known = list(held.people.exclude(scope=Scope.UNREAD)[:AT_ONCE])
            _put(held, known, Scope.UNREAD)
            if len(known) < AT_ONCE:
                held.scope_reading, held.scope_read_at = {}, None
                held.save(update_fields=["scope_reading", "scope_read_at"])


@contextmanager
def _held(lease: Lease, row: Onboarding) -> Iterator[Onboarding]:
    """A transaction under the lease; `row` knows afterwards what was written."""
    with transaction.atomic():
        held = Onboarding.objects.hold(lease)
        yield held
    roster.carry_counts(held, row)
    row.scope_reading, row.scope_read_at = held.scope_reading, held.scope_read_at


def _put(held: Onboarding, rows: Iterable[Person], scope: Scope, place: Place | None = None) -> None:
    """Have these rows stand there without a path, as the reading at `place` found, or unread."""
    before = {row.source_id: row for row in rows}
    after = {source_id: _copy(row) for source_id, row in before.items()}
    for row in after.values():
        row.scope, row.paths, row.scope_at = scope, [], place.began if place else None
        forget_forecast(row)
        row.differs, row.differs_in = {}, ""
    if after:
        roster.write(held, before, after, COLUMNS)


def _copy(row: Person) -> Person:
    """The same row to write, which is found by its source id."""
    made = copy.copy(row)
    made.pk = None
    return made


class _Reading:
    """One run of a reading."""

    def __init__(
        self,
        lease: Lease,
        graph: GraphClient,
        row: Onboarding,
        place: Place,
        recipe: Recipe,
        *,
        countries: bool,
        judge: Judge | None,
    ) -> None:
        self.lease, self.graph, self.row, self.place, self.countries = lease, graph, row, place, countries
        self.recipe, self.properties = recipe, recipe.properties
        self.judge = judge
        self.prospects = self._prospects()
        self.links: set[str] = set()
        self.erased: dict[str, str] = {}
        """What stands in the row of an erased person → the id, which is kept nowhere."""

    def run(self, go_on: GoOn) -> None:
        """Page by page."""
        turn = {
            Phase.ASSIGNED: self._assigned,
            Phase.GROUPS: self._groups,
            Phase.PEOPLE: self._people,
            Phase.NAMES: self._names,
            Phase.LEAVING: self._leaving,
        }
        for _page in range(MAX_PAGES):
            turn[self.place.phase]()
            if not self.place.is_open or not go_on():
                return

    def _prospects(self) -> Prospects:
        judging = Judging(self.judge, self.place.judged) if self.judge is not None else None
        return Prospects(self.recipe, self.place.stopped, self.place.began, judging)

    def begin_again(self) -> None:
        """From the first page on, after a link was refused."""
        place = self.place
        refused, judged = place.refused + 1, place.judged
        self.place = Place(place.application, clock.now(), refused=refused, recipe=place.recipe, judged=judged)
        self.prospects = self._prospects()
        with self._writing():
            pass

    @contextmanager
    def _writing(self) -> Iterator[Onboarding]:
        """What is written with the place behind it."""
        with _held(self.lease, self.row) as held:
            yield held
            held.scope_reading = self.place.to_json()
            held.save(update_fields=["scope_reading", "scope_read_at"])

    def _once(self, link: str | None) -> str:
        """This link, which must not have come before; empty for none. Raises `LinkRefused`."""
        if link in self.links:
            raise LinkRefused("a nextLink came twice", method="GET")
        self.links |= {link} if link else set()
        return link or ""

    # Who is assigned

    def _assigned(self) -> None:
        page = self._page_of_assignments()
        link = self._once(page.next_link)
        with self._writing() as held:
            self._take(held, [self._met_directly(each) for each in page.rows if each.kind == "User"])
            for each in page.rows:
                if each.kind == "Group":
                    no_access = each.app_role_id in self.place.left_out
                    self.place.assign(each.principal_id, each.principal_display_name, no_access=no_access)
            self._turn(link, Phase.GROUPS)

    def _page_of_assignments(self) -> Page[AppRoleAssignment]:
        principals = self.graph.service_principals
        if self.place.link:
            return principals.assigned_next(self.place.link)
        first = principals.assigned_first(self.place.application)
        self.place.left_out, self.place.in_directory = left_out_roles(first.roles), first.in_directory
        return first.page

    def _met_directly(self, each: AppRoleAssignment) -> Met:
        how = path("direct", no_access=each.app_role_id in self.place.left_out, unread=True)
        return Met(each.principal_id, how, name=each.principal_display_name)

    def _turn(self, link: str, following: Phase) -> None:
        self.place.link = link
        if not link:
            self.place.phase, self.place.refused, self.place.after = following, 0, 0

    # Members of groups

    def _groups(self) -> None:
        groups = self.place.next_groups()
        if not groups:
            self.place.phase = Phase.PEOPLE
            self._people()  # in the same turn: each has to write how far it came
            return
        if groups[0].link:
            pages: list[Page[DirectoryObject] | None] = [self.graph.groups.next_page(groups[0].link)]
        else:
            pages = self.graph.groups.first_pages([group.id for group in groups], self.properties)
        for part in _parts(list(zip(groups, pages, strict=True))):
            with self._writing() as held:
                self._take(held, [met for group, page in part for met in self._members(group, page)])

    def _members(self, group: GroupPlace, page: Page[DirectoryObject] | None) -> Iterator[Met]:
        """Those of this page, and on to the next one. A group that is gone has none."""
        rows = page.rows if page else ()
        group.link = self._once(page.next_link if page else None)
        group.is_read = not group.link
        group.people += sum(row.kind == "user" for row in rows)
        for row in rows:
            if row.kind == "group":
                self.place.nest(row.id, row.display_name)
            elif row.kind == "user":
                yield from met_in(group, row)

    # Accounts of people who are assigned directly

    def _people(self) -> None:
        place = self.place
        if place.by_pages is None:
            place.by_pages = self._pages_are_fewer()
        if place.by_pages:
            page = self.graph.users.page(place.link, self.properties)
            link = self._once(page.next_link)
            with self._writing() as held:
                self._tell(held, page.rows)
                self._turn(link, Phase.NAMES)
            return
        asked = list(unread(self.row, place).filter(pk__gt=place.after).order_by("pk")[:IDS_IN_A_BATCH])
        ids = [self.erased.get(each.source_id, each.source_id) for each in asked]
        if any(each.startswith(ERASED) for each in ids):  # whoever knew their ids was killed; a page finds them
            place.by_pages = True
            self._people()
            return
        found = self.graph.users.some(ids, self.properties) if ids else {}
        with self._writing() as held:
            self._tell(held, found.values())
            place.after = asked[-1].pk if asked else place.after
            if len(asked) < IDS_IN_A_BATCH:
                self._turn("", Phase.NAMES)

    def _pages_are_fewer(self) -> bool:
        if self.place.in_directory is None:
            return False
        asked = unread(self.row, self.place).count()
        return -(-self.place.in_directory // int(PAGE_SIZE)) < -(-asked // IDS_IN_A_BATCH)

    def _tell(self, held: Onboarding, users: Iterable[User]) -> None:
        """The accounts of those of them who are waited for."""
        by_id = {user.id: user for user in users}
        known = roster.rows_of(held, by_id)
        waited_for = [each for each, row in known.items() if row.scope_at == self.place.began and is_unread(row)]
        self._take(held, [Met(each, None, Account.of(by_id[each])) for each in waited_for])

    # Who would share a user name, once Microsoft was asked what it makes of some of them

    def _judged(self) -> None:
        found = self.prospects.judge()
        if not found:
            return
        with self._writing() as held:
            before = roster.rows_of(held, found)
            after = {source_id: _copy(row) for source_id, row in before.items()}
            for source_id, row in after.items():
                for rule, judgement in found[source_id]:
                    follow(row, rule, judgement)
                self.place.tally.subtract(counted_as(before[source_id]))
                self.place.tally.update(counted_as(row))
            roster.write(held, before, after, COLUMNS)

    def _names(self) -> None:
        self._judged()
        with self._writing() as held:
            found = list(doubled(held, self.place.began, after=self.place.after)[:AT_ONCE])
            before = {row.source_id: row for row in found}
            after = {source_id: _copy(row) for source_id, row in before.items()}
            mark_doubled(list(after.values()))
            if after:
                roster.write(held, before, after, COLUMNS)
                self.place.tally[f"{FINDING}{Code.DOUBLED_USER_NAME}"] += len(after)
                self.place.after = found[-1].pk
            if len(found) < AT_ONCE:
                self._turn("", Phase.LEAVING)

    # Who was not met

    def _leaving(self) -> None:
        with self._writing() as held:
            rows = list(not_met(held, self.place)[:AT_ONCE])
            _put(held, [row for row in rows if not is_nobody(row)], Scope.OUT, self.place)
            roster.drop(held, [row for row in rows if is_nobody(row)])
            if len(rows) < AT_ONCE:
                self.place.phase, held.scope_read_at = Phase.WHOLE, self.place.began

    # Rows and counts

    def _take(self, held: Onboarding, met: Sequence[Met]) -> None:
        """Write whom this page has met, each once, and count what that changes."""
        before = roster.rows_of(held, {each.id for each in met})
        self.erased |= {row.source_id: each for each, row in before.items() if row.source_id.startswith(ERASED)}
        after: dict[str, Person] = {}
        for each in met:
            row = after.get(each.id) or self._row(held, before.get(each.id), each)
            meet(row, each, self.place.began)
            after[each.id] = row
        accounts = {each.id: each.account for each in met if each.account is not None}
        for source_id, row in after.items():
            self._count(before.get(source_id), row, accounts.get(source_id))
        if after:
            roster.write(held, before, after, COLUMNS)

    def _row(self, held: Onboarding, before: Person | None, met: Met) -> Person:
        """`at` is set here once: a reading is nothing that happened to the person."""
        if before is not None:
            return _copy(before)
        return Person(onboarding=held, source_id=met.id[:64], at=self.place.began)

    def _count(self, before: Person | None, after: Person, account: Account | None) -> None:
        tally, began = self.place.tally, self.place.began
        tally["seen"] += before is None or before.scope_at != began
        counted = before is not None and is_settled(before, began)
        if counted and before is not None:
            tally.subtract(counted_as(before))
        if not is_settled(after, began):
            return
        known_already = counted and before is not None and before.scope in SHOULD_ARRIVE
        comes_new = after.scope in SHOULD_ARRIVE and not known_already
        if account is not None and comes_new:
            self.prospects.tell(after, account)
        tally.update(counted_as(after))
        if account is not None and comes_new:
            tally["no_surname"] += account.surname is not None and not account.surname.strip()
            if self.countries and account.country is not None:
                self.place.countries[account.country] += 1


def _parts(pages: Sequence[GroupPage]) -> Iterator[list[GroupPage]]:
    """The pages of some groups, `AT_ONCE` people together, or one page."""
    part: list[GroupPage] = []
    size = 0
    for group, page in pages:
        rows = len(page.rows) if page else 0
        if part and size + rows > AT_ONCE:
            yield part
            part, size = [], 0
        part, size = [*part, (group, page)], size + rows
    if part:
        yield part
