"""Who may do what, as one table says it."""

import pytest

from appeal.rules.errors import NotAllowed
from appeal.rules.permissions import ROLES, SYSTEM, Actor, Permission, permissions, require

EXPECTED = {
    "author": {"read appeals", "draft appeals", "take down", "answer what a platform could not"},
    "approver": {"read appeals", "approve appeals", "take down", "set an ending", "answer what a platform could not"},
    "triager": {"read appeals", "take down", "read tips", "assess tips"},
    "administrator": {"read appeals", "administer"},
    "auditor": {"read appeals", "read the ledger"},
    "observer": {"read appeals"},
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("permission", Permission)
def test_each_role_may_what_it_should_and_nothing_else(role: str, permission: Permission) -> None:
    actor = Actor(7, "Officer", frozenset({role}))
    assert actor.may(permission) == (permission in EXPECTED[role])
    if permission in EXPECTED[role]:
        require(actor, permission)
    else:
        with pytest.raises(NotAllowed) as caught:
            require(actor, permission)
        assert caught.value.detail == f"officer:7 {permission}"


def test_roles_add_up_and_unknown_ones_add_nothing() -> None:
    both = permissions(["author", "approver", "chief"])
    assert both == permissions(["author"]) | permissions(["approver"])
    assert permissions(["chief"]) == frozenset()


def test_nobody_may_anything_without_a_role() -> None:
    nobody = Actor(9, "Nobody", frozenset())
    assert [one for one in Permission if nobody.may(one)] == []


def test_the_system_may_what_its_jobs_need() -> None:
    assert all(SYSTEM.may(one) for one in Permission)
    assert (SYSTEM.label, Actor(3, "A", frozenset()).label) == ("system", "officer:3")


def test_who_takes_down_is_never_only_one_role() -> None:
    assert {role for role in ROLES if Permission.TAKE_DOWN in ROLES[role]} == {"author", "approver", "triager"}
