"""What a build would change, in words for a terminal, and as a document for another program."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from etl.diff import Change, Diff, Difference
from etl.terminal import display_width, padded
from riskmap.domain.registry import indicators
from riskmap.domain.vocabulary import ALL
from riskmap.words import MissingWord, number, period, t
from riskmap.words.numbers import MINUS

_INDENT: Final = "  "
_GAP: Final = 2


def diff_document(diff: Diff) -> dict[str, object]:
    """Everything that is told, for another program."""
    return {
        "build": diff.build,
        "against": diff.against or None,
        "counts": diff.counts,
        "rows": [
            {"indicator": row.indicator, "level": row.level, "invented": row.invented, "counts": row.counts}
            for row in diff.rows
        ],
        "largest": [_difference_document(item) for item in diff.largest],
        "areas": diff.areas,
    }


def _difference_document(item: Difference) -> dict[str, object]:
    return {
        "indicator": item.indicator,
        "invented": item.invented,
        "area": item.area,
        "period": item.period.code,
        "breakdown": item.breakdown,
        "category": item.category,
        "change": item.change,
        "before": item.before,
        "after": item.after,
        "size": round(item.size, 3),
    }


def diff_lines(diff: Diff, language: str) -> list[str]:
    """The numbers of cells in a table, the largest changes, and the areas with most changes."""
    key = "diff.title" if diff.against else "diff.first"
    title = t(key, language, build=diff.build, against=diff.against)
    if not diff.rows:
        return [title, t("diff.same", language)]
    return [
        *(title, ""),
        *_count_lines(diff, language),
        *(["", t("diff.largest", language), *_largest_lines(diff, language)] if diff.largest else []),
        *(["", t("diff.areas", language), *_area_lines(diff, language)] if diff.areas else []),
    ]


def _count_lines(diff: Diff, language: str) -> list[str]:
    """A column for each kind of change that occurs, a line for each level of an indicator, and what the heads mean."""
    counts = diff.counts
    changes = [change for change in Change if counts[change]]
    heads = {change: t(f"diff.change.{change}", language) for change in changes}
    lines = [("", list(heads.values())), (t("diff.total", language), _numbers(counts, changes, language))]
    previous = None
    for row in diff.rows:
        if (row.indicator, row.invented) != previous:
            lines.append((_heading(row.indicator, language, is_invented=row.invented), []))
        previous = (row.indicator, row.invented)
        lines.append((_INDENT + t(f"level.{row.level}", language), _numbers(row.counts, changes, language)))
    return [
        *_table(lines),
        "",
        *(f"{head}: {t(f'diff.meaning.{change}', language)}" for change, head in heads.items()),
    ]


def _numbers(counts: Mapping[Change, int], changes: Sequence[Change], language: str) -> list[str]:
    return [number(counts[change], language) for change in changes]


def _table(lines: Sequence[tuple[str, list[str]]]) -> list[str]:
    """First column to the left, all others to the right; a line without numbers is not cut to the first column."""
    first = max(display_width(name) for name, cells in lines if cells)
    columns = list(zip(*(cells for _, cells in lines if cells), strict=True))
    widths = [max(map(display_width, column)) for column in columns]
    return [
        padded(name, first) + "".join(_to_right(cell, width) for cell, width in zip(cells, widths, strict=True))
        if cells
        else name
        for name, cells in lines
    ]


def _to_right(cell: str, width: int) -> str:
    return " " * (_GAP + width - display_width(cell)) + cell


def _heading(name: str, language: str, *, is_invented: bool) -> str:
    known = {item.id: item for item in indicators()}  # not of a build of an earlier catalogue
    words = known[name].words[language]["name"] if name in known else name
    return t("diff.invented", language, indicator=words) if is_invented else words


def _largest_lines(diff: Diff, language: str) -> Iterator[str]:
    previous = None
    for item in diff.largest:
        if (item.indicator, item.invented) != previous:
            yield _heading(item.indicator, language, is_invented=item.invented)
        previous = (item.indicator, item.invented)
        yield f"{_INDENT}{', '.join(_place(diff, item, language))}: {_step(item, language)}"


def _place(diff: Diff, item: Difference, language: str) -> list[str]:
    cut = [] if item.breakdown == ALL else [_category(item, language)]
    return [diff.names[item.area][language], period(item.period, language), *cut]


def _category(item: Difference, language: str) -> str:
    try:
        return t(f"category.{item.breakdown}.{item.category}", language)
    except MissingWord:  # of a build of an earlier catalogue
        return f"{item.breakdown}:{item.category}"


def _step(item: Difference, language: str) -> str:
    before, after = (None if value is None else _written(value, language) for value in (item.before, item.after))
    return t(f"diff.step.{item.change}", language, before=before, after=after, step=_signed(item, language))


def _signed(item: Difference, language: str) -> str:
    step = (item.after or 0) - (item.before or 0)
    return f"{MINUS if step < 0 else '+'}{_written(abs(step), language)}"


def _written(value: float, language: str) -> str:
    return number(value, language, decimals=0 if value == int(value) else 1)


def _area_lines(diff: Diff, language: str) -> list[str]:
    lines = [(_INDENT + diff.names[area][language], [number(count, language)]) for area, count in diff.areas.items()]
    return _table(lines)
