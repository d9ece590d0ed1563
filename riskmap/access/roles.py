"""What a role is: for which kinds of area it is granted, and what whoever holds it may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from riskmap.domain.areas import AreaKind


@dataclass(frozen=True, slots=True)
class Powers:
    """What a role may do; whatever is not said is not allowed.

    `reads_exact`: the exact numbers of its area. `sends`: returns, through the page. `publishes`: builds. `signs`:
    a build that another person has made. `administers`: grants.
    """

    kinds: frozenset[AreaKind]  # of which its area must be one
    reads_exact: bool = False
    sends: bool = False
    publishes: bool = False
    signs: bool = False
    administers: bool = False


class Role(StrEnum):
    """As what somebody is known."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    MINISTRY = "ministry"
    OPERATOR = "operator"
    SIGNER = "signer"
    ADMINISTRATOR = "administrator"

    @property
    def may(self) -> Powers:
        """What the role may do."""
        return POWERS[self]


_COUNTRY: Final = frozenset({AreaKind.COUNTRY})

POWERS: Final[Mapping[Role, Powers]] = MappingProxyType(
    {
        Role.VIEWER: Powers(frozenset({AreaKind.REGION, AreaKind.DISTRICT}), reads_exact=True, sends=True),
        Role.ANALYST: Powers(frozenset({AreaKind.REGION, AreaKind.COUNTRY}), reads_exact=True),
        Role.MINISTRY: Powers(_COUNTRY, reads_exact=True),
        Role.OPERATOR: Powers(_COUNTRY, sends=True, publishes=True),
        Role.SIGNER: Powers(_COUNTRY, signs=True),
        Role.ADMINISTRATOR: Powers(_COUNTRY, administers=True),
    }
)
