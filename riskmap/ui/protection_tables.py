"""The tables of the page of protection."""

from collections.abc import Sequence

from riskmap.analytics.protection_views import Audit, LossRow, ProtectionView, RuleRow, RuleView
from riskmap.domain.registry import indicator
from riskmap.ui.tables import html_table
from riskmap.words import number, percent, t


def rule_table(rule: RuleView, language: str) -> str:
    """What is hidden because of its size, and what is not although small; indicators with one rule share a row."""
    columns = ("indicators", "counts", "zeros", "rest", "categories", "state")
    names: dict[tuple[str, ...], list[str]] = {}
    for row in rule.rows:
        own = tuple(_rule_cells(row, rule.first_shown_category, language))
        names.setdefault(own, []).append(row.indicator.words[language]["short"])
    rows = [["; ".join(own), *cells] for cells, own in names.items()]
    return html_table(
        [t(f"protection.rule.{name}", language) for name in columns],
        rows,
        caption=t("protection.heading.rules", language),
        is_captioned=False,
    )


def _rule_cells(row: RuleRow, first_shown_category: int, language: str) -> list[str]:
    item = row.indicator
    limits = {"low": 1, "high": row.first_shown - 1}
    category_limits = {"low": 1, "high": max(first_shown_category, row.first_shown) - 1}
    categories = [
        t(
            "protection.rule.category",
            language,
            category=t(f"category.{part.replace(':', '.')}", language),
            **category_limits,
        )
        for part in item.disclosure.hide_categories
    ]
    shown = [
        t(
            "protection.rule.exempt",
            language,
            level=t(f"level.{exemption.area}", language),
            grain=t(f"grain.{exemption.grain}", language),
        )
        for exemption in item.disclosure.published_by_state
    ]
    return [
        t("protection.rule.range", language, **limits),
        t(f"protection.rule.zeros_{'hidden' if row.hides_zero else 'shown'}", language),
        t("protection.rule.rest_hidden", language, **limits) if row.is_share else "",
        "; ".join(categories),
        "; ".join(shown),
    ]


def attacker_table(attackers: Sequence[str], language: str) -> str:
    """Who, with which knowledge, must not be able to work out what."""
    rows = [
        [t(f"protection.attacker.{name}{part}", language) for part in ("", "_knows", "_must")] for name in attackers
    ]
    header = [t(f"protection.attacker.{name}", language) for name in ("who", "knows", "must")]
    return html_table(header, rows, caption=t("protection.heading.attackers", language), is_captioned=False)


def audit_result(audit: Audit, language: str) -> str:
    """Whether the check was passed, or that there was none."""
    name = "none" if audit.passed is None else "passed" if audit.passed else "failed"
    return t(f"protection.result.{name}", language)


def audit_table(audit: Audit, language: str) -> str:
    """What the check looked at and what it found; what the build does not tell was not audited."""
    rows = [[t("protection.audit.passed", language), audit_result(audit, language)]]
    rows += [[t(f"protection.audit.{name}", language), _found(value, language)] for name, value in audit.found]
    header = [t(f"protection.audit.{name}", language) for name in ("name", "value")]
    caption = t("protection.heading.audit", language)
    return html_table(header, rows, caption=caption, numeric=frozenset({1}), is_captioned=False)


def _found(value: str | None, language: str) -> str:
    if value is None:
        return t("protection.result.none", language)
    return number(int(value), language) if value.isdecimal() else value


def level_table(view: ProtectionView, language: str) -> str:
    """How much is hidden at each level, and over all."""
    rows = [[t(f"level.{row.level}", language), *_numbers(row, language)] for row in view.levels]
    if view.total:
        rows.append([t("protection.loss.total", language), *_numbers(view.total, language)])
    return _loss_html(("level",), rows, "totals", language)


def loss_table(tables: Sequence[LossRow], language: str) -> str:
    """How much is hidden of each table."""
    rows = [
        [
            _name(row, language),
            t(f"level.{row.level}", language),
            t(f"grain.{row.grain}", language),
            t(f"breakdown.{row.breakdown}", language),
            *_numbers(row, language),
        ]
        for row in tables
    ]
    return _loss_html(("indicator", "level", "grain", "breakdown"), rows, "tables", language)


def _name(row: LossRow, language: str) -> str:
    name = indicator(row.indicator).words[language]["name"]
    return f"{name} ({t('overview.invented_word', language)})" if row.is_invented else name


def _numbers(row: LossRow, language: str) -> list[str]:
    return [number(row.numbers, language), number(row.hidden, language), percent(row.share, language)]


def _loss_html(texts: Sequence[str], rows: list[list[str]], caption: str, language: str) -> str:
    columns = (*texts, "numbers", "hidden", "share")
    header = [t(f"protection.loss.{name}", language) for name in columns]
    numeric = frozenset(range(len(texts), len(columns)))
    return html_table(header, rows, caption=t(f"protection.loss.{caption}", language), numeric=numeric)
