"""The customer takes access away or changes things by hand (K16, K17); a key of ours is missing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from devtools.faults import acts
from devtools.faults.by_hand import Hand
from devtools.faults.checks import Expected
from devtools.faults.letters import pass_time
from devtools.faults.people import enter_token, only
from devtools.faults.results import Row
from devtools.faults.rig import Rig
from devtools.faults.trial import Trial, open_as, trial
from devtools.robots.rehearsal import RehearsedCustomer
from devtools.stack.processes import wait_until

STEPS = ("connection", "mappings", "pilot", "enable", "live")
SPREADING = "20 minutes"
"""So long Microsoft may take to spread a consent; afterwards a refusal is one."""
TOLD = 30.0  # seconds: two runs, at this pace
UNASKED = 8.0


def revoked(rig: Rig) -> Iterator[Row]:
    """K16: at each step the admin deletes our application, and approves again later."""
    for key in STEPS:
        row = Row(f"access taken away at the step {key}, and given again (K16)", "asks the customer at once; same job")
        with trial(rig, row, Expected(calls=False)) as run:
            run.invite()
            if key == "live":
                run.until_live()
            else:
                run.until_at(key)
            _revoke(run, only(run))
            run.recover()
        yield row


def _revoke(run: Trial, each: RehearsedCustomer) -> None:
    rig = run.rig
    each.account.tenant.revoke()
    since = time.time()
    pass_time(rig, each, SPREADING)
    acts.press(run.party, each, "consent")

    def asks() -> bool:
        run.party.look()
        return each.verdict[:2] == ("consent", "asking")

    run.must(wait_until(asks, TOLD), f"not told: {' '.join(each.verdict)}")
    sent = [call for call in rig.far.of([each.account.tenant.id], since=since + 2) if call.tokens and call.status < 300]
    run.must(not sent, "I3: the token was sent after access was gone")
    each.acted.clear()
    each.account.link = ""


def by_hand(rig: Rig) -> Iterator[Row]:
    """K17: the job is stopped, deleted, its mapping or its address changed by hand."""
    cases: tuple[tuple[str, str, Callable[[Hand], None], dict[str, int], int], ...] = (
        ("job stopped", "enable", lambda hand: hand.pause_job(hand.jobs()[0]), {"enable": 1}, 1),
        ("job deleted", "connection", lambda hand: hand.delete_job(hand.jobs()[0]), {"create_job": 1}, 2),
        ("mapping changed", "mappings", lambda hand: hand.change_mapping(hand.jobs()[0]), {"write_mapping": 1}, 1),
        ("address changed", "connection", lambda hand: hand.change_address("https://other.example/scim"), {}, 1),
    )
    for name, key, spoil, lines, creates in cases:
        row = Row(f"{name} by hand in a live tenant (K17)", "shown; nothing is written before a yes; repaired after it")
        with trial(rig, row, Expected(calls=False, lines=lines, creates=creates)) as run:
            run.invite()
            run.until_live()
            _spoiled(run, only(run), key, spoil)
        yield row


def _spoiled(run: Trial, each: RehearsedCustomer, key: str, spoil: Callable[[Hand], None]) -> None:
    hand = Hand(run.rig, each)
    spoil(hand)
    since = time.time()
    acts.press(run.party, each, key)
    shown = wait_until(lambda: acts.step_of(run.party, each, key)[0] in ("todo", "asking"), TOLD)
    run.must(shown, f"not shown: {key} is {acts.step_of(run.party, each, key)}")
    time.sleep(UNASKED)
    unasked = [call.what for call in run.rig.far.of([each.account.tenant.id], since=since) if call.changes]
    run.must(not unasked, f"written unasked: {', '.join(unasked)}")
    _repair(run, each, key)
    run.recover()


def _repair(run: Trial, each: RehearsedCustomer, key: str) -> None:
    """Say yes to what is asked, until the step is done again."""
    end = time.monotonic() + 60
    while acts.step_of(run.party, each, key)[0] != "done" and time.monotonic() < end:
        kind = acts.step_of(run.party, each, key)[0]
        if kind == "todo":
            acts.approve(run.party, each, key)
        elif kind == "asking" and key == "connection" and "token" not in each.acted:
            each.acted.add("token")
            enter_token(run.party.staff, each)
        time.sleep(2)
    each.acted.clear()


def lost_key(rig: Rig) -> Iterator[Row]:
    """A stored token, and the key that opens it is no longer set."""
    row = Row("the key of a stored token is missing", "a verdict that says so, in words; going on once it is back")
    with trial(rig, row, Expected(calls=False)) as run:
        run.invite()
        run.until_at("connection")
        each = only(run)
        rig.kill("worker")
        enter_token(rig.staff["alice"], each)
        other = rig.stack.folder / "other-keys"
        other.write_text("b3RoZXIga2V5IG90aGVyIGtleSBvdGhlciBrZXkgb28=\n")
        rig.environments["worker"]["ENCRYPTION_KEYS_FILE"] = str(other)
        rig.again("worker")
        told = wait_until(lambda: _speaks_of_the_key(rig, each), TOLD)
        run.must(told, f"the page says: {open_as(rig, 'alice', each.account.address).text[:200]}")
        rig.kill("worker")
        del rig.environments["worker"]["ENCRYPTION_KEYS_FILE"]
        rig.again("worker")
        acts.press(run.party, each, "connection")
        run.recover()
    yield row


def _speaks_of_the_key(rig: Rig, each: RehearsedCustomer) -> bool:
    text = open_as(rig, "alice", each.account.address).text
    return "ENCRYPTION_KEYS" in text or "cannot be opened" in text or "cannot be read" in text
