"""The layouts in which regions send their figures, one function each; all of them were met in real files."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from etl.demo.plan import Workbook
from etl.demo.sheets import Cell, Page
from geo.areas import areas
from riskmap.domain.areas import Area, AreaKind, AreaUnit
from riskmap.domain.registry import figure_key, indicator
from riskmap.domain.vocabulary import ALL, LANGUAGES, Period
from riskmap.words import month_name, period, t

NBSP: Final = "\u00a0"
NOT_THERE: Final = "..."  # no data, as in tables of the statistics office
_NONE_SEEN: Final = "-"
_HIDDEN: Final = "х"
_NEGLIGIBLE: Final = "0,0"
_SMALLEST_SHOWN: Final = 5
_SPELLINGS: Final = 4
# How Kazakh is written where its letters are missing, as in code page 1251.
_WITHOUT_KAZAKH: Final = str.maketrans("әғқңөұүһіӘҒҚҢӨҰҮҺІ", "агкноуухиАГКНОУУХИ")


@dataclass(frozen=True)
class Return:
    """The figures of one region for some months; None where the return is missing."""

    region: Area
    language: str
    months: tuple[Period, ...]
    rows: tuple[Area, ...]
    plan: Workbook
    numbers: Mapping[tuple[str, str, int], int | None]  # area, figure, month

    @property
    def figures(self) -> tuple[str, ...]:
        """The figures shown, the one with parts followed by them."""
        parts = [f"{self.plan.events}:{self.plan.cut}:{category}" for category in self._categories]
        return tuple(f for name in self.plan.figures for f in (name, *(parts if name == self.plan.events else ())))

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the one figure that is shown by its parts."""
        return tuple(figure for figure in self.figures if ":" in figure)

    @property
    def _categories(self) -> tuple[str, ...]:
        return indicator(self.plan.events).breakdowns[self.plan.cut]

    def number(self, area: str, figure: str, month: int = -1) -> int | None:
        """A figure of an area, of the last month unless said otherwise."""
        return self.numbers[area, figure, month % len(self.months)]

    def sum(self, figure: str, month: int = -1) -> int:
        """The sum over the areas that reported."""
        return sum(self.number(area.id, figure, month) or 0 for area in self.rows)

    def word(self, key: str, **values: object) -> str:
        """A text of the workbook in its language."""
        return t(f"demo.sheet.{key}", self.language, **values)

    def heading(self, figure: str) -> str:
        """What a figure is called."""
        name, breakdown, category = figure_key(figure)
        if breakdown == ALL:
            return indicator(name).words[self.language]["short"]
        return t(f"category.{breakdown}.{category}", self.language)

    @property
    def title(self) -> str:
        """What the table is about."""
        return self.word("title", region=self.region.name(self.language), period=period(self.months[-1], self.language))


def invented_lines() -> list[str]:
    """That the data are invented, in every language."""
    return [t("demo.invented", language) for language in LANGUAGES]


def _start(content: Return, name: str) -> Page:
    page = Page(name)
    for line in (*invented_lines(), "", content.title, ""):
        page.add(line)
    return page


def _or_mark(number: int | None) -> Cell:
    return NOT_THERE if number is None else number


def months_across(content: Return) -> list[Page]:
    """Districts down, months across, each month over its figures in a merged heading; the total comes last."""
    page = _start(content, content.word("data"))
    figures, lead = content.figures, 3
    months = [month_name(month.start.month, content.language) for month in content.months]
    top = page.add(content.word("number"), content.word("code"), content.word("district"))
    page.rows[top] += [name if not n else None for name in months for n, _ in enumerate(figures)]
    page.add(None, None, None, *(content.heading(figure) for _ in months for figure in figures))
    page.merges += [(top, column, top + 1, column) for column in range(lead)]
    for number in range(len(months)):
        first = lead + number * len(figures)
        page.merges.append((top, first, top, first + len(figures) - 1))
    page.month_cell = (top, lead + (len(months) - 1) * len(figures))
    page.name_column = 2
    page.columns = {figure: page.month_cell[1] + n for n, figure in enumerate(figures)}
    spans = range(len(content.months))
    for number, area in enumerate(content.rows, start=1):
        cells = [_or_mark(content.number(area.id, figure, month)) for month in spans for figure in figures]
        page.area_rows[area.id] = page.add(number, area.id, area.name(content.language), *cells)
    sums = [content.sum(figure, month) for month in spans for figure in figures]
    page.total_row = page.add(None, content.region.id, content.word("total"), *sums)
    return [page]


