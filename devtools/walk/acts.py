"""What people do at the far side to bring a failure about, and to remove its cause."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import requests

from devtools.robots.browser import NotOnThePage
from devtools.robots.people import Admin
from devtools.walk.portal import Portal
from devtools.walk.scene import Scene

NOBODY_LISTENS = "http://127.0.0.1:9"
A_FEW = 4
"""People of twelve who are unassigned at once, fewer than the deletion guard holds back."""


def unassign_a_few(scene: Scene) -> None:
    """Four who are assigned directly, the test user among them, lose their assignment."""
    scene.kept = scene.direct()[:A_FEW]
    for name in scene.kept:
        scene.tenant.change_user(name, assigned=False)


def call_removals_intended(scene: Scene) -> None:
    """The customer's admin says on the own page that those who would go are to go."""
    assert scene.admin is not None
    page = scene.admin.browser.open("/progress/")
    scene.admin.browser.send(page.form(action="/progress/removals/"), press="intended")


def assign_again(scene: Scene) -> None:
    """The same four get it back."""
    for name in scene.kept:
        scene.tenant.change_user(name, assigned=True)


def assign_one_more(scene: Scene) -> None:
    """One more person is assigned, after all others."""
    scene.tenant.change_user(str(scene.tenant["unassigned"]["user_name"]), assigned=True)


def revoke_consent(scene: Scene) -> None:
    """Our application is deleted in the tenant."""
    scene.tenant.revoke()


def consent_again(scene: Scene) -> None:
    """Staff sends a new link, and the admin approves by it."""
    scene.switch_off()
    scene.staff.send_link(scene.account)
    admin = scene.new_admin("admin")
    admin.consent(scene.account.link)
    scene.admin = admin


def approve_as_global_admin(scene: Scene) -> None:
    """Somebody who may approve opens the same link."""
    scene.switch_off()
    admin = scene.new_admin("admin")
    admin.consent(scene.account.link)
    scene.admin = admin


def sign_in_again(scene: Scene) -> None:
    """The admin opens the link once more and signs in; what was approved is approved."""
    scene.switch_off()
    admin = scene.new_admin("admin")
    admin.open(scene.account.link)
    admin.begin()
    admin.sign_in()
    scene.admin = admin


def enter_token(scene: Scene) -> None:
    """Haiilo takes the token again; staff opens the step Connection and pastes it."""
    scene.switch_off()
    page = scene.staff.browser.open(f"{scene.account.address}steps/connection/")
    form = page.form(having="token")
    scene.staff.browser.send(form, {"token": str(scene.tenant["scim_token"])})


def look_again(scene: Scene) -> None:
    """The cause is removed, and staff presses “Look again” at the step that shows it."""
    scene.switch_off()
    scene.recheck(scene.customer.verdict[0])


def name_test_user_again(scene: Scene) -> None:
    """The cause is removed, and staff names the same test user once more."""
    scene.switch_off()
    _name_test_user(scene, str(scene.tenant["pilot"]["user_name"]))


def pause_job(scene: Scene) -> None:
    """The customer stops the job."""
    Portal(scene.stack, scene.tenant).pause()


def start_job(scene: Scene) -> None:
    """The customer starts it again."""
    Portal(scene.stack, scene.tenant).start()


def delete_job(scene: Scene) -> None:
    """The customer deletes the job."""
    Portal(scene.stack, scene.tenant).delete_jobs()


def delete_application(scene: Scene) -> None:
    """The customer deletes the enterprise application itself, and the job with it."""
    scene.tenant.delete_application()


def move_everybody(scene: Scene) -> None:
    """Everybody moves to another town, which a later cycle has to bring to Haiilo."""
    for user in scene.tenant.directory()["users"]:
        scene.tenant.change_user(str(user["id"]), city="Elsewhere")


def take_haiilo_down(scene: Scene) -> None:
    """Nobody answers at the customer's host any more."""
    scene.tenant.control.route_host(str(scene.tenant["haiilo_host"]), NOBODY_LISTENS)


def bring_haiilo_back(scene: Scene) -> None:
    """Haiilo answers again."""
    scene.tenant.control.route_host(str(scene.tenant["haiilo_host"]), None)


def name_another_test_user(scene: Scene) -> None:
    """On a live customer, staff names another test user in the step of that name."""
    _name_test_user(scene, scene.direct()[2])


def take_whole_directory(scene: Scene) -> None:
    """The customer switches the scope to the whole directory; Microsoft goes by it once the job is restarted."""
    Portal(scene.stack, scene.tenant).take_whole_directory()


def take_assigned_only(scene: Scene) -> None:
    """The customer switches it back."""
    Portal(scene.stack, scene.tenant).take_whole_directory(everybody=False)


