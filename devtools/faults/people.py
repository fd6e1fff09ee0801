"""People and the engine at the same time, part one: what was begun, paused, approved and answered must stay so.

Two people are two browsers that press in the same moment. Where the order decides, a statement of one is stopped on
its way to PostgreSQL, or a request on its way to Microsoft, until the other one is done.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

from devtools.faults import acts, checks
from devtools.faults.checks import APPLICATION, CREATE, Expected
from devtools.faults.commits import Hold
from devtools.faults.far import asked
from devtools.faults.results import Row
from devtools.faults.rig import Rig
from devtools.faults.trial import Held, Trial, at_once, hold, trial
from devtools.robots.browser import Form, Page
from devtools.robots.people import StaffMember
from devtools.robots.rehearsal import RehearsedCustomer

SECRETS = f"PUT {APPLICATION}/secrets"
COMES = 40.0
QUIET = 8.0  # seconds in which what must not happen would have happened
SETTLES = 20.0


def only(run: Trial) -> RehearsedCustomer:
    """The one customer of a trial."""
    [each] = run.party.customers
    return each


def press_on_record(staff: StaffMember, each: RehearsedCustomer, act: str) -> Page:
    """Send the form of the customer's page whose address ends so."""
    page = staff.open(each.account)
    return staff.browser.send(page.form(action=f"/{act}/"))


def state_of(run: Trial, each: RehearsedCustomer) -> dict[str, object]:
    """Its row."""
    [row] = run.rig.sql("SELECT state, live_at FROM onboarding_onboarding WHERE id = %s", each.account.pk)
    return row


def changes_since(rig: Rig, each: RehearsedCustomer, since: float) -> list[str]:
    """What was sent that changes the tenant, after a moment."""
    return [call.what for call in rig.far.of([each.account.tenant.id], since=since) if call.changes]


def until(held: Held | Hold, run: Trial) -> None:
    """Let people go on until the request or statement waits. Raises RuntimeError when it never comes."""
    run.party.go_on(COMES, enough=held.reached.is_set)
    if not held.reached.is_set():
        raise RuntimeError("never came to the moment")


def statement(rig: Rig, each: RehearsedCustomer, *words: str, by: str = "worker") -> Hold:
    """Stop the first statement of the worker, or of a page, for this customer that has all these words."""
    journal = rig.commits if by == "worker" else rig.web_commits
    made = Hold(str(each.account.pk), lambda text: all(word in text for word in words))
    journal.holds.append(made)
    return made


# 1 and the emergency stop


def pausing(rig: Rig) -> Iterator[Row]:
    """Pause while a request is under way: nothing more is sent."""
    moments = {
        "PUT secrets of the start": (SECRETS, 2),
        "validateCredentials": (f"POST {APPLICATION}/jobs/validateCredentials", 1),
        "POST jobs": (CREATE, 1),
        "PUT schema": (f"PUT {APPLICATION}/jobs/{{job}}/schema", 1),
    }
    for name, (what, nth) in moments.items():
        row = Row(f"pause while the answer of {name} is under way", "nothing is changed after it; live once resumed")
        with trial(rig, row, Expected(calls=False)) as run:
            run.invite()
            held = hold(rig, asked(what=what), answer=True, skip=nth - 1)
            until(held, run)
            _paused(run, held)
            run.recover()
        yield row


def _paused(run: Trial, held: Held) -> None:
    each, staff = only(run), run.rig.staff["bob"]
    press_on_record(staff, each, "pause")
    since = time.time()
    run.must(state_of(run, each)["state"] == "paused", "the page did not pause it")
    held.go.set()
    time.sleep(QUIET)
    sent = changes_since(run.rig, each, since)
    run.must(not sent, f"I6: sent after the pause: {', '.join(sent)}")
    run.must(state_of(run, each)["state"] == "paused", "it is no longer paused")
    press_on_record(staff, each, "resume")


