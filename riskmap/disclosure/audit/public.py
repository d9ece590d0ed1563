"""What an attacker reads: the public file, the catalogue, and earlier releases; nothing of how cells were chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import pandas as pd

from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import Indicator, catalogue
from riskmap.domain.vocabulary import SCHOOL_MONTHS, CellStatus, Family, Kind

KEY: Final = ["indicator", "area", "grain", "period_start", "period_end", "breakdown", "category"]
_READ: Final = [*KEY, "numerator", "status", "source", "units_expected", "units_reported", "invented"]
_NUMBERS: Final = (CellStatus.VALUE, CellStatus.SUPPRESSED)
# Which of several grains of the same days is taken is without meaning; that it is always the same one is not.
_LONGER_THAN_SUMMER: Final = 100  # days
_WANTED: Final = "AND list_contains($names, indicator)"
_ORDER: Final = f"ORDER BY {', '.join(KEY)}"


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything that is public: cells, who is part of whom, people at risk, and what stood in earlier releases."""

    cells: pd.DataFrame
    areas: pd.DataFrame
    relations: pd.DataFrame
    exposures: pd.DataFrame
    released: pd.DataFrame  # numbers of every earlier release, hidden ones without; `release` counts these
    declared: Mapping[str, Indicator]

    @property
    def kinds(self) -> Mapping[str, str]:
        """Kind of every area."""
        return dict(zip(self.areas["area"], self.areas["kind"], strict=True))

    @property
    def region_of(self) -> Mapping[str, str]:
        """Region of every area in one, itself included; of the country and what is joined across regions: none."""
        below = (AreaKind.DISTRICT, AreaKind.REMAINDER)
        rows = zip(self.areas["area"], self.areas["kind"], self.areas["parent"], strict=True)
        return {
            area: area if kind == AreaKind.REGION else parent
            for area, kind, parent in rows
            if kind == AreaKind.REGION or kind in below
        }


def read_tables(public: Path, released: Sequence[Path] = ()) -> Tables:
    """What the file and earlier releases tell, these given in any order: their names are."""
    declared = catalogue().indicators
    names = _needed(declared)
    with duckdb.connect(str(public), read_only=True) as connection:
        cells = connection.execute(f"SELECT {_days()} FROM cells WHERE true {_WANTED} {_ORDER}", {"names": names}).df()
        areas = connection.execute("SELECT area, kind, parent, members FROM areas ORDER BY area").df()
        relations = connection.execute("FROM relations ORDER BY ALL").df()
        exposures = connection.execute(
            "SELECT population, area, period_start - DATE '1970-01-01' AS period_start, "
            "period_end - DATE '1970-01-01' + 1 AS period_end, person_years FROM exposures "
            "WHERE list_contains($names, population) AND person_years IS NOT NULL ORDER BY ALL",
            {"names": [item.population for item in declared.values() if is_share(item)]},
        ).df()
    return Tables(cells, areas, relations, exposures, _read_released(released, names), declared)


def last_shown(released: pd.DataFrame) -> pd.DataFrame:
    """Every cell that a release showed, as the last of these did."""
    shown = released[released["status"] == CellStatus.VALUE]
    return shown.drop_duplicates([*KEY, "invented"], keep="last")


def is_closed(item: Indicator) -> bool:
    """Whether numbers of the indicator are under protection."""
    return not item.disclosure.open and item.family is not Family.POPULATION


def is_share(item: Indicator) -> bool:
    """Whether the count is a part of its denominator, so that what is left of that is a count as well."""
    return is_closed(item) and item.interval in ("wilson", "ratio")


def _needed(declared: Mapping[str, Indicator]) -> list[str]:
    """Indicators under protection, what their shares are of, and what tells how many organisations there are."""
    closed = {item.id for item in declared.values() if is_closed(item)}
    whole = {item.population for item in declared.values() if is_share(item)}
    return sorted(closed | whole | {item.id for item in declared.values() if item.counts_organisations})


def _read_released(released: Sequence[Path], names: list[str]) -> pd.DataFrame:
    frames = []
    with duckdb.connect() as connection:
        for number, path in enumerate(sorted(released)):
            query = f"SELECT {_days()} FROM read_parquet($path) WHERE list_contains($shown, status) {_WANTED} {_ORDER}"
            told = {"path": str(path), "names": names, "shown": [str(status) for status in _NUMBERS]}
            frames.append(connection.execute(query, told).df().assign(release=number))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=[*_READ, "release"])


