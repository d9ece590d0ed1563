"""What the page of protection is drawn from: the rule, what it hides in the live build, what the check has found."""

from dataclasses import dataclass
from typing import Final

from riskmap.analytics.views import explained
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import Grain, Protection

# Names of the table `meta` that the check of a build fills, beside `audit_passed`.
AUDIT_NUMBERS: Final = ("cells", "proved", "blanked", "told_before", "components", "lines", "narrowest")


@dataclass(frozen=True, slots=True)
class RuleRow:
    """Which numbers of one indicator are hidden because of their size."""

    indicator: Indicator = explained("its declaration")
    first_shown: int = explained("counts from 1 to one less are hidden")
    hides_zero: bool = explained("zeros below region are hidden too")
    is_share: bool = explained("what is left of the whole is hidden like the count")


@dataclass(frozen=True, slots=True)
class RuleView:
    """The rule as the catalogue declares it."""

    rows: tuple[RuleRow, ...] = explained("indicators of which something is hidden, in the order of the catalogue")
    open: tuple[Indicator, ...] = explained("indicators of which nothing is hidden")
    publications: tuple[str, ...] = explained("word keys of the publications whose totals are shown as they are")
    first_shown_category: int = explained("the same limit for categories that are never shown below region")
    fewest_organisations: int = explained("a number below region to which fewer of them could contribute is hidden")


@dataclass(frozen=True, slots=True)
class LossRow:
    """One published table, and how much of it is hidden."""

    indicator: str = explained("catalogue id; empty in a sum over tables")
    level: str = explained("country, region or district; empty in a sum over levels")
    grain: Grain | None = explained("length of the periods; None in a sum over tables")
    breakdown: str = explained("breakdown id; empty in a sum over tables")
    is_invented: bool = explained("whether its figures are made up")
    numbers: int = explained("cells that have a number, shown or hidden")
    hidden: int = explained("how many of them are hidden")

    @property
    def share(self) -> float:
        """Share that is hidden, 0 to 1."""
        return self.hidden / self.numbers


@dataclass(frozen=True, slots=True)
class Audit:
    """What the check of the build has found; None where the build does not tell."""

    passed: bool | None = explained("whether all that is hidden was proved to be safe")
    found: tuple[tuple[str, str | None], ...] = explained("each of AUDIT_NUMBERS with its value as written")


@dataclass(frozen=True, slots=True)
class ProtectionView:
    """How the live build is protected, and what that costs."""

    method: Protection | None = explained("as the build says; None for that of an earlier version of the product")
    components: int | None = explained("independent groups in which hidden numbers were chosen, or None")
    optimal: int | None = explained("in how many of them the choice is proved to be the best")
    gap: float | None = explained("in the others: by how much it may be worse, as a share")
    audit: Audit = explained("the result of the check")
    total: LossRow | None = explained("over all tables; None where no cell has a number")
    levels: tuple[LossRow, ...] = explained("over all tables of a level, the country first")
    tables: tuple[LossRow, ...] = explained("the largest share hidden first, then the order of the catalogue")
    is_invented: bool = explained("whether any figure is made up")