def emergency_stop(rig: Rig) -> Iterator[Row]:
    """The stop of all changes, and the end of it."""
    row = Row(
        "all changes are stopped while the answer of PUT secrets is under way", "nothing is changed until allowed"
    )
    with trial(rig, row, Expected(calls=False)) as run:
        run.invite(2)
        first = run.party.customers[0]
        held = hold(rig, asked(what=SECRETS, tenant=first.account.tenant.id), answer=True)
        until(held, run)
        rig.stack.manage("changes", "stop", "--reason", "an experiment")
        since = time.time()
        try:
            held.go.set()
            run.act_for(QUIET)
            sent = [what for each in run.party.customers for what in changes_since(rig, each, since)]
            run.must(not sent, f"I6: sent after the stop: {', '.join(sent)}")
        finally:
            rig.stack.manage("changes", "allow")
        for each in run.party.customers:
            each.acted.clear()  # what was refused meanwhile is pressed again
        run.recover()
    yield row


def lost_right(rig: Rig) -> Iterator[Row]:
    """Who approved is no longer of the portfolio when it is to be made."""
    row = Row("who approved is taken out of the portfolio before it is made", "it is not made; another one approves")
    with trial(rig, row, Expected(calls=False)) as run:
        run.invite()
        run.until_at("mappings")
        each = only(run)
        rig.freeze("worker")
        acts.approve(run.party, each, "mappings")
        taken = (
            "DELETE FROM onboarding_portfolio_members WHERE user_id = (SELECT id FROM auth_user WHERE username = %s)"
        )
        rig.sql(taken + " RETURNING id", "alice")
        since = time.time()
        rig.thaw("worker")
        time.sleep(QUIET)
        sent = changes_since(rig, each, since)
        back = (
            "INSERT INTO onboarding_portfolio_members (portfolio_id, user_id)"
            " SELECT p.id, u.id FROM onboarding_portfolio p, auth_user u WHERE u.username = %s RETURNING id"
        )
        rig.sql(back, "alice")
        run.must(not sent, f"made all the same: {', '.join(sent)}")
        acts.press(run.party, each, "mappings")
        each.acted.clear()
        run.recover()
    yield row


# 2: a live customer stays one


def resumed_live(rig: Rig) -> Iterator[Row]:
    """Pause and resume of a live customer with a change that waits for a yes."""
    row = Row("live, a new token waits for a yes, paused and resumed", "still live; nothing is done unasked")
    with trial(rig, row, Expected(calls=False, lines={"save_credentials": 1})) as run:
        run.invite()
        run.until_live()
        each, staff = only(run), rig.staff["bob"]
        before, lived = _saves(rig, each), state_of(run, each)["live_at"]
        enter_token(staff, each)
        _until_kind(run, each, "todo")
        press_on_record(staff, each, "pause")
        press_on_record(staff, each, "resume")
        time.sleep(QUIET)
        now = state_of(run, each)
        run.must(_saves(rig, each) == before, "the token was saved unasked")
        run.must(now["state"] == "live", f"it is {now['state']}, not live")
        run.must(now["live_at"] == lived, "it is live since another time")
        acts.approve(run.party, each, "connection")
        _until_kind(run, each, "done")
        run.must(_saves(rig, each) == before + 1, "after the yes the token was not saved once")
        run.recover()
    yield row


def enter_token(staff: StaffMember, each: RehearsedCustomer) -> Page:
    """Enter the customer's token on the page of its step."""
    page = staff.browser.open(f"{each.account.address}steps/connection/")
    return staff.browser.send(page.form(having="token"), {"token": str(each.account.tenant["scim_token"])})


def _saves(rig: Rig, each: RehearsedCustomer) -> int:
    return checks.effects_of(rig, each.account.tenant.id)[SECRETS]


