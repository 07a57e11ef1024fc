"""Who may do what: one table of roles and permissions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from appeal.rules.errors import NotAllowed
from appeal.rules.words import _, say


class Permission(StrEnum):
    """What a route or a service asks for."""

    READ_APPEALS = _("read appeals")
    DRAFT = _("draft appeals")
    APPROVE = _("approve appeals")
    TAKE_DOWN = _("take down")
    END = _("set an ending")
    SETTLE = _("answer what a platform could not")
    READ_TIPS = _("read tips")
    ASSESS = _("assess tips")
    ADMINISTER = _("administer")
    READ_LEDGER = _("read the ledger")


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


@dataclass(frozen=True)
class Actor:
    """Who acts: an officer with roles, or the system itself (id 0), which may do whatever its job needs."""

    id: int
    name: str
    roles: frozenset[str]

    @property
    def label(self) -> str:
        """How the ledger names the actor."""
        return f"officer:{self.id}" if self.id else "system"

    def may(self, permission: Permission) -> bool:
        """Whether one of the roles carries the permission."""
        return self.id == 0 or permission in permissions(self.roles)


SYSTEM = Actor(id=0, name="system", roles=frozenset())


def permissions(roles: Iterable[str]) -> frozenset[Permission]:
    """Everything that the given roles may do together."""
    return frozenset().union(*(ROLES[role] for role in roles if role in ROLES))


def require(actor: Actor, permission: Permission) -> None:
    """Raise `NotAllowed` unless the actor may."""
    if not actor.may(permission):
        words = say("Your roles do not let you %(act)s.", act=str(permission))
        raise NotAllowed(words, detail=f"{actor.label} {permission}")