def send_elsewhere(scene: Scene) -> None:
    """Somebody saves the address of Haiilo's staging platform."""
    host = str(scene.tenant["haiilo_host"]).replace(".", "-staging.", 1)
    Portal(scene.stack, scene.tenant).send_to(f"https://{host}/api/scim/v2")


def save_address_again(scene: Scene) -> None:
    """Staff saves our address again by the step Connection."""
    scene.recheck("connection")
    enter_token(scene)


def lose_attribute(scene: Scene) -> None:
    """The customer takes an attribute out of the mapping."""
    Portal(scene.stack, scene.tenant).lose_last_attribute()


def change_mapping_again(scene: Scene) -> None:
    """Staff has the mapping looked at, and approves ours."""
    scene.switch_off()
    scene.recheck("mappings")


def press_twice(scene: Scene) -> None:
    """Two members of staff press the button of the start at the same time, each with the page they have read."""
    page = scene.staff.open(scene.account)
    form = page.form(action="/approve/")
    scene.staff.browser.send(form)
    scene.staff.browser.send(form)


def scan_link(scene: Scene) -> None:
    """A mail scanner opens every address of the letter, which nobody has read yet."""
    for _time in range(3):
        Admin(scene.stack.public_url, "", "").open(scene.account.link)


def remove_second_account(scene: Scene) -> None:
    """Customer success deletes the older of two accounts at Haiilo, and the person is called as before."""
    former = {name.removeprefix("new.").lower() for name in scene.direct() if name.startswith("new.")}
    scim = f"{scene.stack.sandbox_url}/api/scim/v2/Users"
    headers = {"Host": str(scene.tenant["haiilo_host"]), "Authorization": f"Bearer {scene.tenant['scim_token']}"}
    for each in scene.tenant.arrived():
        if str(each["userName"]).lower() in former:
            requests.delete(f"{scim}/{each['id']}", headers=headers, timeout=30).raise_for_status()
    scene.switch_off()


def keep_token(scene: Scene) -> bool:
    """Staff notes that both sides agree to keep the token after go-live; False as long as no page offers it."""
    if scene.customer.verdict[0] in ("", "customer", "consent", "read_only"):
        return False
    page = scene.staff.browser.open(f"{scene.account.address}steps/connection/")
    form = page.find(having="agreed_on")
    if form is not None:
        scene.staff.browser.send(form, {"agreed_on": datetime.now(UTC).date().isoformat()})
    return form is not None


def _name_test_user(scene: Scene, user_name: str) -> None:
    page = scene.staff.browser.open(f"{scene.account.address}steps/pilot/")
    form = page.form(having="others")
    values: dict[str, Any] = {"others": user_name}
    if "suggested" in form.fields:
        values["suggested"] = ()
    scene.staff.browser.send(form, values)


ACTS: dict[str, Callable[[Scene], None]] = {
    act.__name__: act
    for act in (
        unassign_a_few,
        call_removals_intended,
        assign_again,
        assign_one_more,
        revoke_consent,
        consent_again,
        approve_as_global_admin,
        sign_in_again,
        enter_token,
        look_again,
        name_test_user_again,
        pause_job,
        start_job,
        delete_job,
        delete_application,
        move_everybody,
        take_haiilo_down,
        bring_haiilo_back,
        name_another_test_user,
        take_whole_directory,
        take_assigned_only,
        send_elsewhere,
        save_address_again,
        lose_attribute,
        change_mapping_again,
        press_twice,
        scan_link,
        remove_second_account,
    )
}


def _consent(admin: Admin, scene: Scene) -> None:
    admin.consent(scene.account.link)


def _lack_the_role(_admin: Admin, scene: Scene) -> None:
    """An Application Administrator comes, meets Microsoft's page, and goes back."""
    lesser = scene.new_admin("app_admin")
    scene.admin = lesser
    _as_far_as_it_goes(lesser, scene, "return")


def _as_far_as_it_goes(admin: Admin, scene: Scene, decision: str = "accept") -> None:
    admin.open(scene.account.link)
    admin.begin()
    admin.sign_in()
    admin.decide(decision)


def _is_refused(admin: Admin, scene: Scene) -> None:
    """The way ends at a page that says no, ours or Microsoft's."""
    try:
        _as_far_as_it_goes(admin, scene)
    except NotOnThePage:
        return


ADMINS: dict[str, Callable[[Admin, Scene], None]] = {
    "accepts": _consent,
    "lacks_the_role": _lack_the_role,
    "is_refused": _is_refused,
    "waits": lambda _admin, _scene: None,
}
"""What the customer's admin does with the link."""
