"""Letters: written once, sent once, tried again where the server says later, and seen where they are stuck."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

from devtools.faults import mail_server
from devtools.faults.mail_server import MailServer, Mood
from devtools.faults.party import at
from devtools.faults.results import Row
from devtools.faults.rig import Rig
from devtools.faults.trial import Trial, at_once, trial
from devtools.robots.browser import Form, NotOnThePage, Page
from devtools.robots.people import StaffMember
from devtools.robots.rehearsal import RehearsedCustomer
from devtools.stack.processes import wait_until

SOON = 40.0  # seconds in which a letter goes that may
LATER = "1 hour"
A_DAY = "25 hours"
GIVEN_UP = "11 minutes"
TABLES = ("letter", "event", "stepstate", "onboarding", "link", "consentattempt", "contact")
COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_name = %s AND data_type IN ('timestamp with time zone', 'date')
"""


def pass_time(rig: Rig, each: RehearsedCustomer, interval: str) -> None:
    """As if everything that concerns this customer had been so much longer ago."""
    for table in TABLES:
        columns = [row["column_name"] for row in rig.sql(COLUMNS, f"onboarding_{table}")]
        own = "id" if table == "onboarding" else "onboarding_id"
        if table == "consentattempt":
            own = "link_id IN (SELECT id FROM onboarding_link WHERE onboarding_id = %s) AND %s"
        sets = ", ".join(f"{name} = ({name} - interval '{interval}')" for name in columns)
        where = own if "%s" in own else f"{own} = %s"
        values = (each.account.pk, True) if "AND" in where else (each.account.pk,)
        rig.sql(f"UPDATE onboarding_{table} SET {sets} WHERE {where}", *values)  # noqa: S608 - names of our own tables


def with_server(rig: Rig, server: MailServer) -> None:
    """Let the worker, and whoever else sends, use this server from now on."""
    for name in rig.environments:
        rig.environments[name]["EMAIL_URL"] = f"smtp://127.0.0.1:{server.port}"
    rig.environments["worker"]["WEEKEND_MAIL"] = "1"
    rig.kill("worker")
    rig.again("worker")


def write(staff: StaffMember, each: RehearsedCustomer) -> Page:
    """Ask for a letter with a link to the first contact; its page, or the one that says no."""
    page = staff.browser.open(f"{each.account.address}contacts/")
    form = next(form for form in page.forms if form.fields.get("how") and form.fields["how"].value == "letter")
    return staff.browser.send(form)


def release_form(page: Page) -> Form:
    """The draft's form, as its button “send” sends it. Raises NotOnThePage."""
    form = page.form(having="text")
    button = next((each for each in form.buttons if each.tag.get("formaction")), None)
    if button is None:
        raise NotOnThePage(f"no button that sends: {page.text[:300]}")
    form.tag["action"] = str(button.tag["formaction"])
    return form


def release(staff: StaffMember, page: Page) -> Page:
    """Send a draft, with the tenant confirmed where that is asked."""
    form = release_form(page)
    values = {"confirmed": "yes"} if "confirmed" in form.fields else {}
    return staff.browser.send(form, values, press="send")


def states(rig: Rig, each: RehearsedCustomer) -> list[str]:
    """The states of all letters of a customer, the oldest first."""
    query = "SELECT state FROM onboarding_letter WHERE onboarding_id = %s ORDER BY id"
    return [str(row["state"]) for row in rig.sql(query, each.account.pk)]


def _sent(run: Trial) -> RehearsedCustomer:
    """A customer at consent, whose letter was released just now."""
    [each] = run.invite()
    run.until_at("consent")
    staff = run.rig.staff["alice"]
    release(staff, write(staff, each))
    return each


def _came(run: Trial, server: MailServer, each: RehearsedCustomer, times: int = 1) -> None:
    came = [address for address in server.received if each.account.customer.domain in address]
    run.must(len(came) == times, f"{len(came)} letters came where {times} belong; {states(run.rig, each)}")


def _done(run: Trial, began: float) -> None:
    run.row.add([], time.monotonic() - began)
    run.row.recovered = run.row.runs if not run.row.broken else run.row.runs - 1


