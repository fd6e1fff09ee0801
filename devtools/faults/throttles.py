"""Microsoft says no for now: throttling, tokens, logs that repeat themselves (K13, K15, K20)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from devtools.faults.checks import Expected
from devtools.faults.far import After, Answer, Call, Rule, always, asked, refusal
from devtools.faults.party import Party
from devtools.faults.results import Row
from devtools.faults.rig import Rig
from devtools.faults.trial import trial

RETRY = 20  # seconds
MORE_CALLS = Expected(calls=False)
BUSY = b'{"error": {"code": "TooManyRequests", "message": "Too many requests"}}'
EXPIRED = (
    b'{"error": {"code": "InvalidAuthenticationToken", "message": "Lifetime validation failed, the token is expired."}}'
)
CHALLENGE = 'Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="'
LOGS = "/auditLogs/provisioning"


def throttling(rig: Rig) -> Iterator[Row]:
    """K13: one tenant is told to wait; all of them are, with a word of how long or without."""
    row = Row(f"429 with Retry-After {RETRY} for one tenant (K13)", "no request to it meanwhile, others as ever")
    with trial(rig, row, MORE_CALLS) as run:
        [each] = run.invite()
        run.until_at("connection")
        tenant = each.account.tenant.id
        rig.far.add(Rule(asked(tenant=tenant), before=always(_busy(RETRY)), left=1))
        run.party.turn(each)
        _wait_for_rule(run.party, rig)
        began = time.time()
        other = Party(rig, "bob")
        other.invite()
        run.must(other.go_on(60), "another customer did not get live")
        run.act_for(max(0.0, RETRY - (time.time() - began)))
        early = [
            call for call in rig.far.of([tenant], since=began + 0.5) if call.at < began + RETRY - 1 and call.is_graph
        ]
        run.must(not early, f"{len(early)} requests within the {RETRY} s")
        run.recover(RETRY + 90)
    yield row
    for name, wait in (("with Retry-After 3", 3), ("without a word of how long", 0)):
        row = Row(f"429 to everybody for 15 s, {name} (K13)", "waits, no storm; live afterwards")
        with trial(rig, row, MORE_CALLS) as run:
            run.invite(4)
            run.until_at("connection")
            rule = rig.far.add(Rule(asked(), before=always(_busy(wait))))
            run.act_for(15)
            rig.far.clear()
            row.seen = f"{rule.met} requests of 4 customers were refused"
            run.must(rule.met <= 4 * 40, f"{rule.met} requests in 15 s")
            run.recover()
        yield row


def _busy(wait: int) -> Answer:
    return refusal(429, BUSY, **({"Retry_After": str(wait)} if wait else {}))


def _wait_for_rule(party: Party, rig: Rig) -> None:
    rules = list(rig.far.rules)
    party.go_on(20, enough=lambda: all(rule.met for rule in rules))


def tokens(rig: Rig) -> Iterator[Row]:
    """K15: a token that is no longer taken, a claims challenge, a new signing key, a login service that is away."""
    cases = (
        ("the token is refused as expired, once", refusal(401, EXPIRED)),
        ("a claims challenge, once", refusal(401, EXPIRED, WWW_Authenticate=CHALLENGE)),
    )
    for name, answer in cases:
        row = Row(f"{name} (K15)", "one token more, live")
        with trial(rig, row) as run:
            [each] = run.invite()
            run.until_at("connection")
            tenant = each.account.tenant.id
            before = _tokens(rig, tenant)
            rig.far.add(Rule(asked(tenant=tenant), before=always(answer), left=1))
            run.recover()
            more = _tokens(rig, tenant) - before
            run.must(more <= 1, f"{more} more tokens were asked for")
        yield row
    row = Row("Microsoft's signing keys roll in the middle (K15)", "the admin's sign-in still works")
    with trial(rig, row) as run:
        run.invite()
        run.until_at("consent")
        rig.sandbox.roll_keys()
        run.recover()
    yield row
    row = Row("the login service answers 503 for 20 s (K15)", "tokens that are there go on being used; live afterwards")
    with trial(rig, row, MORE_CALLS) as run:
        run.invite(2)
        run.until_at("connection")
        rig.far.add(Rule(lambda call: call.path.endswith("/token"), before=always(refusal(503, b"{}"))))
        run.act_for(20)
        rig.far.clear()
        run.recover()
    yield row


def _tokens(rig: Rig, tenant: str) -> int:
    return sum(call.path.endswith("/token") for call in rig.far.of([tenant]))


def logs(rig: Rig) -> Iterator[Row]:
    """K20: the provisioning log comes in circles, twice, broken off, and not at all for a while."""
    cases = {
        "nextLink leads back to the same page": _circle,
        "every row twice": _twice,
        "every other page is broken off": _every_other_broken(),
    }
    for name, after in cases.items():
        row = Row(f"provisioning log: {name} (K20)", "each person once, everybody live")
        with trial(rig, row, MORE_CALLS) as run:
            [each] = run.invite(users=12)
            rig.far.add(Rule(asked(path=LOGS, method="GET"), after=after, left=12))
            run.recover(180)
            archived = rig.sql(
                "SELECT count(*) AS n, count(DISTINCT source_id) AS d FROM onboarding_person WHERE onboarding_id = %s",
                each.account.pk,
            )[0]
            run.must(archived["n"] == archived["d"] > 0, f"the archive holds {archived['n']} rows of {archived['d']}")
        yield row


def _circle(call: Call, answer: Answer) -> Answer:
    return _changed(answer, lambda it: it | {"@odata.nextLink": "https://graph.microsoft.com" + call.path})


def _twice(_call: Call, answer: Answer) -> Answer:
    return _changed(answer, lambda it: it | {"value": [*it.get("value", []), *it.get("value", [])]})


def _every_other_broken() -> After:
    count = iter(range(10**6))
    return lambda _call, answer: replace(answer, how="broken") if next(count) % 2 == 0 else answer


def _changed(answer: Answer, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Answer:
    try:
        return replace(answer, body=json.dumps(change(json.loads(answer.body))).encode())
    except ValueError:
        return answer