def sheet_per_district(content: Return) -> list[Page]:
    """A sheet for every district, figures down, months across."""
    return [_district_page(content, area) for area in content.rows]


def _district_page(content: Return, area: Area) -> Page:
    page = _start(content, area.name(content.language, short=True))
    page.area_rows[area.id] = page.add(area.name(content.language), area.id)
    months = [month_name(month.start.month, content.language) for month in content.months]
    page.add(content.word("figure"), *months)
    for figure in content.figures:
        cells = [_or_mark(content.number(area.id, figure, month)) for month in range(len(months))]
        page.columns[figure] = page.add(content.heading(figure), *cells)
    page.figures_down = True
    return page


def names_only(content: Return) -> list[Page]:
    """No codes, names as people spell them, the total first, a letter around the table, footnotes, a signature."""
    page = Page(content.word("data"))
    for line in (*invented_lines(), "", content.word("letter"), content.title, ""):
        page.add(line)
    page.add(content.word("district"), *(content.heading(figure) for figure in content.figures))
    page.columns = {figure: number for number, figure in enumerate(content.figures, start=1)}
    page.total_row = page.add(content.word("total"), *(content.sum(figure) for figure in content.figures))
    for number, area in enumerate(content.rows):
        name = spelled(area, number) + ("1)" if number == 1 else "")
        cells = [_or_mark(content.number(area.id, figure)) for figure in content.figures]
        page.area_rows[area.id] = page.add(name, *cells)
    for line in ("", f"1) {content.word('footnote')}", "", content.word("signature"), content.word("contact")):
        page.add(line)
    return [page]


def spelled(area: Area, number: int) -> str:
    """The name of an area in one of the ways in which people write it, taken in turn."""
    if area.kind is AreaKind.REMAINDER:
        return area.name("ru", short=True)
    short, is_city = area.name("ru", short=True), area.unit is AreaUnit.CITY
    ways = (
        f"г. {short}" if is_city else f"{short} р-н",
        area.name("kk"),
        f"{short} г.а." if is_city else area.name("ru"),
        f"{area.name('kk', short=True)} {'қ.' if is_city else 'ауд.'}",
    )
    return ways[number % _SPELLINGS]


def semicolon_text(content: Return) -> list[Page]:
    """Semicolons, a comma for decimals, no-break spaces for thousands, shares in per cent."""
    page = Page("")
    for line in invented_lines():
        page.add(line.translate(_WITHOUT_KAZAKH))
    figures = [figure for figure in content.figures if figure != content.plan.share]
    month = f"{content.months[-1].start:%m.%Y}"
    page.month_cell = (page.add(content.word("month"), month), 1)
    page.add(content.word("district"), *map(content.heading, figures), content.word("share"))
    page.columns = {figure: number for number, figure in enumerate(figures, start=1)}
    for area in content.rows:
        cells = [_grouped(content.number(area.id, figure)) for figure in figures]
        page.area_rows[area.id] = page.add(area.name(content.language), *cells, _share(content, area.id))
    sums = [_grouped(content.sum(figure)) for figure in figures]
    page.total_row = page.add(content.word("total"), *sums, "")
    return [page]


def _grouped(number: int | None) -> str:
    return NOT_THERE if number is None else f"{number:,}".replace(",", NBSP)


def _share(content: Return, area: str) -> str:
    part, whole = content.number(area, content.plan.share), content.number(area, _population(content))
    if part is None or not whole:
        return NOT_THERE
    return f"{100 * part / whole:.1f}".replace(".", ",")


def _population(content: Return) -> str:
    return indicator(content.plan.share).population


