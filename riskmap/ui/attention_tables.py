"""The tables of the page of the index: its parts with their weights, and every area with its rank and level."""

from collections.abc import Sequence

from riskmap.analytics.attention_views import AttentionRow, AttentionView, Part
from riskmap.files import attention_words as words
from riskmap.files.sentences import place_names
from riskmap.ui.tables import html_table
from riskmap.words import number, percent, period, sort_key, t


def part_table(view: AttentionView, language: str) -> str:
    """Every declared component: period, weight, direction, chance, and why it is left out where it is."""
    columns = ("component", "period", "weight", "direction", "uncertainty", "note")
    rows = [_part_cells(view, part, language) for part in view.parts]
    caption = t("attention.heading.weights", language)
    return html_table(_header(columns, language), rows, caption=caption, numeric=frozenset({2}), is_captioned=False)


def _header(columns: Sequence[str], language: str) -> list[str]:
    return [t(f"attention.heading.{name}", language) for name in columns]


def _part_cells(view: AttentionView, part: Part, language: str) -> list[str]:
    when = period(part.period, language) if part.period else ""
    share = percent(part.share, language, decimals=0) if part.share else ""
    return [
        words.part_name(part, language),
        when,
        share,
        words.direction(part, language),
        t(f"attention.uncertainty.{part.uncertainty}", language),
        words.note(view, part, language),
    ]


def ordered(view: AttentionView, language: str, *, by_rank: bool) -> list[AttentionRow]:
    """The areas in alphabetical order, or by rank, those without one last."""

    def place(row: AttentionRow) -> tuple[object, ...]:
        standing = row.standing if by_rank else None
        ranks = (standing.rank, standing.lower, standing.upper) if standing else (0, 0, 0)
        return by_rank and row.standing is None, ranks, sort_key(row.name(language), language)

    return sorted(view.rows, key=place)


def area_table(view: AttentionView, language: str, *, by_rank: bool, selected: str) -> str:
    """Every area: level with its probabilities, rank with its interval, score, parts, ranks without one part."""
    chances = [
        t("attention.heading.chance", language, level=words.level_name(level, language))
        for level in words.LEVELS_BY_URGENCY
    ]
    parts = [t("attention.heading.part", language, name=words.part_name(part, language)) for part in view.used]
    header = [
        t("table.area", language),
        *_header(("level",), language),
        *chances,
        *_header(("rank", "score"), language),
        *parts,
        *_header(("without", "most"), language),
    ]
    rows = ordered(view, language, by_rank=by_rank)
    names = place_names(rows, language)
    body = [[names[row.area], *_area_cells(view, row, language)] for row in rows]
    marked = next((place for place, row in enumerate(rows) if row.area == selected), None)
    numeric = frozenset(range(2, len(header) - 1))
    return html_table(header, body, caption=words.title(view, language), numeric=numeric, marked=marked)


def _area_cells(view: AttentionView, row: AttentionRow, language: str) -> list[str]:
    standing = row.standing
    if standing is None:
        return [t("attention.no_rank", language), *[""] * (7 + len(view.used))]
    return [
        words.level_name(standing.level, language),
        *(words.chance(standing, level, language) for level in words.LEVELS_BY_URGENCY),
        words.rank_text(standing, language),
        number(standing.score, language, decimals=1),
        *(number(part.score, language, decimals=1) for part in standing.scores),
        words.without_text(standing, language),
        words.most_text(view, standing, language),
    ]


def lack_table(view: AttentionView, language: str) -> str:
    """The areas without a rank, and what each lacks; empty where every area has one."""
    rows = [row for row in ordered(view, language, by_rank=False) if row.lacks]
    if not rows:
        return ""
    names = place_names(rows, language)
    body = [[names[row.area], words.lack_text(row, language)] for row in rows]
    return html_table(
        [t("table.area", language), *_header(("why",), language)],
        body,
        caption=t("attention.heading.no_ranks", language),
    )