def _until_kind(run: Trial, each: RehearsedCustomer, kind: str, key: str = "connection") -> None:
    end = time.monotonic() + SETTLES
    while acts.step_of(run.party, each, key)[0] != kind:
        if time.monotonic() > end:
            raise RuntimeError(f"{key} is {acts.step_of(run.party, each, key)}, not {kind}")
        time.sleep(0.2)


# 3 and 4: approvals


def lost_approvals(rig: Rig) -> Iterator[Row]:
    """One approves a plan while another one answers in the same step."""
    row = Row("one approves while another answers the same step", "the approval counts, or it is said that it does not")
    with trial(rig, row, Expected(calls=False, lines={"save_credentials": 1})) as run:
        run.invite()
        run.until_live()
        each, alice, bob = only(run), rig.staff["alice"], rig.staff["bob"]
        enter_token(bob, each)
        _until_kind(run, each, "todo")
        stopped = statement(rig, each, 'UPDATE "onboarding_stepstate"', "token_saved", by="web")
        page = alice.browser.open(f"{each.account.address}steps/connection/")
        form = page.form(action="/approve/")
        second = _beside(lambda: enter_token(bob, each))
        run.must(stopped.reached.wait(COMES), "the answer never came to be written")
        said: list[Page] = []
        first = _beside(lambda: said.append(alice.browser.send(form)))
        first.join(2)  # with the row locked it waits for the other one
        stopped.go.set()
        first.join(COMES)
        second.join(COMES)
        run.must(bool(said) and said[0].status == 200, "the approval was answered with an error")
        run.must(_comes_to_done(run, each) or _was_told(run, each, said), "the approval was taken and is gone")
        _settle(run, each)
        run.recover()
    yield row