def statistics_tables(content: Return) -> list[Page]:
    """Cover sheets, numbered data sheets with a merged heading, and marks for what is none, hidden or unknown."""
    cover = [content.word(f"cover.{key}") for key in ("cover", "signs", "contents", "notes")]
    pages = [Page(name) for name in cover]
    for line in (*invented_lines(), "", content.title):
        pages[0].add(line)
    for number in range(1, 5):
        pages[1].add(content.word(f"sign.{number}"))
    return [*pages, _statistics_events(content), _statistics_share(content)]


def _statistics_events(content: Return) -> Page:
    page = _start(content, "1")
    top = page.add(None, content.heading(content.plan.events), content.word("of_which"))
    page.rows[top] += [None] * (len(content.parts) - 1)
    page.add(None, None, *map(content.heading, content.parts))
    page.merges += [(top, 0, top + 1, 0), (top, 1, top + 1, 1), (top, 2, top, 1 + len(content.parts))]
    figures = (content.plan.events, *content.parts)
    page.columns = {figure: number for number, figure in enumerate(figures, start=1)}
    page.total_row = page.add(content.region.name("kk", short=True), *map(content.sum, figures))
    for area in content.rows:
        name = area.name("kk", short=True)
        page.area_rows[area.id] = page.add(name, *(_marked(content.number(area.id, f)) for f in figures))
    return page


def _marked(number: int | None) -> Cell:
    if number is None:
        return NOT_THERE
    return _NONE_SEEN if number == 0 else _HIDDEN if number < _SMALLEST_SHOWN else number


def _statistics_share(content: Return) -> Page:
    page = _start(content, "2")
    page.add(None, content.word("share"))
    for area in content.rows:
        share = _share(content, area.id)
        page.area_rows[area.id] = page.add(area.name("kk", short=True), share if share != "0,0" else _NEGLIGIBLE)
    return page


def tab_text(content: Return) -> list[Page]:
    """An export: code, name and figures between tabs."""
    page = Page("")
    for line in invented_lines():
        page.add(line)
    page.add(content.word("code"), content.word("district"), *map(content.heading, content.figures))
    page.name_column = 1
    page.columns = {figure: number for number, figure in enumerate(content.figures, start=2)}
    for area in content.rows:
        cells = [_or_mark(content.number(area.id, figure)) for figure in content.figures]
        page.area_rows[area.id] = page.add(area.id, area.name(content.language), *cells)
    return [page]


def since_january(content: Return) -> list[Page]:
    """A sheet for every figure that adds up over months; each column holds what happened since 1 January."""
    pages: list[Page] = []
    for figure in content.plan.figures:
        if indicator(figure).kind == "flow":
            pages.append(_cumulative_page(content, figure, len(pages) + 1))
    return pages


def _cumulative_page(content: Return, figure: str, number: int) -> Page:
    page = _start(content, f"{number}")
    first = month_name(content.months[0].start.month, content.language)
    names = [month_name(month.start.month, content.language) for month in content.months]
    spans = [first, *(f"{first}–{name}" for name in names[1:])]
    page.add(content.heading(figure), content.word("since_january"))
    page.add(content.word("district"), *spans)
    page.columns = {figure: len(spans)}
    for area in content.rows:
        sums = [sum(content.number(area.id, figure, m) or 0 for m in range(n + 1)) for n in range(len(spans))]
        page.area_rows[area.id] = page.add(area.name(content.language), *sums)
    return page


LAYOUTS: Final[Mapping[str, Callable[[Return], list[Page]]]] = {
    "months_across": months_across,
    "sheet_per_district": sheet_per_district,
    "names_only": names_only,
    "semicolon_text": semicolon_text,
    "statistics_tables": statistics_tables,
    "tab_text": tab_text,
    "since_january": since_january,
}


def other_region(content: Return) -> Area:
    """A district that is none of the region's: the first of the next region."""
    mine = {area.id for area in content.rows}
    others: Iterable[Area] = (a for a in areas().values() if a.kind is AreaKind.DISTRICT and a.id not in mine)
    return next(area for area in others if area.parent != content.region.id and area.unit is AreaUnit.DISTRICT)


def as_moment(month: Period) -> datetime:
    """The first moment behind a month: when a workbook is said to be written."""
    return datetime.combine(month.end, datetime.min.time())
