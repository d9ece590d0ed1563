"""The returns of the sample country: what is missing, late, incomplete or corrected; that they load without a fault."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from etl.accepted import record_views
from etl.cli import main
from etl.demo.command import Demo, load_published, make_demo
from etl.demo.returns import consignments, extent, write_consignment
from etl.demo.truth import truth
from geo.areas import resolve
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import ALL, Family, month_period, parse_period
from tests.etl.demo_country import KEY, PLAN, SEED, country, reporting, small_returns, whole_returns

# The country is made once, by one process of the run.


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Demo, pd.DataFrame, list[str]]]:
    """The small country loaded into a folder of its own: what was told, and every row of the record."""
    told: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RISKMAP_DATA", str(tmp_path_factory.mktemp("demo") / "data"))
        demo = make_demo(small=True, seed=SEED, out=None, language="en", tell=told.append)
        with duckdb.connect() as connection:
            record_views(connection)
            record = connection.execute("SELECT * FROM latest").df()
        yield demo, record, told


def last_of_each() -> pd.DataFrame:
    """What counts in the end of every figure of the small country."""
    return small_returns().drop_duplicates(KEY, keep="last")


def test_the_small_country_is_loaded_by_the_ordinary_way_without_a_fault(
    loaded: tuple[Demo, pd.DataFrame, list[str]],
) -> None:
    demo, record, told = loaded
    assert demo.figures == len(small_returns())
    assert len(demo.loads) == len(demo.returns) == small_returns()["file"].nunique()
    assert len(record) == len(last_of_each())
    assert record["invented"].all()
    assert set(record["received_by"]) == {"demo"}
    assert len(told) == 3
    assert demo.truth.exists()
    assert len(demo.workbooks) == len(PLAN.small.regions)


def test_what_counts_in_the_record_are_the_final_figures(loaded: tuple[Demo, pd.DataFrame, list[str]]) -> None:
    _, record, _ = loaded
    sent = last_of_each().set_index(KEY)["value"].dropna()
    kept = record.dropna(subset="numerator")
    period = [
        month_period(start.year, start.month).code if grain == "month" else str(start.year)
        for grain, start in zip(kept["grain"], kept["period_start"], strict=True)
    ]
    index = pd.MultiIndex.from_arrays([kept["area"], period, *(kept[name] for name in KEY[2:])], names=KEY)
    assert pd.Series(kept["numerator"].to_numpy(), index=index).sort_index().equals(sent.sort_index())


def test_returns_are_received_one_after_the_other_in_the_month_after(
    loaded: tuple[Demo, pd.DataFrame, list[str]],
) -> None:
    _, record, _ = loaded
    in_time = record[(record["grain"] == "month") & (record["status"] == "not_reported")]
    assert ((in_time["received"] - in_time["period_end"]).dt.days == PLAN.returns.received_day).all()
    assert (record["received"] > record["period_end"]).all()
    assert record["received"].dt.date.max().isoformat() in ("2026-09-08", "2026-10-08")


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    part = extent(country(), small=True)
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        files = consignments(country(), reporting(), part)
        write_consignment(next(files), tmp_path / folder)
    one, two = ((tmp_path / folder / "2024-09.parquet").read_bytes() for folder in ("one", "two"))
    assert one == two


def test_the_small_country_is_a_part_of_the_whole() -> None:
    whole = whole_returns()
    assert len(whole) == len(PLAN.months) + 1
    assert 850_000 < sum(len(figures) for figures in whole.values()) < 1_100_000
    names = set(PLAN.small.series) | {"in_school_register_placed", "in_school_register_removed"}
    assert set(small_returns()["indicator"]) == names
    assert {code[:2] for code in small_returns()["area"]} == {code[:2] for code in PLAN.small.regions}
    for file, part in small_returns().groupby("file", observed=True):
        months = part[part["period"].str.len() > len("2024")]
        merged = months.merge(whole[str(file)], on=[*KEY, "status", "invented"], suffixes=("", "_whole"))
        assert len(merged) == len(months)
        assert merged["value"].equals(merged["value_whole"])


def test_a_figure_stands_once_in_a_file() -> None:
    assert not small_returns().duplicated(["file", *KEY]).any()


def test_late_returns_are_told_as_missing_first_and_come_within_three_months() -> None:
    first = small_returns().drop_duplicates(KEY, keep="first")
    again = small_returns()[small_returns().duplicated(KEY, keep="first")]
    both = first.merge(again, on=KEY, suffixes=("", "_later"))
    late = both[both["status"] == "not_reported"]
    assert len(late) > 100
    assert (late["status_later"] == "value").all()
    after = [_months_between(period, file) for period, file in zip(late["period"], late["file_later"], strict=True)]
    assert set(after) == {1, 2, 3}
    listed = truth(country(), reporting(), extent(country(), small=True), seed=SEED)["late"]
    assert {(row["area"], row["month"]) for row in listed} == set(zip(late["area"], late["period"], strict=True))


def _months_between(period: str, file: str) -> int:
    (year, month), (later_year, later_month) = (map(int, text.split("-")) for text in (period, file))
    return (later_year - year) * 12 + later_month - month


def test_corrected_figures_come_again_with_the_true_number() -> None:
    first = small_returns().drop_duplicates(KEY, keep="first").set_index(KEY)["value"].to_dict()
    final = last_of_each().set_index(KEY)["value"].to_dict()
    listed = truth(country(), reporting(), extent(country(), small=True), seed=SEED)["corrected"]
    assert {row["indicator"] for row in listed} == set(PLAN.corrections.indicators)
    for row in listed:
        key = (row["area"], row["month"], row["indicator"], ALL, ALL)
        true = country().monthly[row["indicator"], ALL, ALL]
        place = country().land.row[row["area"]], PLAN.position(parse_period(row["month"]).start)  # type: ignore[union-attr]
        assert final[key] == true[place]
        slip = PLAN.corrections.factor * final[key]
        if indicator(row["indicator"]).family is Family.POPULATION:
            # No slip falls below what is counted in the population: it would be refused, and not corrected later.
            assert slip - 2 <= first[key] <= final[key]
        else:
            assert first[key] == pytest.approx(slip, abs=2)


def test_missing_returns_are_rows_without_a_number_and_nobody_answered() -> None:
    rows = last_of_each()
    missing = rows[rows["status"] == "not_reported"]
    assert len(missing) > 100
    assert missing["value"].isna().all()
    assert (missing["units_reported"].dropna() == 0).all()
    for absence in PLAN.absences[:1]:
        span = (rows["area"] == absence.area) & rows["period"].between(
            f"{absence.first:%Y-%m}", f"{absence.last:%Y-%m}"
        )
        span &= rows["period"].str.len() > len("2025")
        assert (rows[span]["status"] == "not_reported").all()
        assert span.sum() > 100


def test_schools_that_answer_are_never_more_than_there_are() -> None:
    rows = last_of_each()
    told = rows[rows["units_expected"].notna() & (rows["status"] == "value")]
    schools = rows[rows["indicator"] == "schools"].set_index(["area", "period"])["value"]
    assert (told["units_reported"] <= told["units_expected"]).all()
    assert (told["units_reported"] >= 1).all()
    expected = schools.reindex(pd.MultiIndex.from_frame(told[["area", "period"]]))
    assert (expected.to_numpy()[expected.notna()] == told["units_expected"].to_numpy()[expected.notna()]).all()
    poor = told["area"].isin(PLAN.poor.areas)
    share = told["units_reported"].astype(float) / told["units_expected"].astype(float)
    assert share[poor].mean() < 0.85 < 0.97 < share[~poor].mean()


def test_codes_are_those_of_the_time() -> None:
    """191000000 was Taldykorgan until 8 June 2022 and is Konaev since."""
    early = [
        figures[["area", "period"]].drop_duplicates() for name, figures in whole_returns().items() if name < "2022-08"
    ]
    codes = set(pd.concat(early).itertuples(index=False, name=None))
    assert ("191600000", "2022-05") in codes
    assert ("191000000", "2022-06") in codes
    for code, text in codes:
        period = parse_period(text)
        assert period is not None
        area = resolve(code, on=period.end)
        assert area.id in country().land.row  # type: ignore[union-attr]


def test_the_truth_names_all_that_was_planted() -> None:
    told = json.loads(json.dumps(truth(country(), reporting(), extent(country(), small=False), seed=SEED)))
    assert told["clusters"][0]["areas"] == list(PLAN.clusters[0].areas)
    assert told["clusters"][0]["first"] == "2024-09"
    assert told["rises"][0]["months"] == ["2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05"]
    assert told["breaks"][0] == {"indicator": "offences_against_minors", "day": "2024-06-16", "factor": 1.4}
    assert told["silent"]["areas"] == list(PLAN.silent.areas)
    assert told["backlogs"][0]["booked"] == "2026-01"
    assert len(told["absences"]) == 4
    assert told["series"]["violence_cases"]["dispersion"] == PLAN.series["violence_cases"].dispersion
    assert told["seasons"]["illness"] == list(PLAN.seasons["illness"])
    assert len(told["areas"]) == 248
    small = truth(country(), reporting(), extent(country(), small=True), seed=SEED)
    assert [cluster["id"] for cluster in small["clusters"]] == ["south"]
    assert np.isin([row["area"] for row in small["missing"]], small["areas"]).all()


def test_a_load_that_was_stopped_is_gone_on_with_and_no_file_is_loaded_twice(
    sample_folder: Path, data_folder: Path
) -> None:
    shutil.copytree(sample_folder, data_folder, symlinks=True)
    accepted = data_folder / "accepted"
    before = sorted(accepted.glob("*.parquet"))
    for path in before[-2:]:  # the published figures came first
        path.unlink()
    assert main(["demo", "--small"]) == 0
    after = sorted(accepted.glob("*.parquet"))
    assert after[: len(before) - 2] == before[:-2]
    assert len(after) == len(before)


def test_the_sample_stands_beside_the_published_figures_whoever_calls_it_first(data_folder: Path) -> None:
    load_published()
    load_published()
    with duckdb.connect() as connection:
        record_views(connection)
        rows = connection.execute("SELECT count(*), bool_or(invented) FROM record").fetchall()
    assert rows == [(244, False)]