def _beside(act: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    return thread


def _comes_to_done(run: Trial, each: RehearsedCustomer) -> bool:
    end = time.monotonic() + SETTLES
    while time.monotonic() < end:
        if acts.step_of(run.party, each, "connection")[0] == "done":
            return True
        time.sleep(0.3)
    return False


def _was_told(run: Trial, each: RehearsedCustomer, said: list[Page]) -> bool:
    """By the page that answers the click, or by a line that the plan has become another one."""
    query = "SELECT count(*) AS n FROM onboarding_event WHERE onboarding_id = %s AND kind = 'withdrawn'"
    return "meanwhile" in said[0].text.lower() or run.rig.sql(query, each.account.pk)[0]["n"] > 0


def _settle(run: Trial, each: RehearsedCustomer) -> None:
    """Approve what is still open until it is done: a yes to a plan that has become another one counts for nothing."""
    end = time.monotonic() + SETTLES
    while acts.step_of(run.party, each, "connection")[0] != "done" and time.monotonic() < end:
        acts.approve(run.party, each, "connection")
        time.sleep(0.5)


def approvals_that_come_back(rig: Rig) -> Iterator[Row]:
    """An answer that was begun before an approval was used up is written after it."""
    row = Row("an answer begun before an approval was used up ends after it", "the next change is asked for again")
    with trial(rig, row, Expected(calls=False, lines={"save_credentials": 2})) as run:
        run.invite()
        run.until_live()
        each, alice, bob = only(run), rig.staff["alice"], rig.staff["bob"]
        enter_token(bob, each)
        _until_kind(run, each, "todo")
        rig.freeze("worker")
        acts.approve(run.party, each, "connection")
        stopped = statement(rig, each, 'UPDATE "onboarding_stepstate"', "token_saved", by="web")
        late = _beside(lambda: enter_token(bob, each))
        run.must(stopped.reached.wait(COMES), "the answer never came to be written")
        rig.thaw("worker")
        time.sleep(QUIET / 2)
        stopped.go.set()
        late.join(COMES)
        _settle(run, each)
        before = _saves(rig, each)
        enter_token(alice, each)
        time.sleep(QUIET)
        run.must(_saves(rig, each) == before, "the next token was saved unasked")
        _settle(run, each)
        run.recover()
    yield row


# 5: answers

ANSWERS = """
import threading
from django.contrib.auth.models import User
from django.db import connection
from onboarding.customers import answers
from onboarding.models import Onboarding
def say(who, name, start):
    start.wait()
    try:
        actor = User.objects.get(username=who)
        answers.answer(Onboarding.objects.get(pk={pk}), "customer", actor=actor, answer={{name: "x"}})
    except Exception as error:
        print(name, type(error).__name__)
    connection.close()
for number in range(12):
    start = threading.Barrier(2)
    two = [threading.Thread(target=say, args=(who, f"{{who}}{{number}}", start)) for who in ("alice", "bob")]
    [each.start() for each in two]
    [each.join() for each in two]
"""


def lost_answers(rig: Rig) -> Iterator[Row]:
    """Two people answer different questions of one step, twelve times."""
    row = Row("two people answer different questions of one step, 12 rounds", "both are kept, or one is told no")
    with trial(rig, row, Expected(calls=False)) as run:
        run.invite()
        run.until_at("consent")
        each = only(run)
        said = rig.stack.manage("shell", "-c", ANSWERS.format(pk=each.account.pk))
        query = "SELECT answer FROM onboarding_stepstate WHERE onboarding_id = %s AND key = 'customer'"
        kept = rig.sql(query, each.account.pk)[0]["answer"]
        names = [f"{who}{number}" for number in range(12) for who in ("alice", "bob")]
        lost = [name for name in names if name not in kept and f"{name} Refused" not in said]
        run.must(not lost, f"{len(lost)} of 24 answers are lost")
        run.recover()
    yield row


# 6 and 7: the order of locks


def deadlocks(rig: Rig) -> Iterator[Row]:
    """A click while the engine writes the same rows."""
    for name in ("look again", "an answer"):
        row = Row(f"{name} while the engine records the step", "both are kept; nobody gets an error")
        with trial(rig, row, Expected(calls=False)) as run:
            run.invite()
            run.until_at("connection" if name == "an answer" else "consent")
            each, bob = only(run), rig.staff["bob"]
            address = f"{each.account.address}steps/{each.verdict[0]}/"
            page = bob.browser.open(address)
            form = page.form(having="token") if name == "an answer" else page.form(action="/recheck/")
            values = {"token": str(each.account.tenant["scim_token"])} if name == "an answer" else {}
            stopped = statement(rig, each, 'UPDATE "onboarding_stepstate"')
            acts.press(run.party, each, each.verdict[0])
            run.must(stopped.reached.wait(COMES), "the engine never came to write")
            said: list[Page] = []
            click = _beside(partial(_send, bob, form, values, said))
            click.join(2)
            stopped.go.set()
            click.join(COMES)
            run.must(
                bool(said) and said[0].status == 200, f"the click was answered {said[0].status if said else 'never'}"
            )
            run.must("deadlock" not in rig.stack.log("worker"), "the engine met a deadlock")
            run.recover()
        yield row


def _send(staff: StaffMember, form: Form, values: dict[str, str], said: list[Page]) -> None:
    said.append(staff.browser.send(form, values))


# 8: tokens


def two_tokens(rig: Rig) -> Iterator[Row]:
    """Two people enter the token in the same moment."""
    row = Row("two people enter the token at once, 5 rounds", "one counts, the other is told or is the same; no error")
    for _round in range(5):
        with trial(rig, row, Expected(calls=False)) as run:
            run.invite()
            run.until_at("connection")
            each = only(run)
            _until_kind(run, each, "asking")
            pages = at_once(*(partial(enter_token, rig.staff[who], each) for who in ("alice", "bob")))
            wrong = [page for page in pages if isinstance(page, Exception) or page.status != 200]
            run.must(not wrong, f"answered with {[getattr(page, 'status', page) for page in wrong]}")
            run.recover()
    yield row