Experiment = Callable[[Trial, MailServer], None]


def all_of_them(rig: Rig) -> Iterator[Row]:
    """One server, one worker that knows it; then each experiment."""
    with mail_server.serving() as server:
        with_server(rig, server)
        for fault, expected, experiment in EXPERIMENTS:
            row = Row(fault, expected)
            with trial(rig, row) as run:
                began = time.monotonic()
                server.behave(Mood.TAKES)
                experiment(run, server)
                _done(run, began)
            server.go.set()
            server.stop()
            server.start()
            yield row


def killed_after(run: Trial, server: MailServer) -> None:
    """The worker dies when the server has the letter."""
    server.behave(Mood.HOLDS_AFTER)
    each = _sent(run)
    _killed_while_held(run, server, each)
    _came(run, server, each)
    run.must(states(run.rig, each) == ["unknown"], f"it is {states(run.rig, each)}, not: perhaps sent")


def killed_before(run: Trial, server: MailServer) -> None:
    """The worker dies when the server does not have the letter yet."""
    server.behave(Mood.HOLDS_BEFORE)
    each = _sent(run)
    _killed_while_held(run, server, each)
    _came(run, server, each, 0)
    run.must(states(run.rig, each) == ["unknown"], f"it is {states(run.rig, each)}, not: perhaps sent")
    run.must(on_board(run, each), "the board does not show it")


def _killed_while_held(run: Trial, server: MailServer, each: RehearsedCustomer) -> None:
    run.must(server.reached.wait(SOON), "the letter never came")
    run.rig.kill("worker")
    server.behave(Mood.TAKES)
    server.go.set()
    run.rig.again("worker")
    time.sleep(8)
    pass_time(run.rig, each, GIVEN_UP)
    wait_until(lambda: states(run.rig, each) == ["unknown"], SOON)


def on_board(run: Trial, each: RehearsedCustomer) -> bool:
    """Whether the board speaks of e-mails that are stuck, and leads to this customer's."""
    alice = run.rig.staff["alice"].browser
    listed = [address for address, text in alice.open("/").links if "problems with e-mails" in text.lower()]
    return bool(listed) and each.account.customer.name in alice.open(listed[0]).text.split()


def later(mood: Mood | None, run: Trial, server: MailServer) -> None:
    """The server is not there, or says later; then it takes letters."""
    if mood is None:
        server.stop()
    else:
        server.behave(mood)
    each = _sent(run)
    time.sleep(8)
    run.must(states(run.rig, each) != ["failed"], "one temporary refusal ended it")
    if mood is None:
        server.start()
    server.behave(Mood.TAKES)
    pass_time(run.rig, each, LATER)
    wait_until(lambda: states(run.rig, each) == ["sent"], SOON)
    _came(run, server, each)


def never(run: Trial, server: MailServer) -> None:
    """The server says never."""
    server.behave(Mood.NEVER)
    each = _sent(run)
    run.must(wait_until(lambda: states(run.rig, each) == ["failed"], SOON), f"it is {states(run.rig, each)}")
    [row] = run.rig.sql("SELECT error FROM onboarding_letter WHERE onboarding_id = %s", each.account.pk)
    run.must("550" in row["error"], f"the reason is not kept: {row['error']}")
    run.must(on_board(run, each), "the board does not show it")
    server.behave(Mood.TAKES)
    pass_time(run.rig, each, LATER)
    time.sleep(8)
    _came(run, server, each, 0)


def again_by_rule(run: Trial, server: MailServer) -> None:
    """After a failed invitation a new one is written once its days are over."""
    server.behave(Mood.NEVER)
    each = _sent(run)
    run.must(wait_until(lambda: states(run.rig, each) == ["failed"], SOON), f"it is {states(run.rig, each)}")
    server.behave(Mood.TAKES)
    for _day in range(8):
        pass_time(run.rig, each, A_DAY)
    wrote = wait_until(lambda: len(states(run.rig, each)) > 1, 90)
    run.must(wrote, "eight days later no letter was written again")


