"""Each role is granted for its kinds of area and may do what it says, nothing else."""

import pytest

from riskmap.access.roles import POWERS, Role

# Role, kinds of area, what it may do: as the rules of the house have it.
RULES = (
    ("viewer", {"region", "district"}, {"reads_exact", "sends"}),
    ("analyst", {"region", "country"}, {"reads_exact"}),
    ("ministry", {"country"}, {"reads_exact"}),
    ("operator", {"country"}, {"sends", "publishes"}),
    ("signer", {"country"}, {"signs"}),
    ("administrator", {"country"}, {"administers"}),
)
DEEDS = ("reads_exact", "sends", "publishes", "signs", "administers")


@pytest.mark.parametrize(("role", "kinds", "deeds"), RULES)
def test_a_role_may_do_what_the_rules_say(role: str, kinds: set[str], deeds: set[str]) -> None:
    may = Role(role).may
    assert {str(kind) for kind in may.kinds} == kinds
    assert {deed for deed in DEEDS if getattr(may, deed)} == deeds


def test_every_role_is_declared() -> None:
    assert set(POWERS) == set(Role) == {Role(role) for role, _, _ in RULES}


def test_no_single_role_publishes_and_signs_or_administers() -> None:
    for may in POWERS.values():
        assert may.publishes + may.signs + may.administers <= 1
