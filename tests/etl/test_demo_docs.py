"""docs/sample_country.md says what the plan of the sample country says: the same rows in every table, no other ones."""

import re

from etl.demo.plan import Series
from geo.areas import areas
from tests.conftest import ROOT
from tests.etl.demo_country import PLAN

DOC = ROOT / "docs" / "sample_country.md"


def tables() -> dict[str, set[str]]:
    """Rows of every table by its first line."""
    found: dict[str, set[str]] = {}
    for block in re.findall(r"(?:^\|.*\n)+", DOC.read_text(encoding="utf-8"), re.MULTILINE):
        head, _, *rows = block.splitlines()
        found.setdefault(head, set()).update(rows)
    return found


def row(*cells: object) -> str:
    return f"| {' | '.join(f'{cell:g}' if isinstance(cell, float) else str(cell) for cell in cells)} |"


def name(area: str) -> str:
    return f"{areas()[area].name('en')} ({area})"


def ids(*names: str) -> str:
    return ", ".join(f"`{text}`" for text in names)


def of_model(model: str) -> dict[str, Series]:
    return {key: series for key, series in PLAN.series.items() if series.model == model}


def per_cent(share: float) -> str:
    return f"{100 * share:g} %"


def test_the_tables_of_series_and_seasons_are_those_of_the_plan() -> None:
    told = tables()
    events = {row(ids(k), s.rate, s.season, s.trend, s.sigma, s.dispersion) for k, s in of_model("events").items()}
    assert told["| series | rate | season | trend a year | sigma | k |"] == events
    registers = {
        row(ids(k), s.rate, s.placed, s.removed, s.sigma, s.dispersion) for k, s in of_model("register").items()
    }
    assert told["| register | at the beginning | placed a month | removed a month | sigma | k |"] == registers
    levels = {row(ids(k), s.level, s.growth, s.trend, s.sigma) for k, s in of_model("level").items()}
    assert told["| series | share at the beginning | grows a year by | trend a year | sigma |"] == levels
    (seasons,) = (rows for head, rows in told.items() if head.startswith("| season |"))
    assert seasons == {row(key, *values) for key, values in PLAN.seasons.items()}


def test_the_tables_of_what_is_planted_are_those_of_the_plan() -> None:
    told = tables()
    assert told["| series | day | factor |"] == {row(ids(b.indicator), b.day, b.factor) for b in PLAN.breaks}
    assert told["| cluster | districts | series | months | factor |"] == {
        row(
            c.id,
            ", ".join(map(name, c.areas)),
            ids(*c.indicators),
            f"{c.first:%Y-%m} to {c.last:%Y-%m}",
            c.factor,
        )
        for c in PLAN.clusters
    }
    assert told["| district | series | from | factors |"] == {
        row(name(r.area), ids(*r.indicators), f"{r.first:%Y-%m}", ", ".join(f"{f:g}" for f in r.factors))
        for r in PLAN.rises
    }
    assert told["| district | series | zeros from | booked in |"] == {
        row(name(b.area), ids(*b.indicators), f"{b.first:%Y-%m}", f"{b.booked:%Y-%m}") for b in PLAN.backlogs
    }
    assert told["| district | months |"] == {
        row(name(a.area), f"{a.first:%Y-%m} to {a.last:%Y-%m}") for a in PLAN.absences
    }
    assert told["| district |"] == {row(name(area)) for area in (*PLAN.silent.areas, *PLAN.poor.areas)}


def test_what_is_calibrated_and_how_returns_come_in_is_as_in_the_plan() -> None:
    told, text = tables(), DOC.read_text(encoding="utf-8")
    calibrated = {row(ids(c.indicator), c.period, "every region") for c in PLAN.calibrated}
    assert told["| series | period | adds up to the published figures of |"] == calibrated
    shares = (PLAN.returns.answering, PLAN.returns.missing, PLAN.returns.late, PLAN.returns.corrected)
    assert {line.rsplit("| ", 1)[1] for line in told["| | share |"]} == {f"{per_cent(share)} |" for share in shares}
    flat = " ".join(text.split())
    assert f"they record {per_cent(PLAN.silent.factor)} of what comparable districts record" in flat
    assert f"of {ids(*PLAN.silent.indicators)}:" in flat
    assert (
        f"{per_cent(PLAN.poor.answering)} of the schools answer, {per_cent(PLAN.poor.missing)} of the returns" in flat
    )
    assert f"Of {ids(*PLAN.corrections.indicators)} a figure" in flat
    assert f"is {per_cent(PLAN.corrections.factor)} of the true one at first" in flat
    assert f"received on day {PLAN.returns.received_day} of the next month" in flat
    assert f"with the series {ids(*PLAN.small.series)} and" in flat
    assert ", ".join(areas()[region].name("en", short=True) for region in PLAN.small.regions) in flat


def test_every_workbook_is_listed_with_its_faults() -> None:
    assert tables()["| region | file | layout | faults |"] == {
        row(areas()[w.region].name("en"), w.file, w.layout, ", ".join(w.faults) or "none") for w in PLAN.workbooks
    }
