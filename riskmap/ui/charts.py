"""Every chart: a function from a view to a figure, drawn in one language and one theme."""

from riskmap.ui.chart_layout import DARK, LIGHT, Theme, theme_of
from riskmap.ui.charts_compare import parts_figure, ranked_figure
from riskmap.ui.charts_heat import heat_figure
from riskmap.ui.charts_trend import trend_figure

__all__ = ["DARK", "LIGHT", "Theme", "heat_figure", "parts_figure", "ranked_figure", "theme_of", "trend_figure"]
