"""The rule of protection as declared, and what the live build says of its own: read from the public file alone."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

import pandas as pd

from riskmap.analytics import queries
from riskmap.analytics.protection_queries import losses
from riskmap.analytics.protection_views import AUDIT_NUMBERS, Audit, LossRow, ProtectionView, RuleRow, RuleView
from riskmap.analytics.warehouse import open_build
from riskmap.disclosure.organisations import FEWEST_ORGANISATIONS
from riskmap.disclosure.primary import SENSITIVE_BELOW, rules
from riskmap.domain.areas import AreaKind
from riskmap.domain.declared import LEVELS
from riskmap.domain.registry import catalogue
from riskmap.domain.vocabulary import ALL, Grain, Protection, Scope


def primary_rule() -> RuleView:
    """The rule of every indicator: the very one that is applied to the total of a district."""
    declared = catalogue().indicators
    totals = pd.DataFrame({"indicator": list(declared)}).assign(
        area=AreaKind.DISTRICT, grain=Grain.YEAR, breakdown=ALL, category=ALL
    )
    found = rules(totals, levels={AreaKind.DISTRICT: AreaKind.DISTRICT}, declared=declared)
    rows = zip(declared.values(), found.is_open, found.limit, found.hides_zero, found.is_share, strict=True)
    judged = [
        (bool(is_open), RuleRow(item, int(limit), bool(zero), bool(share)))
        for item, is_open, limit, zero, share in rows
    ]
    publications = (x.publication for item in declared.values() for x in item.disclosure.published_by_state)
    return RuleView(
        rows=tuple(row for is_open, row in judged if not is_open),
        open=tuple(row.indicator for is_open, row in judged if is_open),
        publications=tuple(dict.fromkeys(publications)),
        first_shown_category=SENSITIVE_BELOW,
        fewest_organisations=FEWEST_ORGANISATIONS,
    )


def protection(build: Path, *, scope: Scope) -> ProtectionView:
    """What the build says of its protection and its check, and how much of each table it hides."""
    with closing(open_build(build, scope=scope)) as cursor:
        meta = queries.meta(cursor)
        tables = [
            LossRow(indicator, level, Grain(grain), breakdown, is_invented, numbers, hidden)
            for indicator, level, grain, breakdown, is_invented, numbers, hidden in losses(cursor)
        ]
    place = {name: number for number, name in enumerate(catalogue().indicators)}
    return ProtectionView(
        method=Protection(meta["protection"]) if meta["protection"] in list(Protection) else None,
        components=_whole(meta, "protection_components"),
        optimal=_whole(meta, "protection_optimal"),
        gap=float(meta["protection_gap"]) if meta.get("protection_gap") else None,
        audit=_audit(meta),
        total=_sum(tables, level="") if tables else None,
        levels=tuple(
            _sum(own, level=level) for level in LEVELS if (own := [table for table in tables if table.level == level])
        ),
        tables=tuple(sorted(tables, key=lambda row: (-row.share, -row.hidden, place[row.indicator]))),
        is_invented=any(table.is_invented for table in tables),
    )


def _audit(meta: Mapping[str, str]) -> Audit:
    passed = meta.get("audit_passed") or None
    return Audit(
        passed=None if passed is None else passed == "true",
        found=tuple((name, meta.get(f"audit_{name}") or None) for name in AUDIT_NUMBERS),
    )


def _whole(meta: Mapping[str, str], name: str) -> int | None:
    return int(meta[name]) if meta.get(name) else None


def _sum(tables: Iterable[LossRow], *, level: str) -> LossRow:
    own = list(tables)
    numbers, hidden = sum(table.numbers for table in own), sum(table.hidden for table in own)
    return LossRow("", level, None, "", any(table.is_invented for table in own), numbers, hidden)