def silent(run: Trial, server: MailServer) -> None:
    """The server never answers."""
    server.behave(Mood.HOLDS_AFTER)
    each = _sent(run)
    run.must(wait_until(lambda: states(run.rig, each) == ["unknown"], SOON + 20), f"it is {states(run.rig, each)}")
    _came(run, server, each)


def many(run: Trial, server: MailServer) -> None:
    """Six letters, two workers, two beats."""
    run.rig.add("worker-2", "worker")
    run.rig.add("beat-2", "beat")
    everybody = run.invite(6)
    run.until_at("consent")
    staff = run.rig.staff["alice"]
    for each in everybody:
        release(staff, write(staff, each))
    wait_until(lambda: all(states(run.rig, each) == ["sent"] for each in everybody), SOON)
    for each in everybody:
        _came(run, server, each)


def one_broken(run: Trial, server: MailServer) -> None:
    """What is stored of one customer cannot be read; the letters of others are written and sent."""
    everybody = run.invite(3)
    run.until_at("consent")
    bad = everybody[0].account.pk
    query = "UPDATE onboarding_stepstate SET evidence = %s WHERE onboarding_id = %s AND key = 'customer'"
    staff = run.rig.staff["alice"]
    pages = [write(staff, each) for each in everybody]
    run.rig.sql(query, '{"tenant_id": 5}', bad)
    for page in pages[1:]:
        release(staff, page)
    wait_until(lambda: all(states(run.rig, each) == ["sent"] for each in everybody[1:]), SOON)
    for each in everybody[1:]:
        _came(run, server, each)
        pass_time(run.rig, each, "4 days")
    pass_time(run.rig, everybody[0], "4 days")
    wrote = wait_until(lambda: all(len(states(run.rig, each)) > 1 for each in everybody[1:]), 90)
    run.must(wrote, "the others got no reminder")


def released_and_withdrawn(run: Trial, server: MailServer) -> None:
    """One releases, another withdraws, in the same moment; eight customers."""
    everybody = run.invite(8)
    run.until_at("consent")
    alice, bob = run.rig.staff["alice"], run.rig.staff["bob"]
    for each in everybody:
        page = write(alice, each)
        other = bob.browser.open(page.url)
        at_once(partial(release, alice, page), partial(bob.browser.send, other.form(action="/cancel/")))
    time.sleep(10)
    for each in everybody:
        sent = len([address for address in server.received if each.account.customer.domain in address])
        now = states(run.rig, each)
        run.must((now, sent) in ((["sent"], 1), (["cancelled"], 0)), f"{now} and {sent} came")


def written_twice(run: Trial, server: MailServer) -> None:
    """Two people write the same letter; six customers."""
    everybody = run.invite(6)
    if not run.party.go_on(60, until=at("consent")):
        raise RuntimeError(run.party.where())
    for each in everybody:
        at_once(*(partial(write, run.rig.staff[who], each) for who in ("alice", "bob")))
        run.must(len(states(run.rig, each)) == 1, f"{len(states(run.rig, each))} letters")


EXPERIMENTS: tuple[tuple[str, str, Experiment], ...] = (
    ("worker killed when the mail server has the letter", "came once; “perhaps sent”, never again alone", killed_after),
    ("worker killed before the mail server has it", "says so on the board; never twice", killed_before),
    ("mail server down, back later", "tried again, comes once", partial(later, None)),
    ("451 at RCPT, then taken", "tried again, comes once", partial(later, Mood.LATER)),
    ("421 at the first word, then taken", "tried again, comes once", partial(later, Mood.BUSY)),
    ("550 at RCPT", "not sent, with the reason, on the board, not tried again", never),
    ("8 days after a failed invitation", "a new one is written by rule", again_by_rule),
    ("mail server never answers", "“perhaps sent”, never again alone", silent),
    ("6 letters, two workers, two beats", "each comes once", many),
    ("what is stored of one customer cannot be read", "others get their letters and reminders", one_broken),
    ("released and withdrawn at once, 8 customers", "one of both each time", released_and_withdrawn),
    ("two people write the same letter, 6 customers", "one letter each", written_twice),
)