def read_held(full: Path) -> pd.DataFrame:
    """The exact cells: what offices know of their own, and which hidden numbers are small at all."""
    query = f"SELECT {_days('cells.')} FROM cells JOIN areas USING (area) WHERE status = 'value' AND kind <> $joined"
    with duckdb.connect(str(full), read_only=True) as connection:
        return connection.execute(f"{query} {_ORDER}", {"joined": str(AreaKind.JOINED)}).df()


def _days(table: str = "") -> str:
    """The columns read, days as numbers, a period up to the day after its last."""
    ends = {
        "period_start": f"{table}period_start - DATE '1970-01-01' AS period_start",
        "period_end": f"{table}period_end - DATE '1970-01-01' + 1 AS period_end",
    }
    return ", ".join(ends.get(name, name if name == "area" else f"{table}{name}") for name in _READ)


def attackable(tables: Tables, shown: pd.DataFrame) -> pd.DataFrame:
    """The cells of indicators under protection, joined areas left out: those are sums of what is public.

    Cells that a release showed and that are no longer in the file at all stand among them; `shown` are those of
    releases, each as it was shown last.
    """
    closed = [item.id for item in tables.declared.values() if is_closed(item)]
    kinds = tables.kinds
    gone = shown.merge(tables.cells[[*KEY, "invented"]], how="left", indicator=True)
    gone = gone[gone.pop("_merge") == "left_only"].drop(columns="release", errors="ignore")
    cells = pd.concat([tables.cells, gone], ignore_index=True) if len(gone) else tables.cells
    known = [area for area, kind in kinds.items() if kind != AreaKind.JOINED]
    chosen = cells[cells["indicator"].isin(closed) & cells["area"].isin(known)].reset_index(drop=True)
    flows = [item.id for item in tables.declared.values() if item.kind is Kind.FLOW]
    stocks = [item.id for item in tables.declared.values() if item.kind is Kind.STOCK]
    start, end = _counted_days(chosen, tables.declared)
    return chosen.assign(
        start=start,
        end=end,
        has_number=chosen["status"].isin(_NUMBERS),
        is_hidden=chosen["status"] == CellStatus.SUPPRESSED,
        is_flow=chosen["indicator"].isin(flows),
        is_stock=chosen["indicator"].isin(stocks),
    )


def _counted_days(cells: pd.DataFrame, declared: Mapping[str, Indicator]) -> tuple["pd.Series[int]", "pd.Series[int]"]:
    """Begin and end of every cell; where schools count, both on the day after the last one that they teach on before.

    From June to August they count nothing, so no stretch is made of these days alone.
    """
    start, end = (cells[name].astype("int64") for name in ("period_start", "period_end"))
    if cells.empty:
        return start, end
    days = np.arange(start.min() - _LONGER_THAN_SUMMER, end.max() + 1)
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1
    taught = days[np.isin(month, SCHOOL_MONTHS)]
    begins, ends = (1 + taught[np.searchsorted(taught, own) - 1] for own in (start, end))
    is_school = cells["indicator"].isin(
        [item.id for item in declared.values() if item.kind is Kind.FLOW and item.school_months]
    )
    is_school &= begins < ends
    return start.where(~is_school, begins), end.where(~is_school, ends)


def with_units(cells: pd.DataFrame, held: pd.DataFrame | None) -> pd.DataFrame:
    """The cells with what is told of hidden ones beside their number: of which units they are and by whom counted.

    The parts of a figure tell it in other figures of the same return, and where not, whoever guesses it guesses right.
    Without exact cells it is worked out from what is public.
    """
    if held is None:
        return cells.assign(is_counted=cells["status"] == CellStatus.VALUE)
    told = ["source", "units_expected", "units_reported"]
    exact = cells[[*KEY, "invented"]].merge(held[[*KEY, "invented", *told]], how="left", on=[*KEY, "invented"])
    exact.index = cells.index
    filled = {name: cells[name].where(~cells["is_hidden"], exact[name]) for name in told}
    return cells.assign(**filled, is_counted=cells["has_number"])
