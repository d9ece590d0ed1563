"""The page of methods: every method in every language has words, formulas, and a picture or why there is none."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from geo.areas import districts_of, regions
from riskmap.analytics.method_maps import (
    cluster_of,
    compared,
    funnel_of,
    inequality_of,
    neighbours_of,
    ranks_of_maps,
    silence_of,
    smoothed_of,
)
from riskmap.analytics.method_pictures import signals_of, trend_of
from riskmap.analytics.method_views import AreasPicture, Method, NoPicture, Picture
from riskmap.analytics.views import MapView, TrendTest
from riskmap.domain.vocabulary import LANGUAGES, CellStatus
from riskmap.methods.trends import Direction
from riskmap.ui.chart_layout import DARK, LIGHT, Theme
from riskmap.ui.charts_methods import method_figure
from riskmap.ui.method_formulas import FORMULAS, SOURCES
from riskmap.words import t
from tests import views
from tests.ui.test_pages import opened

REGIONS = [region.id for region in regions()]
WORDS = ("question", "letters", "how", "is_not")


def texts(app: AppTest) -> str:
    """Everything that is written on the page."""
    found = [*app.markdown, *app.caption, *app.info, *app.warning, *app.subheader]
    return "\n".join(str(element.value) for element in found)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("method", list(Method))
def test_a_link_opens_its_method_with_words_formulas_and_picture_or_reason(
    sample_build: Path, method: Method, language: str
) -> None:
    app = opened("methods", lang=language, method=str(method))
    assert not app.exception
    assert not app.warning
    words = f"methods.statistics_text.{method}"
    assert [element.value for element in app.subheader] == [t(f"{words}.name", language)]
    written = texts(app)
    assert all(t(f"{words}.{part}", language) in written for part in WORDS)
    assert SOURCES[method] in written
    assert len(app.latex) == len(FORMULAS[method]) > 0
    has_picture, has_reason = len(app.get("plotly_chart")) == 1, len(app.info) == 1
    assert has_picture is not has_reason
    assert (t("methods.part.reading", language) in written) is has_picture


def test_only_the_method_that_is_chosen_is_drawn(sample_build: Path) -> None:
    app = opened("methods", lang="en")
    assert app.subheader[0].value == t("methods.statistics_text.rate.name", "en")
    app.pills(key="select-method").set_value("funnel").run()
    assert not app.exception
    assert [element.value for element in app.subheader] == [t("methods.statistics_text.funnel.name", "en")]
    assert app.query_params["method"] in ("funnel", ["funnel"])
    assert len(app.get("plotly_chart")) == 1


def test_the_page_of_trends_leads_to_the_explanation_of_its_words(sample_build: Path) -> None:
    app = opened("trends", lang="ru", indicator="missed_lessons")
    links = [link.proto for link in app.get("page_link")]
    told = t("methods.picture.more", "ru", method=t("methods.statistics_text.trend.name", "ru"))
    [found] = [link for link in links if link.label == told]
    assert found.page == "methods"
    assert set(found.query_string.split("&")) == {"lang=ru", "method=trend"}


def test_a_method_that_does_not_exist_is_answered_and_told(sample_build: Path) -> None:
    app = opened("methods", lang="en", method="astrology")
    assert app.subheader[0].value == t("methods.statistics_text.rate.name", "en")
    assert [warning.value for warning in app.warning] == [
        t("selection.unknown", "en", field=t("select.method", "en"), asked="`astrology`")
    ]


@pytest.mark.parametrize("method", [Method.RATE, Method.TREND])
def test_before_the_first_publication_methods_are_explained_without_a_picture(
    data_folder: Path, method: Method
) -> None:
    app = opened("methods", lang="en", method=str(method))
    assert not app.exception
    assert app.latex
    assert t(f"methods.statistics_text.{method}.is_not", "en") in texts(app)
    assert t("methods.picture.before", "en") in [element.value for element in app.info]
    assert not app.get("plotly_chart")


def test_the_caption_tells_figure_period_and_level(sample_build: Path) -> None:
    app = opened("methods", lang="en", method="comparison")
    captions = [element.value for element in app.caption]
    assert any("2022" in text and t("methods.level.region", "en") in text for text in captions)
    assert not any(t("methods.picture.invented", "en") in text for text in captions)


def test_signals_say_that_no_warning_is_drawn_from_them_yet(sample_build: Path) -> None:
    app = opened("methods", lang="en", method="signals")
    assert "not yet drawn from these methods" in texts(app)


# Pictures put together by hand: every kind, with and without the mark of invented figures.


def of_regions(*, is_invented: bool, name: str = views.RATE) -> MapView:
    rows = [views.row(area, 5 + 13 * place, exposure=100_000.0 + 20_000 * place) for place, area in enumerate(REGIONS)]
    rows[0] = views.row(REGIONS[0], status=CellStatus.SUPPRESSED, exposure=views.SECRET)
    return views.map_view(rows, is_invented=is_invented, name=name)


def areas_picture(view: MapView) -> Picture:
    return AreasPicture(view, tuple(row for row in view.rows if row.status is CellStatus.VALUE))


def trend_picture(view: MapView) -> Picture | NoPicture:
    points = [views.point(period, 50 + 10 * place) for place, period in enumerate(views.years(2021, 2025))]
    line = views.line(REGIONS[3], points)
    tested = TrendTest(points[0].period, points[-1].period, Direction.INCREASING)
    return trend_of(views.panel([line], is_invented=view.is_invented), line, tested)


def signals_picture(view: MapView) -> Picture | NoPicture:
    counts = [30 + (7 * place) % 11 for place in range(61)]
    points = [views.point(month, count) for month, count in zip(views.months((2021, 1), 61), counts, strict=True)]
    points[5] = views.point(points[5].period, status=CellStatus.NOT_REPORTED)
    line = views.line(REGIONS[3], [*points[:-1], views.point(points[-1].period, 400)])
    return signals_of(views.panel([line], is_invented=view.is_invented), line)


MADE: dict[Method, Callable[[MapView], Picture | NoPicture]] = {
    Method.RATE: areas_picture,
    Method.SHARE: areas_picture,
    Method.EXPOSURE: areas_picture,
    Method.FEW_EVENTS: areas_picture,
    Method.CLASSES: areas_picture,
    Method.COMPARISON: compared,
    Method.FUNNEL: funnel_of,
    Method.SMOOTHING: smoothed_of,
    Method.NEIGHBOURS: neighbours_of,
    Method.CLUSTERS: cluster_of,
    Method.TREND: trend_picture,
    Method.SIGNALS: signals_picture,
    Method.INEQUALITY: inequality_of,
    Method.SILENCE: silence_of,
    Method.INDEX: lambda view: ranks_of_maps([view] * 3),
}


def drawn(method: Method, *, is_invented: bool, language: str = "en", theme: Theme = LIGHT) -> dict[str, Any]:
    picture = MADE[method](of_regions(is_invented=is_invented))
    assert not isinstance(picture, NoPicture)
    figure = method_figure(picture, language=language, theme=theme, method=method)
    # Checked as the library checks it, which drafts are not.
    return dict(go.Figure(figure.to_dict()).to_dict())


@pytest.mark.parametrize("method", list(MADE))
def test_every_picture_is_a_figure_with_a_title_and_names_the_axes(method: Method) -> None:
    figure = drawn(method, is_invented=False)
    assert "<b>" in figure["layout"]["legend"]["title"]["text"]
    # A title stands with the legend: without an entry there, the library leaves both out.
    assert any(trace.get("showlegend") is not False and trace.get("name") for trace in figure["data"])
    assert not [one for one in figure["layout"].get("annotations", ()) if one.get("name") == "invented"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("method", list(MADE))
def test_invented_figures_are_marked_in_every_picture(method: Method, language: str) -> None:
    figure = drawn(method, is_invented=True, language=language, theme=DARK)
    assert [one for one in figure["layout"]["annotations"] if one.get("name") == "invented"]
    assert t("invented.mark", language).upper().split()[0] in figure["layout"]["legend"]["title"]["text"]


@pytest.mark.parametrize("method", [method for method in MADE if method not in (Method.TREND, Method.SIGNALS)])
def test_a_hidden_number_is_in_no_picture(method: Method) -> None:
    assert str(int(views.SECRET)) not in repr(drawn(method, is_invented=False))


def test_a_gap_in_a_monthly_line_stays_a_gap() -> None:
    figure = drawn(Method.SIGNALS, is_invented=False)
    line = next(trace for trace in figure["data"] if trace["meta"]["role"] == "counts")
    assert line["y"][5] is None
    assert line["connectgaps"] is False
    assert next(trace for trace in figure["data"] if trace["meta"]["role"] == "alarm")["x"][-1] == 60


def test_every_area_that_shows_a_value_is_a_dot_in_the_picture_of_rates() -> None:
    figure = drawn(Method.RATE, is_invented=False)
    dots = next(trace for trace in figure["data"] if (trace.get("meta") or {}).get("role") == "areas")
    assert len(dots["x"]) == len(REGIONS) - 1
    assert len(dots["error_y"]["array"]) == len(REGIONS) - 1


def test_districts_are_drawn_like_regions() -> None:
    places = [district.id for region in regions() for district in districts_of(region.id)]
    rows = [views.row(area, 3 + place % 40) for place, area in enumerate(places)]
    picture = smoothed_of(views.map_view(rows, level="district"))
    assert not isinstance(picture, NoPicture)
    figure = method_figure(picture, language="kk", theme=DARK, method=Method.SMOOTHING)
    assert sum((trace.meta or {}).get("role") == "area" for trace in figure.data) == len(places)
