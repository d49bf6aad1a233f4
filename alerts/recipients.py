"""Who a digest goes to. Pure. A role without an address falls to the next one up, never into nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from config.policy import Role
from config.units import UnitDirectory

UPWARDS = {
    Role.HANDLER: Role.SECTION_HEAD,
    Role.SECTION_HEAD: Role.DEPUTY_LEADER,
    Role.DEPUTY_LEADER: Role.PRINCIPAL,
    Role.PRINCIPAL: Role.SUPERVISOR,
    Role.BUREAU_LEADER: Role.SUPERVISOR,
    Role.DISTRICT_LEADER: Role.BUREAU_LEADER,
    Role.INFORMATION_CENTRE: Role.OPERATOR,
    Role.SUPERVISOR: Role.OPERATOR,
    Role.COUNTER: Role.SUPERVISOR,
}


@dataclass(frozen=True, slots=True)
class Recipients:
    """Addresses of a mail.

    ``stands_for`` is the role that gets it in place of one that has no address; ``copies`` are the roles in copy, so
    that the addresses can be looked up again when the mail leaves.
    """

    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    stands_for: str | None = None
    copies: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON values."""
        return {"to": list(self.to), "cc": list(self.cc), "stands_for": self.stands_for, "copies": list(self.copies)}

    @property
    def all(self) -> tuple[str, ...]:
        """Everybody the mail is handed to, each once."""
        return tuple(dict.fromkeys((*self.to, *self.cc)))


def resolve(role: Role, copies: Sequence[Role], unit: str | None, directory: UnitDirectory) -> Recipients:
    """The addresses of ``role`` in ``unit`` and of the roles in copy."""
    asked: Role | None = role
    to: tuple[str, ...] = ()
    while asked is not None and not (to := directory.addresses(asked, unit)):
        asked = UPWARDS.get(asked)
    cc = [address for copy in copies for address in directory.addresses(copy, unit) if address not in to]
    named = tuple(copy.value for copy in copies)
    return Recipients(to, tuple(dict.fromkeys(cc)), role.value if asked is not role else None, named)
