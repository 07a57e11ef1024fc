"""Who may do what: one table of roles and permissions."""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Permission(StrEnum):
    """What a route or a service asks for."""

    READ_APPEALS = "read appeals"
    DRAFT = "draft appeals"
    APPROVE = "approve appeals"
    TAKE_DOWN = "take down"
    END = "set an ending"
    SETTLE = "answer what a platform could not"
    READ_TIPS = "read tips"
    ASSESS = "assess tips"
    ADMINISTER = "administer"
    READ_LEDGER = "read the ledger"


ROLES: Mapping[str, frozenset[Permission]] = {
    "author": frozenset({Permission.READ_APPEALS, Permission.DRAFT, Permission.TAKE_DOWN, Permission.SETTLE}),
    "approver": frozenset(
        {
            Permission.READ_APPEALS,
            Permission.APPROVE,
            Permission.TAKE_DOWN,
            Permission.END,
            Permission.SETTLE,
        }
    ),
    "triager": frozenset({Permission.READ_APPEALS, Permission.TAKE_DOWN, Permission.READ_TIPS, Permission.ASSESS}),
    "administrator": frozenset({Permission.READ_APPEALS, Permission.ADMINISTER}),
    "auditor": frozenset({Permission.READ_APPEALS, Permission.READ_LEDGER}),
    "observer": frozenset({Permission.READ_APPEALS}),
}


def permissions(roles: Iterable[str]) -> frozenset[Permission]:
    """Everything that the given roles may do together."""
    return frozenset().union(*(ROLES[role] for role in roles if role in ROLES))


def may(roles: Iterable[str], permission: Permission) -> bool:
    """Whether one of the roles carries the permission."""
    return permission in permissions(roles)
