"""Haiilo's SCIM endpoint, to read only: everybody page by page, or one account by its user name.

RFC 7644, 3.4.2. Servers deviate: they give less than was asked, count wrongly, give pages twice. The list counts as
whole only where its own numbers do not contradict that; else an error says so, and nobody is called missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from onboarding.domain.desired import SecretText

from .abilities import Abilities, probe
from .errors import Moving, NotOffered, TooLarge, Unreadable
from .filters import equals
from .reading import HaiiloUser, Page, folded, read_page
from .transport import Transport

PAGE_SIZE = 200
MAX_PAGES = 10_000
MAX_USERS = 500_000


class HaiiloScim:
    """One platform. Raises `AddressRefused` for a `base_url` that is not at the transport's host.

    Every call raises a `HaiiloError` where Haiilo's answer does not say what was asked.
    """

    def __init__(self, base_url: str, token: SecretText, *, transport: Transport) -> None:
        self._users_url = f"{base_url.rstrip('/')}/Users"
        transport.check(self._users_url)
        self._token, self._transport = token, transport

    def __repr__(self) -> str:
        return f"<HaiiloScim at {self._transport.host}>"

    def abilities(self, known: str = "") -> Abilities:
        """What Haiilo lets us ask, found out by four GETs at most; never raises a `HaiiloError`.

        `known`: the user name of somebody who is believed to be there, to try the filter with.
        """
        return probe(self._page, known)

    def users(self, page_size: int = PAGE_SIZE) -> Iterator[HaiiloUser]:
        """Every account once, page by page. Use what it yields only once it has ended: an error may end it.

        Raises `Unreadable` for a page that brings nothing new, and for a list that is empty or ends before its own
        total; `Moving` where the total fell meanwhile; `TooLarge` beyond MAX_PAGES or MAX_USERS.
        """
        reading = _Reading(page_size)
        while not reading.ended:
            yield from reading.take(self._next(reading))

    def by_user_name(self, name: str) -> list[HaiiloUser]:
        """The accounts with that user name, in any case. Raises `Unreadable` where the filter was not applied.

        An empty list is Haiilo's word only where `abilities().finds` is True: a filter may also find nobody, ever.
        """
        page = self._page({"filter": equals("userName", name)}, hidden=(name,))
        if any(folded(user.user_name) != folded(name) for user in page.users):
            raise Unreadable("the filter was not applied", status=200)
        if page.total and not page.users:
            raise Unreadable("a list without its rows", status=200)
        return list(page.users)

    def _next(self, reading: _Reading) -> Page:
        try:
            return self._page({"startIndex": str(reading.start), "count": str(reading.page_size)})
        except NotOffered:  # some servers refuse to look beyond the end
            if not reading.is_whole:
                raise
            return Page(())

    def _page(self, params: Mapping[str, str], hidden: tuple[str, ...] = ()) -> Page:
        return read_page(self._transport.get(self._users_url, self._token, params, hidden))


class _Reading:
    """How far a list was read. `is_whole`: exactly as many were seen as the list says that it has now."""

    def __init__(self, page_size: int) -> None:
        self.page_size, self.start, self.ended = page_size, 1, False
        self._first_total: int | None = None
        self._total: int | None = None
        self._pages, self._largest = 0, 0
        self._seen: set[str] = set()

    @property
    def is_whole(self) -> bool:
        return len(self._seen) == self._total

    def take(self, page: Page) -> list[HaiiloUser]:
        """What of the page is new; goes on to the next one, or ends."""
        self._note_total(page)
        rows = {user.id or folded(user.user_name): user for user in page.users}
        fresh = {key: user for key, user in rows.items() if key not in self._seen}
        if rows and not fresh and not self.is_whole:
            raise Unreadable("a page came twice: the list cannot be read page by page", status=200)
        self._seen.update(fresh)
        self._go_on(len(page.users), bool(fresh))
        return list(fresh.values())

    def _note_total(self, page: Page) -> None:
        """A total below what the page itself shows is none: some servers count the page, not the list."""
        if page.total is None or page.total < self.start - 1 + len(page.users):
            return
        if self._total is not None and page.total < self._total:
            raise Moving("the list became shorter while it was read")
        self._first_total = page.total if self._first_total is None else self._first_total
        self._total = page.total

    def _go_on(self, rows: int, brought_new: bool) -> None:
        """To the next page, unless this one is shorter than others and the last, by the total, or brought nothing.

        A total that is too small ends nothing: only an empty page does.
        """
        self._pages += 1
        self._largest = max(self._largest, rows)
        self.start += rows
        self.ended = not brought_new or (self.is_whole and rows < self._largest)
        if self.ended and not self._seen:
            raise Unreadable("the list is empty, and whoever the token belongs to has an account", status=200)
        if self.ended and len(self._seen) < (self._first_total or 0):
            raise Unreadable(f"the list ended at {len(self._seen)} of {self._first_total}", status=200)
        if not self.ended and (self._pages >= MAX_PAGES or len(self._seen) >= MAX_USERS):
            raise TooLarge("the list does not end")
