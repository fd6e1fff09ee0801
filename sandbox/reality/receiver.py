"""How Haiilo may answer who reads its accounts, of which it publishes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from .setting import documented, number, one_of, unconfirmed

PAGING = "RFC 7644, 3.4.2.4"


@dataclass(frozen=True)
class Receiver:
    """Haiilo's list of users, and searches in it."""

    haiilo_users: str = one_of(
        "everybody",
        "Which of Haiilo's users may be read?",
        everybody=unconfirmed(
            "All, page by page, and one by a filter.", "Haiilo's guide for Okta, which imports users, lets expect it"
        ),
        list_forbidden=unconfirmed("One by a filter; the list is 403."),
        filter_required=unconfirmed("One by a filter; the list is 400."),
        neither=unconfirmed("None: the list and a filter are 403, also for Microsoft's service."),
    )
    haiilo_total: str = one_of(
        "exact",
        "What does a list of Haiilo's users say that it has?",
        exact=documented("How many there are.", "RFC 7644, 3.4.2"),
        too_high=unconfirmed("Two more than it gives."),
        too_low=unconfirmed("Two less than it gives."),
        of_the_page=unconfirmed("How many are on the page."),
        unsaid=unconfirmed("Nothing: neither totalResults nor itemsPerPage nor startIndex."),
    )
    haiilo_pages: str = one_of(
        "in_turn",
        "What do the pages of a list of Haiilo's users hold?",
        in_turn=documented("Each what follows on the one before.", PAGING),
        always_the_first=unconfirmed("Always the beginning: startIndex is ignored."),
        overlapping=unconfirmed("Each begins with the last one of the page before."),
        from_zero=unconfirmed("startIndex counts from 0, so that 1 leaves the first one out."),
        all_at_once=unconfirmed("Everybody, whatever count says."),
    )
    haiilo_page_size: int = number(
        "How many users does Haiilo put on a page at most?",
        unconfirmed("No more, whatever count asks for; 0 is 200.", PAGING),
    )
    haiilo_reads: str = one_of(
        "answered",
        "What comes in place of Haiilo's answer to who reads its users?",
        answered=documented("Nothing else.", "RFC 7644, 3.12"),
        web_page=unconfirmed("200 with a page."),
        blocked=unconfirmed(
            "403 with a page of a firewall's, to whoever sends no User-Agent.", "kortix-ai/suna#7297, of another target"
        ),
        busy=unconfirmed("429 with a Retry-After of two minutes."),
    )
    haiilo_active: str = one_of(
        "boolean",
        "How does Haiilo tell that an account is active?",
        boolean=documented("true or false.", "RFC 7643, 4.1.1"),
        as_text=unconfirmed("True or False, as a text."),
        not_told=unconfirmed("Not at all."),
    )
