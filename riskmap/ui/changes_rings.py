"""A ring around a value in a chart: it was corrected after it was first published."""

from collections.abc import Iterable, Iterator
from typing import Any

from riskmap.ui import chart_layout
from riskmap.ui.chart_layout import Theme, Trace, legend_entry
from riskmap.words import t


def ring(theme: Theme) -> dict[str, Any]:
    """The marker around a value that was corrected."""
    return {"symbol": "circle-open", "size": 18, "color": theme.text, "line": {"color": theme.text, "width": 1.5}}


def rings(places: Iterable[tuple[float, float]], theme: Theme, **more: Any) -> Iterator[Trace]:
    """A ring at each place (x, y); nothing where there is none."""
    found = list(places)
    if found:
        yield chart_layout.scatter(
            x=[x for x, _ in found],
            y=[y for _, y in found],
            mode="markers",
            marker=ring(theme),
            hoverinfo="skip",
            showlegend=False,
            cliponaxis=False,
            meta={"role": "revised", **more},
        )


def ring_entry(language: str, theme: Theme) -> Trace:
    """The line of the legend that says what a ring is."""
    return legend_entry(t("chart.revised", language), mode="markers", marker={**ring(theme), "size": 14})
