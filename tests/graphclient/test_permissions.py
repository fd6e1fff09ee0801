"""Which permission a call needs."""

from __future__ import annotations

import pytest

from graphclient import RoleMissing, probes
from graphclient.permissions import needed_by, needed_for

SP = "/servicePrincipals/5c1a"
WRITE = ("Synchronization.ReadWrite.All",)


@pytest.mark.parametrize(
    ("method", "path", "names"),
    [
        ("GET", f"{SP}/synchronization/jobs", ("Synchronization.Read.All", *WRITE)),
        ("get", f"/v1.0{SP}/synchronization/templates", ("Synchronization.Read.All", *WRITE)),
        ("HEAD", f"/beta{SP}/synchronization", ("Synchronization.Read.All", *WRITE)),
        ("PUT", f"{SP}/synchronization/secrets", WRITE),
        ("POST", f"{SP}/synchronization/jobs/scim.1/start", WRITE),
        ("GET", f"{SP}/appRoleAssignedTo/$count", ("Application.Read.All",)),
        ("GET", "/servicePrincipals(appId='b2d1')", ("Application.Read.All",)),
        ("GET", "/users/5c1a", ("User.Read.All",)),
        ("GET", "/groups/5c1a/members", ("GroupMember.Read.All",)),
        ("GET", "/organization", ("Organization.Read.All",)),
        ("GET", "/auditLogs/provisioning", ("ProvisioningLog.Read.All",)),
        ("POST", "/users", ()),
        ("GET", "/usersOfAnotherKind", ()),
        ("", "", ()),
    ],
)
def test_knows_what_a_call_needs(method: str, path: str, names: tuple[str, ...]) -> None:
    assert needed_for(method, path) == names
    assert needed_by(RoleMissing(method=method, path=path)) == names


def test_knows_it_for_each_operation_that_is_tried() -> None:
    assert all(each.least for each in (*probes._TRIALS, probes._AUDITS))
