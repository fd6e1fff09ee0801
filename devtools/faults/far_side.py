"""Microsoft answers badly: not at all, too late, too often no, with effect or without (K4, K5, K6, K13, K14, K19)."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from devtools.faults import checks
from devtools.faults.checks import APPLICATION, CREATE, Expected
from devtools.faults.far import Answer, Call, Lost, Rule, always, asked, broken, by_chance, refusal
from devtools.faults.party import Party
from devtools.faults.results import Row
from devtools.faults.rig import Rig
from devtools.faults.trial import Trial, reference_of, trial

WRITES = (
    CREATE,
    f"PUT {APPLICATION}/secrets",
    f"PUT {APPLICATION}/jobs/{{job}}/schema",
    f"POST {APPLICATION}/jobs/{{job}}/provisionOnDemand",
    f"POST {APPLICATION}/jobs/{{job}}/start",
)
PAGE = b"<html><head><title>Sorry</title></head><body>We are working on it.</body></html>"
MORE_CALLS = Expected(calls=False)
WAITED = 90.0
HANGING = 8
HUGE = 50 * 1024 * 1024
After = Callable[[Call, Answer], Answer]


def lost(_call: Call, _answer: Answer) -> Answer:
    """No answer at all."""
    raise Lost


def in_place(status: int, body: bytes = b"{}", kind: str = "application/json") -> After:
    """Another answer than the one that Microsoft gave."""
    return lambda _call, _answer: refusal(status, body, kind=kind)


EFFECTS: dict[str, After] = {
    "lost": lost,
    "broken off": lambda _call, answer: broken(answer),
    "200 with HTML": in_place(200, PAGE, "text/html"),
    **{str(status): in_place(status) for status in (404, 429, 500, 503, 504)},
}


def effects(rig: Rig) -> Iterator[Row]:
    """K4 and K5: a change took effect, and the answer is lost or says that it did not."""
    for what in WRITES:
        short = what.replace(APPLICATION, "…")
        row = Row(f"{short} took effect, and its answer is {', '.join(EFFECTS)} (K4, K5)", "made once; live")
        for name, after in EFFECTS.items():
            before = len(row.broken)
            with trial(rig, row, MORE_CALLS) as run:
                run.invite()
                rule = rig.far.add(Rule(asked(what=what), after=after, left=1))
                run.recover(WAITED)
                run.must(rule.met == 1, "the request never came")
            row.broken[before:] = [f"{name}: {line}" for line in row.broken[before:]]
        yield row


FAILURES: dict[str, Answer] = {
    "503": refusal(503, b"{}"),
    "500": refusal(500, b"{}"),
    "HTML with 200": refusal(200, PAGE, kind="text/html"),
    "half of an answer": broken(refusal(200, b'{"value": [' + b" " * 400)),
}


def outages(rig: Rig) -> Iterator[Row]:
    """K14: everything fails for a while."""
    for name, answer in FAILURES.items():
        row = Row(f"Microsoft answers {name} to everything for 20 s (K14)", "waits and says so; live afterwards")
        with trial(rig, row, MORE_CALLS) as run:
            _fail_for(run, 20, Rule(asked(), before=always(answer)))
        yield row
    row = Row(
        "every connection to Microsoft ends without an answer for 20 s (K14)", "waits and says so; live afterwards"
    )
    with trial(rig, row, MORE_CALLS) as run:
        _fail_for(run, 20, Rule(asked(), after=lost))
    yield row


def _fail_for(run: Trial, seconds: float, rule: Rule) -> None:
    run.invite(2)
    run.until_at("connection")
    run.rig.far.add(rule)
    run.act_for(seconds)
    run.rig.far.clear()
    verdicts = [each for each in run.party.customers if each.verdict[1] == "broken"]
    run.must(not verdicts, f"a verdict of something that passes: {run.party.where()}")
    run.recover()


def mixtures(rig: Rig) -> Iterator[Row]:
    """A part of all answers is bad, of every kind."""
    for share, calls in ((0.01, True), (0.1, False)):
        row = Row(f"{share:.0%} of Microsoft's answers bad, of every kind, for 40 s", "live, one job")
        with trial(rig, row, Expected(calls=calls)) as run:
            chance = random.Random(int(share * 100))  # noqa: S311
            rule = rig.far.add(Rule(by_chance(chance, share), after=_any(chance)))
            run.invite(4)
            run.act_for(40)
            rig.far.clear()
            row.seen = f"{rule.met} bad answers"
            run.recover()
        yield row


def _any(chance: random.Random) -> After:
    def after(call: Call, answer: Answer) -> Answer:
        return chance.choice([*EFFECTS.values(), _slow])(call, answer)

    return after


def _slow(_call: Call, answer: Answer) -> Answer:
    time.sleep(2)
    return answer


def lags(rig: Rig) -> Iterator[Row]:
    """K6: what was just made is not seen for a while, everywhere or by every other look."""
    for name, seconds, every in (("for 5 s", 5.0, 1), ("for 20 s", 20.0, 1), ("by every other look for 20 s", 20.0, 2)):
        row = Row(f"the new job is not seen {name} (K6)", "no second job, no false verdict")
        with trial(rig, row, MORE_CALLS) as run:
            run.invite()
            _hide_new_jobs(rig, seconds, every)
            run.recover(WAITED)
        yield row


def _hide_new_jobs(rig: Rig, seconds: float, every: int) -> None:
    made: list[float] = []
    looks = iter(range(10**6))

    def note(_call: Call, answer: Answer) -> Answer:
        made.append(time.monotonic())
        return answer

    def hide(call: Call, answer: Answer) -> Answer:
        if not made or time.monotonic() - made[0] > seconds or next(looks) % every:
            return answer
        if call.what.endswith("/jobs"):
            return replace(answer, body=b'{"value": []}')
        return refusal(404, b'{"error": {"code": "ResourceNotFound", "message": "Resource does not exist"}}')

    rig.far.add(Rule(asked(what=CREATE), after=note))
    rig.far.add(Rule(asked(method="GET", path="/synchronization/jobs"), after=hide))


def hanging(rig: Rig) -> Iterator[Row]:
    """K14 and K19: tenants that never answer must not hold the others."""
    row = Row(
        f"{HANGING} tenants hang for 30 s a request, {rig.options.threads} threads", "another customer: 2 x at most"
    )
    with trial(rig, row, MORE_CALLS) as run:
        held = run.invite(HANGING)
        ids = {each.account.tenant.id for each in held}
        run.until_at("connection")
        over = threading.Event()
        rig.far.add(Rule(lambda call: call.tenant in ids and call.is_graph, before=lambda _call: _hang(over)))
        for each in held:
            run.party.turn(each)
        time.sleep(3)
        other, began = Party(rig, "bob"), time.monotonic()
        other.invite()
        live = other.go_on(120)
        took = time.monotonic() - began
        over.set()
        rig.far.clear()
        run.must(live, "another customer did not get live within 120 s")
        run.must(took <= 2 * run.by.seconds, f"another customer took {took:.0f} s, {run.by.seconds:.0f} s without")
        row.seen = f"{took:.1f} s against {run.by.seconds:.1f} s"
        run.recover(WAITED * 2)
    yield row


def _hang(over: threading.Event) -> None:
    """Thirty seconds without a byte, then nothing, as where a machine is gone."""
    over.wait(32)
    raise Lost


def odd_bodies(rig: Rig) -> Iterator[Row]:
    """K14: a byte a second, fifty megabytes."""
    row = Row("one tenant's answers come a byte a second; another's list is 50 MB (K14)", "the others go on; live")
    with trial(rig, row, MORE_CALLS) as run:
        slow, huge = run.invite(), run.invite()
        run.until_at("connection")
        drip, large = slow[0].account.tenant.id, huge[0].account.tenant.id
        rig.far.add(Rule(asked(tenant=drip), after=lambda _call, it: replace(it, how="drip"), left=3))
        body = b'{"value": [], "padding": "' + b"x" * HUGE + b'"}'
        rig.far.add(Rule(asked(tenant=large), before=always(refusal(200, body)), left=3))
        other, began = Party(rig, "bob"), time.monotonic()
        other.invite()
        run.must(other.go_on(60), "another customer did not get live within 60 s")
        row.seen = f"another customer in {time.monotonic() - began:.1f} s"
        run.recover(WAITED * 2)
    yield row


def poison(rig: Rig) -> Iterator[Row]:
    """K19: answers that no program expects, always, from one tenant."""
    row = Row("one tenant answers nonsense to everything (K19)", "it stands with a reason; others as fast as ever")
    with trial(rig, row, Expected(live=False)) as run:
        [bad] = run.invite()
        run.until_at("connection")
        body = b'{"value": 7, "id": ["\\u0000"], "error": {"code": 5}}'
        rule = Rule(asked(tenant=bad.account.tenant.id), before=always(refusal(200, body)))
        rig.far.add(rule)
        run.party.turn(bad)
        other, began = Party(rig, "bob"), time.monotonic()
        others = other.invite_many(2)
        run.must(other.go_on(120), f"others did not get live: {other.where()}")
        took = time.monotonic() - began
        run.must(took <= 2 * reference_of(rig).seconds, f"others took {took:.0f} s")
        run.party.look()
        before = rule.met
        run.act_for(10)
        row.seen = f"{rule.met - before} requests to it in 10 s; stands at {' '.join(bad.verdict)[:80]}"
        run.must(rule.met - before <= 20, "it is asked again and again")
        broken = checks.objections(rig, bad, None, Expected(live=False, jobs=0, creates=0))
        row.add(broken + [line for each in others for line in checks.objections(rig, each, run.by)], took)
    yield row


def names(rig: Rig) -> Iterator[Row]:
    """A NUL character, which PostgreSQL cannot store, in names that Microsoft gives."""
    places = ("/organization", "/servicePrincipals", "/users", "/auditLogs/provisioning")
    for place in places:
        row = Row(f"a NUL character in displayName of {place}", "live")
        with trial(rig, row) as run:
            run.invite()
            rig.far.add(Rule(asked(path=place), after=_with_nul))
            run.recover()
        yield row


def _with_nul(_call: Call, answer: Answer) -> Answer:
    return replace(
        answer,
        body=answer.body.replace(b'"displayName": "', b'"displayName": "\\u0000').replace(
            b'"displayName":"', b'"displayName":"\\u0000'
        ),
    )
