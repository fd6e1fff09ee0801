"""People and people at the same time, part two: two who do the same thing, or the opposite, in the same moment."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from devtools.faults import acts, checks
from devtools.faults.by_hand import Hand
from devtools.faults.checks import APPLICATION, Expected
from devtools.faults.far import asked
from devtools.faults.people import only, press_on_record
from devtools.faults.results import Row
from devtools.faults.rig import Rig
from devtools.faults.trial import Trial, at_once, hold, trial
from devtools.robots.browser import Form, Page
from devtools.robots.people import Admin, Refused, StaffMember
from devtools.robots.rehearsal import CONTACT, RehearsedCustomer

ROUNDS = 8
BOTH = ("alice", "bob")


def _broken(pages: Sequence[Page | Exception]) -> list[str]:
    """Those that are no page a person could go on from."""
    return [
        str(getattr(page, "status", page))[:100] for page in pages if isinstance(page, Exception) or page.status >= 500
    ]


def creating(rig: Rig) -> Iterator[Row]:
    """The same customer, created by two."""
    row = Row("the same customer created by two at once", "one record; the other one is told")
    with trial(rig, row, Expected(live=False)) as run:
        [model] = run.invite()
        for number in range(ROUNDS):
            name = f"Twice{number} {model.account.customer.name}"
            values = {
                "name": name,
                "product": "advocacy",
                "haiilo_host": f"twice{number}-{model.account.pk}.smarpshare.com",
                "domains": f"twice{number}-{model.account.pk}.example",
                "contact_name": CONTACT,
                "contact_email": f"robin@twice{number}.example",
            }
            pages = at_once(*(partial(_create, rig.staff[who], values) for who in BOTH))
            made = rig.sql("SELECT count(*) AS n FROM onboarding_customer WHERE name = %s", name)[0]["n"]
            run.must(made == 1, f"{made} records")
            run.must(not _broken(pages), f"answered {_broken(pages)}")
        row.add([])
    yield row


def _create(staff: StaffMember, values: dict[str, str]) -> Page:
    page = staff.browser.open("/customers/new/")
    return staff.browser.send(page.form(having="haiilo_host"), values)


def stale_plan(rig: Rig) -> Iterator[Row]:
    """A plan is approved that is no longer the one."""
    row = Row("a plan approved that has changed since it was shown", "refused in words; nothing is made")
    with trial(rig, row, Expected(calls=False)) as run:
        run.invite()
        run.until_at("mappings")
        each, alice = only(run), rig.staff["alice"]
        _until_todo(run, each, "mappings")
        page = alice.browser.open(f"{each.account.address}steps/mappings/")
        form = page.form(action="/approve/")
        hand = Hand(rig, each)
        hand.change_mapping(hand.jobs()[0])
        before = checks.effects_of(rig, each.account.tenant.id)[f"PUT {APPLICATION}/jobs/{{job}}/schema"]
        acts.press(run.party, each, "mappings")
        _until_other_plan(run, each, form)
        said = alice.browser.send(form)
        time.sleep(5)
        after = checks.effects_of(rig, each.account.tenant.id)[f"PUT {APPLICATION}/jobs/{{job}}/schema"]
        run.must(after == before, "it was made")
        run.must(said.status == 200, f"answered {said.status}")
        each.acted.clear()
        run.recover()
    yield row


def _until_todo(run: Trial, each: RehearsedCustomer, key: str) -> None:
    end = time.monotonic() + 20
    while acts.step_of(run.party, each, key)[0] != "todo":
        if time.monotonic() > end:
            raise RuntimeError(f"{key} never had a plan")
        time.sleep(0.2)


def _until_other_plan(run: Trial, each: RehearsedCustomer, form: Form) -> None:
    shown, end = form.fields["fingerprint"].value, time.monotonic() + 20
    query = (
        "SELECT plan ->> 'fingerprint' AS now FROM onboarding_stepstate WHERE onboarding_id = %s AND key = 'mappings'"
    )
    while run.rig.sql(query, each.account.pk)[0]["now"] in (shown, None):
        if time.monotonic() > end:
            raise RuntimeError("the plan did not change")
        time.sleep(0.2)


def links(rig: Rig) -> Iterator[Row]:
    """Two make a link."""
    row = Row("two links made at once, 8 rounds", "one of them is open")
    with trial(rig, row) as run:
        run.invite()
        run.until_at("consent")
        each = only(run)
        query = "SELECT count(*) AS n FROM onboarding_link WHERE onboarding_id = %s AND revoked_at IS NULL"
        for _round in range(ROUNDS):
            pages = at_once(*(partial(press_on_record, rig.staff[who], each, "link") for who in BOTH))
            opened = rig.sql(query, each.account.pk)[0]["n"]
            run.must(opened == 1, f"{opened} links are open")
            run.must(not _broken(pages), f"answered {_broken(pages)}")
        run.recover()
    yield row


def contacts(rig: Rig) -> Iterator[Row]:
    """Both contacts are removed."""
    row = Row("both contacts removed at once, 8 customers", "one is left")
    with trial(rig, row) as run:
        for each in run.invite(ROUNDS):
            _remove_both(run, each)
        row.add([])
    yield row


def _remove_both(run: Trial, each: RehearsedCustomer) -> None:
    rig, address = run.rig, f"{each.account.address}contacts/"
    alice = rig.staff["alice"]
    page = alice.browser.open(address)
    alice.browser.send(page.form(action="/contacts/add/"), {"name": "Second", "email": "second@example.org"})
    pages = {who: rig.staff[who].browser.open(address) for who in BOTH}
    forms = [
        [form for form in page.forms if form.action.endswith("/remove/")][number]
        for number, page in enumerate(pages.values())
    ]
    at_once(*(partial(rig.staff[who].browser.send, form) for who, form in zip(BOTH, forms, strict=True)))
    left = rig.sql("SELECT count(*) AS n FROM onboarding_contact WHERE onboarding_id = %s", each.account.pk)[0]["n"]
    run.must(left == 1, f"{left} contacts are left")


# Another tenant is proposed


def _in_alarm(run: Trial) -> RehearsedCustomer:
    """A customer whose consent was answered for another tenant, so that one can be proposed."""
    [each] = run.invite()
    run.until_at("consent")
    tenant = each.account.tenant
    tenant.switch(F2=True)
    link = run.rig.staff["alice"].send_link(each.account)
    person = tenant["admin"]
    with suppress(Refused):
        Admin(run.rig.stack.public_url, person["user_name"], person["password"]).consent(link)
    tenant.switch(F2=False)
    each.acted.clear()
    each.account.link = ""
    return each


def _propose(staff: StaffMember, each: RehearsedCustomer, tenant: str, reason: str) -> Page:
    page = staff.open(each.account)
    form = next(form for form in page.forms if {"reason", "tenant_id"} <= set(form.fields))
    return staff.browser.send(form, {"tenant_id": tenant, "reason": reason})


def _decision(page: Page) -> Form:
    return next(form for form in page.forms if any(button.name == "decision" for button in form.buttons))


def proposals(rig: Rig) -> Iterator[Row]:
    """Two propose another tenant; one approves and one rejects."""
    row = Row("two propose another tenant at once", "one proposal is open")
    with trial(rig, row, Expected(live=False)) as run:
        each = _in_alarm(run)
        other = str(rig.sandbox.make_tenant(name="Other", domain="other1.example", users=1, calm=True)["tenant_id"])
        pages = at_once(*(partial(_propose, rig.staff[who], each, other, f"said {who}") for who in BOTH))
        offered = [form for form in rig.staff["carol"].open(each.account).forms if _decides(form)]
        run.must(len(offered) == 1, f"{len(offered)} proposals are open")
        run.must(not _broken(pages), f"answered {_broken(pages)}")
        row.add([])
    yield row
    row = Row("a proposal approved by one and rejected by another at once", "exactly one of both")
    with trial(rig, row, Expected(live=False)) as run:
        each = _in_alarm(run)
        other = str(rig.sandbox.make_tenant(name="Other", domain="other2.example", users=1, calm=True)["tenant_id"])
        _propose(rig.staff["alice"], each, other, "said alice")
        forms = {who: _decision(rig.staff[who].open(each.account)) for who in ("bob", "carol")}
        since = _last_event(run, each)
        press = zip(forms.items(), ("approve", "reject"), strict=True)
        pages = at_once(*(partial(rig.staff[who].browser.send, form, {}, press=act) for (who, form), act in press))
        run.must(not _broken(pages), f"answered {_broken(pages)}")
        decided = _decided(run, each, since)
        run.must(decided == 1, f"{decided} decisions are in the timeline")
        row.add([])
    yield row


def _decides(form: Form) -> bool:
    return any(button.name == "decision" for button in form.buttons)


def _last_event(run: Trial, each: RehearsedCustomer) -> int:
    query = "SELECT coalesce(max(id), 0) AS n FROM onboarding_event WHERE onboarding_id = %s"
    return int(run.rig.sql(query, each.account.pk)[0]["n"])


def _decided(run: Trial, each: RehearsedCustomer, since: int) -> int:
    query = "SELECT count(*) AS n FROM onboarding_event WHERE onboarding_id = %s AND id > %s AND actor_id IS NOT NULL"
    return int(run.rig.sql(query, each.account.pk, since)[0]["n"])


MOMENTS: tuple[tuple[str, dict[str, Any], bool], ...] = (
    ("before the token", {"path": "/organization"}, False),
    ("after the organization was read", {"path": "/organization"}, True),
    ("before our application is read", {"path": "/servicePrincipals"}, False),
    ("after its grants were read", {"path": "/appRoleAssignments"}, True),
)


def rebinding(rig: Rig) -> Iterator[Row]:
    """Another tenant is approved while the consent of the former one is being proved."""
    for number, (name, which, answer) in enumerate(MOMENTS):
        row = Row(
            f"another tenant approved while the consent is proved, {name}", "bound to none or to the one that proved"
        )
        with trial(rig, row, Expected(live=False)) as run:
            each = _in_alarm(run)
            tenant = each.account.tenant
            other = rig.sandbox.make_tenant(name="Other", domain=f"other-r{number}.example", users=1, calm=True)
            _propose(rig.staff["alice"], each, other.id, "said alice")
            form = _decision(rig.staff["bob"].open(each.account))
            held = hold(rig, asked(tenant=tenant.id, **which), answer=answer)
            run.party.go_on(40, enough=held.reached.is_set)
            run.must(held.reached.is_set(), "never came to the moment")
            rig.staff["bob"].browser.send(form, {}, press="approve")
            held.go.set()
            time.sleep(6)
            bound = rig.sql("SELECT tenant_id FROM onboarding_tenantbinding WHERE onboarding_id = %s", each.account.pk)
            run.must(all(one["tenant_id"] == tenant.id for one in bound), f"bound to {bound}")
            run.must(not [call for call in rig.far.of([other.id]) if call.tokens], "I3: the token went there")
            row.add([])
        yield row


# Double clicks


def double_clicks(rig: Rig) -> Iterator[Row]:
    """Two sessions press each button of the way at once."""
    row = Row(
        "every button pressed by two at once: link, token, mapping, pilot, start, pause, resume", "each effect once"
    )
    with trial(rig, row, Expected(calls=False)) as run:
        for each in run.invite(3):
            at_once(*(partial(rig.staff[who].open, each.account) for who in BOTH))
        end = time.monotonic() + 120
        while time.monotonic() < end and run.party.late():
            run.party.look()
            for each in run.party.late():
                _both_act(run, each)
            time.sleep(0.5)
        run.recover()
    yield row


def _both_act(run: Trial, each: RehearsedCustomer) -> None:
    rig, question = run.rig, " ".join(each.verdict)
    key, kind, _said = each.verdict
    if key == "consent":
        run.party.turn(each)
        return
    if kind not in ("asking", "todo") or question in each.acted:
        return
    each.acted.add(question)
    pages = at_once(*(partial(rig.staff[who].act, each.account) for who in BOTH))
    wrong = [page for page in pages if isinstance(page, Exception) and "500" in str(page)]
    run.must(not wrong, f"{key}: {wrong}")
    if key == "mappings":
        for act in ("pause", "resume"):
            at_once(*(partial(press_on_record, rig.staff[who], each, act) for who in BOTH))
        each.acted.discard(question)


def same_tenant(rig: Rig) -> Iterator[Row]:
    """Two records of one tenant, at the same time."""
    row = Row("two records of one tenant on their way at once", "one job; the other one is told whose it is")
    with trial(rig, row, Expected(calls=False)) as run:
        [first] = run.invite()
        other = run.party.twin(first)
        run.party.go_on(
            60, until=lambda each: each.live or (each.verdict[0] == "consent" and each.verdict[1] == "asking")
        )
        run.party.go_on(15)
        ends = sorted(each.live for each in (first, other))
        run.must(ends == [False, True], f"live: {ends}")
        jobs = len(first.account.tenant.jobs())
        run.must(jobs == 1, f"{jobs} jobs")
        late = next((each for each in (first, other) if not each.live), other)
        page = run.party.staff.open(late.account)
        told = any(words in page.text.casefold() for words in ("another customer", "another record"))
        run.must(told, f"the second is not told: {' '.join(late.verdict)}")
        row.add([])
    yield row
