"""Facts put into a shape: the sheets of a spreadsheet, its file name, and what the operator says besides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from riskmap.domain.areas import Area
from riskmap.domain.vocabulary import CellStatus, Period
from riskmap.words import period as period_words
from tests.etl.shapes.facts import Facts
from tests.etl.shapes.grid import Cell, Count, Grid, headings
from tests.etl.shapes.items import SHARE, Item, Plan, Sum, code_of
from tests.etl.shapes.shape import Shape
from tests.etl.shapes.speech import figure_label, period_label, word

Places = dict[str, Item]
_LONGEST_NAME: Final = 31


@dataclass
class Book:
    """A spreadsheet before it is written."""

    sheets: dict[str, Grid] = field(default_factory=dict)
    name: str = ""
    area: str | None = None  # of the call
    period: str | None = None  # of the call


def compose(facts: Facts, shape: Shape) -> Book:
    """The spreadsheet of these facts in this shape."""
    return _Composer(facts, shape, Random(shape.seed + 1)).book()


class _Composer(Plan):
    def book(self) -> Book:
        book = Book(area=self.region.id if self.shape.region_in == "call" else None)
        if self.shape.cover:
            book.sheets[word(self.rng, "cover", self.language)] = self._cover()
        sheeted = next((name for name, place in self.places.items() if place == "sheet"), "")
        if not sheeted:
            book.sheets[self._sheet_name()] = self._page({})
        for number, item in enumerate(self.items(sheeted) if sheeted else (), start=1):
            name, line = self._named_sheet(sheeted, item, number)
            book.sheets[name] = self._page({sheeted: item}, line)
        book.name = self._file_name()
        book.period = self.facts.periods[0].code if self.shape.period == "call" else None
        return book

    def _cover(self) -> Grid:
        grid = Grid()
        grid.add(word(self.rng, "title", self.language))
        grid.add(self.region.name(self.language) if len(self.facts.regions) == 1 else None)
        return grid

    def _sheet_name(self) -> str:
        return {"ru": "Лист1", "kk": "Деректер", "en": "Sheet1"}[self.language]

    def _named_sheet(self, dimension: str, item: Item, number: int) -> tuple[str, str]:
        """Name of a sheet, and the line above its table that says what the name has no room for."""
        text = self.label(dimension, item)[-1].strip(" *").replace("/", "-").replace(":", ",")
        if isinstance(item, Area):
            text = item.name(self.language, short=True)
            return text[:_LONGEST_NAME], self.area_names[item.id]
        if len(text) > _LONGEST_NAME or dimension == "figure":
            return (text if len(text) <= _LONGEST_NAME else str(number)), text
        return text, ""

    # ---- tables

    def _page(self, fixed: Places, line: str = "") -> Grid:
        """One sheet: what stands above, the table or tables, what stands below."""
        grid = Grid()
        for text in self._above(line):
            grid.add(text)
        for table in self._tables(fixed):
            grid.put_below(table)
        for key in ("notes", "signature"):
            if getattr(self.shape, key):
                grid.add()
                grid.add(word(self.rng, key.removesuffix("s"), self.language))
        return grid

    def _above(self, line: str) -> Iterator[str]:
        shape = self.shape
        if shape.letter:
            yield word(self.rng, "letter", self.language)
        title = [word(self.rng, "title", self.language)]
        if shape.region_in == "title":
            title[0] += f": {self.region.name(self.language)}"
        if shape.period == "title":
            title.append(period_words(self.facts.periods[0], self.language))
        elif self._year_above:
            year = self.facts.periods[0].start.year
            title.append({"ru": f"{year} год", "kk": f"{year} жыл", "en": f"{year}"}[self.language])
        if shape.lines_above or len(title) > 1 or ":" in title[0]:
            yield ", ".join(title)
        if shape.figure == "title":
            yield figure_label(self.facts.figures[0], self.language, form=shape.words)
        if line:
            yield line
        for _ in range(max(0, shape.lines_above - 1)):
            yield ""

    @property
    def _year_missing(self) -> bool:
        """Whether the months by themselves do not say their year."""
        stands = self.shape.period in ("across", "down", "sheet", "block")
        bare = self.shape.period_form in ("name", "capital") and not self.shape.year_beside
        return stands and not self.facts.is_yearly and (bare or self.is_cumulative)

    @property
    def _year_above(self) -> bool:
        return self._year_missing and self.shape.lines_above > 0

    def _tables(self, fixed: Places) -> Iterator[Grid]:
        blocked = next((name for name, place in self.places.items() if place == "block"), "")
        halves = self._halves(fixed)
        for number, figures in enumerate(halves):
            if number:
                yield Grid([[], []])
            if not blocked:
                yield self._table(fixed, figures)
            elif self.shape.two_tables:
                yield from self._repeated(blocked, fixed, figures)
            else:
                yield self._table(fixed, figures, blocked=blocked)

    def _halves(self, fixed: Places) -> list[list[Item]]:
        """All figures in one table, or in two of them."""
        figures: list[Item] = [fixed["figure"]] if "figure" in fixed else self.items("figure")
        if not self.shape.two_tables or self.places["figure"] != "across" or len(self.facts.groups) < 2:
            return [figures]
        cut = len(figures) - 1
        return [figures[:cut], figures[cut:]]

    def _repeated(self, blocked: str, fixed: Places, figures: list[Item]) -> Iterator[Grid]:
        """Each block as a table of its own, with its headings."""
        for item in figures if blocked == "figure" else self.items(blocked):
            yield Grid([[], [self.label(blocked, item)[-1]]])
            yield self._table({**fixed, blocked: item}, [item] if blocked == "figure" else figures)

    def _table(self, fixed: Places, figures: list[Item], *, blocked: str = "") -> Grid:
        """One table under one heading; lines across it where something stands in blocks."""
        down = [name for name in self.order if self.places[name] == "down" and name not in fixed]
        across = [name for name in self.order if self.places[name] == "across" and name not in fixed]
        columns = list(_products(across, {name: self._all(name, figures) for name in across}))
        grid = self._head(down, across, columns)
        head = len(grid.rows)
        blocks = self._all(blocked, figures) if blocked else [None]
        for block in blocks:
            inner = dict(fixed)
            if blocked:
                grid.add(*self._block_line(blocked, block))
                inner[blocked] = block
            rows = _products(down, {name: self._all(name, figures) for name in down})
            self._body(grid, list(rows), columns, inner)
        if self.shape.next_page and not blocked and len(grid.rows) > 2 * head + 2:
            self._turn_page(grid, head)
        return self._spoilt(grid)

    @staticmethod
    def _turn_page(grid: Grid, head: int) -> None:
        """Print the headings again before the last rows."""
        at = len(grid.rows) - 2
        grid.rows[at:at] = [list(row) for row in grid.rows[:head]]
        grid.merges += [(a + at, b, c + at, d) for a, b, c, d in grid.merges if c < head]

    def _all(self, dimension: str, figures: list[Item]) -> list[Item]:
        return figures if dimension == "figure" else self.items(dimension)

    def _block_line(self, dimension: str, item: Item) -> list[Cell]:
        label = " ".join(self.label(dimension, item))
        if isinstance(item, Area) and self.shape.code != "none":
            return [item.id, label]
        return [label]

    def _head(self, down: Sequence[str], across: Sequence[str], columns: Sequence[Places]) -> Grid:
        """The headings of the columns of keys and of numbers."""
        labels = [[self.label(name, column[name]) for name in across] for column in columns]
        depth = [max(len(labels[n][d]) for n in range(len(labels))) for d in range(len(across))]
        paths = [
            [text for d, label in enumerate(item) for text in (*label, *[""] * (depth[d] - len(label)))]
            for item in labels
        ]
        if not across:
            paths = [[word(self.rng, "value", self.language)]]
        levels = max(len(path) for path in paths)
        grid = headings([[text] for text in self._lead_words(down)], levels, manner=self.shape.headings)
        right = headings(paths, levels, manner=self.shape.headings)
        if self.shape.code == "last" and "area" in down:
            right.put_beside(headings([[word(self.rng, "code", self.language)]], levels, manner=self.shape.headings))
        grid.put_beside(right)
        if self.shape.numbered_columns:
            grid.add(*range(1, grid.width + 1))
        return grid

    def _lead_words(self, down: Sequence[str]) -> list[str]:
        said = {
            key: word(self.rng, key, self.language) for key in ("number", "code", "area", "figure", "period", "year")
        }
        result = [said["number"]] if self.shape.numbered_rows else []
        for name in down:
            if name == "area":
                order = {"before": ("code", "area"), "after": ("area", "code")}.get(self.shape.code, ("area",))
                result += [said[key] for key in order]
            elif name == "period" and self.shape.year_beside and not self.facts.is_yearly:
                result += [said["year"], said["period"]]
            elif name == "period" and self.facts.is_yearly:
                result.append(said["year"])
            else:
                result.append(said[name])
        return result

    def _body(self, grid: Grid, rows: Sequence[Places], columns: Sequence[Places], fixed: Places) -> None:
        for number, row in enumerate(rows, start=1):
            lead: list[Cell] = [number] if self.shape.numbered_rows else []
            for name, item in row.items():
                lead += self._lead(name, item)
            cells: list[Cell] = [self._number({**fixed, **row, **column}) for column in columns]
            area = row.get("area")
            if self.shape.code == "last" and "area" in row:
                cells.append(code_of(area))
            grid.add(*lead, *cells)

    def _lead(self, dimension: str, item: Item) -> list[Cell]:
        if dimension == "area":
            code: Cell = code_of(item)
            name = self.label("area", item)[0]
            return {"before": [code, name], "after": [name, code]}.get(self.shape.code, [name])
        if dimension == "period" and self.shape.year_beside and not self.facts.is_yearly:
            return list(self.period_path(item)) if isinstance(item, Period) else [None, *self.label("period", item)]
        return [self.label(dimension, item)[-1]]

    def _number(self, where: Places) -> Cell:
        """The number of a place; where a thing has one item for the whole file, it is that one."""
        area, figure = where.get("area"), str(where.get("figure") or self.facts.figures[0])
        period = where.get("period") if "period" in where else self.facts.periods[0]
        ids = [area.id] if isinstance(area, Area) else [item.id for item in self.facts.areas]
        ids = list(area.areas) if isinstance(area, Sum) else ids
        span = period if isinstance(period, Period) else None
        if figure.startswith(SHARE):
            return self._share(figure, ids, span)
        if self.is_cumulative and span:
            return self._since_january(figure, ids, span)
        return Count(self.facts.number(figure, ids, span))

    def _since_january(self, figure: str, ids: Sequence[str], last: Period) -> Count:
        spans = [span for span in self.facts.periods if span <= last]
        numbers = [self.facts.number(figure, ids, span) for span in spans]
        known = [number for number in numbers if isinstance(number, int)]
        return Count(sum(known) if len(known) == len(numbers) else CellStatus.NOT_REPORTED)

    def _share(self, text: str, ids: Sequence[str], span: Period | None) -> Cell:
        _, whole, part = text.split(":", 2)
        total, number = (self.facts.number(figure, ids, span) for figure in (whole, part))
        if not isinstance(total, int) or not isinstance(number, int) or not total:
            return "..."
        return f"{100 * number / total:.1f}".replace(".", ",")

    def _spoilt(self, grid: Grid) -> Grid:
        """The table with an empty row or an empty column somewhere."""
        if self.shape.empty_rows:
            grid.empty_row(self.rng.randrange(1, len(grid.rows)))
        if self.shape.empty_columns:
            grid.empty_column(self.rng.randrange(1, grid.width))
        return grid

    def _file_name(self) -> str:
        parts = [{"ru": "свод", "kk": "жиынтық", "en": "return"}[self.language]]
        if self.shape.region_in == "file" or (self.shape.region_in == "title" and self.rng.random() < 0.5):
            parts.append(self.region.name(self.language))
        first = self.facts.periods[0]
        if self.shape.period == "file":
            parts.append(period_label(first, self.rng.choice(("iso", "dotted", "words")), self.language))
        elif self._year_missing and not self._year_above:
            parts.append(str(first.start.year))
        return " ".join(parts)


def _products(names: Sequence[str], items: dict[str, list[Item]]) -> Iterator[Places]:
    """Every combination, the last dimension running fastest."""
    if not names:
        yield {}
        return
    for item in items[names[0]]:
        for rest in _products(names[1:], items):
            yield {names[0]: item, **rest}
