"""Tables of the documentation that are generated from declarations, so that they cannot lag behind them."""

from riskmap.domain.registry import FormItem, Source
from riskmap.domain.vocabulary import ALL

HEADINGS = ("Indicator", "Breakdown", "Category", "Sheet", "Rows (code: label)", "Column (number: heading)")


def source_table(source: Source) -> str:
    """Which cells of a coded form feed which figure, as a Markdown table with one line for each figure."""
    headings = {sheet.name: sheet.headings for sheet in source.sheets}
    lines = [HEADINGS, tuple("---" for _ in HEADINGS)]
    lines += [_cells(item, heading=headings[item.sheet][item.column]) for item in source.items]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cells(item: FormItem, *, heading: str) -> tuple[str, ...]:
    rows = " + ".join(f"{code}: {label}" for code, label in zip(item.rows, item.labels, strict=True))
    part = ("", "") if item.breakdown == ALL else (item.breakdown, item.category)
    return (f"`{item.indicator}`", *part, item.sheet, rows, f"{item.column}: {heading}")
