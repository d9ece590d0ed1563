"""What a scope may read: exact rows of its own areas, public rows of all others, and no way to anything else."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from etl.reference import table_frame
from riskmap.analytics import service, warehouse
from riskmap.analytics.warehouse import hides_real_numbers, open_build
from riskmap.domain.areas import areas_in
from riskmap.domain.errors import BuildUnreadable, ScopeRefused
from riskmap.domain.tables import AREAS, TABLES
from riskmap.domain.vocabulary import ALL, COUNTRY, Grain, Scope

AKMOLA, SHYMKENT = "110000000", "790000000"
KOSSHY = "111600000"
BY_AREA = [table for table in TABLES if "area" in table.names and table is not AREAS]


def scope(*areas: str, is_trial: bool = False) -> Scope:
    return Scope(frozenset(areas), is_trial=is_trial)


def rows(build: Path, wanted: Scope, table: str, where: str = "true") -> list[tuple[object, ...]]:
    with closing(open_build(build, scope=wanted)) as cursor:
        return sorted(cursor.execute(f"FROM {table} WHERE {where}").fetchall(), key=repr)


def rows_of_file(path: Path, table: str, where: str = "true") -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return sorted(connection.execute(f"FROM {table} WHERE {where}").fetchall(), key=repr)


def inside(build: Path, wanted: Scope) -> str:
    with duckdb.connect(str(build / "full.duckdb"), read_only=True) as connection:
        known = connection.execute("SELECT area, kind, parent, members FROM areas").fetchall()
    found = areas_in(wanted, known)
    assert found
    return f"area IN ({', '.join(repr(area) for area in sorted(found))})"


@pytest.mark.parametrize("root", [AKMOLA, SHYMKENT, KOSSHY, COUNTRY])
def test_a_scope_reads_exact_rows_of_its_own_areas_and_public_rows_of_all_others(sample_build: Path, root: str) -> None:
    own = inside(sample_build, scope(root))
    for table in BY_AREA:
        name = table.name
        assert rows(sample_build, scope(root), name, own) == rows_of_file(sample_build / "full.duckdb", name, own)
        others = f"NOT ({own})"
        assert rows(sample_build, scope(root), name, others) == rows_of_file(
            sample_build / "public.duckdb", name, others
        )


def test_what_is_of_no_area_is_as_everybody_sees_it(sample_build: Path) -> None:
    for name in ("meta", "lags", "publications", "areas", "relations", "breaks", "periods"):
        assert rows(sample_build, scope(AKMOLA), name) == rows_of_file(sample_build / "public.duckdb", name)


def test_a_scope_shows_numbers_that_are_hidden_from_the_public(sample_build: Path) -> None:
    hidden = f"status = 'suppressed' AND {inside(sample_build, scope(AKMOLA))}"
    assert rows(sample_build, Scope.public(), "cells", hidden)
    assert not rows(sample_build, scope(AKMOLA), "cells", hidden)


def test_the_public_scope_has_no_internal_month(sample_build: Path) -> None:
    assert rows(sample_build, Scope.public(), "cells_internal") == []
    assert rows(sample_build, scope(AKMOLA), "cells_internal")


@pytest.mark.parametrize(
    "statement",
    [
        "FROM exact.cells",
        "FROM full.cells",
        "ATTACH '{full}' AS stolen (READ_ONLY)",
        "FROM '{full}'",
        "FROM read_text('{full}')",
        "SET enable_external_access = true",
    ],
)
def test_no_statement_reaches_the_exact_file_through_a_scope(sample_build: Path, statement: str) -> None:
    with closing(open_build(sample_build, scope=scope(AKMOLA))) as cursor, pytest.raises(duckdb.Error):
        cursor.execute(statement.format(full=sample_build / "full.duckdb")).fetchall()


def test_only_the_public_file_stands_beside_the_rows_of_a_scope(sample_build: Path) -> None:
    with closing(open_build(sample_build, scope=scope(AKMOLA))) as cursor:
        found = cursor.execute("SELECT path FROM duckdb_databases() WHERE NOT internal").fetchall()
    assert {Path(path).name for (path,) in found if path} == {"public.duckdb"}


@pytest.mark.parametrize("order", [(AKMOLA, COUNTRY, ""), ("", COUNTRY, AKMOLA), (COUNTRY, "", AKMOLA)])
def test_scopes_asked_one_after_the_other_do_not_mix(sample_build: Path, order: tuple[str, ...]) -> None:
    def hidden(root: str) -> int:
        wanted = scope(root) if root else Scope.public()
        return len(rows(sample_build, wanted, "cells", "status = 'suppressed'"))

    alone = {root: hidden(root) for root in sorted(order)}
    assert [hidden(root) for root in order] == [alone[root] for root in order]
    assert len(set(alone.values())) == len(order)


def test_an_area_that_there_is_none_of_opens_nothing(sample_build: Path) -> None:
    assert rows(sample_build, scope("999999999"), "cells") == rows(sample_build, Scope.public(), "cells")


def test_joined_areas_are_exact_only_where_all_their_members_are(sample_build: Path) -> None:
    with duckdb.connect(str(sample_build / "full.duckdb"), read_only=True) as connection:
        known = connection.execute("SELECT area, kind, parent, members FROM areas").fetchall()
    found = areas_in(scope(AKMOLA), known)
    assert {"111600000~116600000", AKMOLA, f"{AKMOLA}-R", KOSSHY} <= found
    assert f"{AKMOLA}~710000000" not in found
    assert COUNTRY not in found
    assert areas_in(Scope.public(), known) == frozenset()
    assert areas_in(scope(COUNTRY), known) == {area for area, *_ in known}


def months(build: Path, wanted: Scope, within: str) -> list[Grain]:
    offered = service.offers(
        build, scope=wanted, indicator="violence_cases", cut=(ALL, ALL), level="district", within=within
    )
    return [offer.period.grain for offer in offered if offer.period.grain is Grain.MONTH]


def test_months_of_districts_are_offered_within_the_own_region_alone(sample_build: Path) -> None:
    assert months(sample_build, scope(AKMOLA), AKMOLA)
    assert months(sample_build, scope(COUNTRY), AKMOLA)
    assert months(sample_build, scope(COUNTRY), COUNTRY)
    assert not months(sample_build, scope(AKMOLA), COUNTRY)
    assert not months(sample_build, scope(AKMOLA), SHYMKENT)
    assert not months(sample_build, Scope.public(), AKMOLA)


def with_a_real_number(build: Path, place: Path, change: str) -> Path:
    """A copy of a build in which one number that is hidden is real; `change` is what the public file says of it."""
    copy = place / build.name
    shutil.copytree(build, copy)
    key = "indicator, area, grain, period_start, period_end, breakdown, category"
    with duckdb.connect(str(copy / "public.duckdb")) as connection:
        (row,) = connection.execute(f"""
            SELECT {key} FROM cells WHERE status = 'suppressed' AND area NOT LIKE '%~%' ORDER BY ALL LIMIT 1
        """).fetchall()
        connection.execute(f"UPDATE cells SET invented = false, {change} WHERE ({key}) = (?, ?, ?, ?, ?, ?, ?)", row)
    with duckdb.connect(str(copy / "full.duckdb")) as connection:
        connection.execute(f"UPDATE cells SET invented = false WHERE ({key}) = (?, ?, ?, ?, ?, ?, ?)", row)
    return copy


def with_a_real_hidden_number(build: Path, place: Path) -> Path:
    """A copy of a build in which one number that is hidden is real."""
    return with_a_real_number(build, place, "status = 'suppressed'")


def test_where_a_real_number_is_hidden_nobody_sees_the_pages_as_somebody_else(
    sample_build: Path, tmp_path: Path
) -> None:
    assert not hides_real_numbers(sample_build)
    assert rows(sample_build, scope(AKMOLA, is_trial=True), "cells_internal")
    real = with_a_real_hidden_number(sample_build, tmp_path)
    assert hides_real_numbers(real)
    with pytest.raises(ScopeRefused):
        open_build(real, scope=scope(AKMOLA, is_trial=True))
    assert rows(real, scope(AKMOLA), "cells_internal")


def test_a_real_number_that_is_rounded_keeps_the_switch_away_like_one_that_is_hidden(
    sample_build: Path, tmp_path: Path
) -> None:
    rounded = with_a_real_number(sample_build, tmp_path, "status = 'value', numerator = 5")
    assert hides_real_numbers(rounded)


def test_what_was_copied_for_a_scope_goes_with_its_build_and_is_made_once(sample_build: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as readers:
        found = {id(one) for one in readers.map(lambda _: warehouse._scoped(sample_build, scope(AKMOLA)), range(8))}
    assert len(found) == 1
    other = tmp_path / sample_build.name
    shutil.copytree(sample_build, other)
    with closing(open_build(other, scope=scope(AKMOLA))):
        assert {build for build, _ in warehouse._opened} == {other}


def test_no_month_of_the_country_stands_beside_internal_months_of_regions() -> None:
    """Less the own month it would be the sum of those of the others, which no audit has looked at."""
    tables = table_frame()
    months = tables[(tables["grain"] == Grain.MONTH) & (tables["breakdown"] == ALL)]
    inside = set(months.loc[months["is_internal"] & (months["level"] == "region"), "indicator"])
    of_country = set(months.loc[months["is_published"] & (months["level"] == "country"), "indicator"])
    assert inside
    assert inside & of_country == set()


def test_without_the_exact_file_there_is_no_exact_view(sample_build: Path, tmp_path: Path) -> None:
    copy = tmp_path / sample_build.name
    copy.mkdir()
    shutil.copy2(sample_build / "public.duckdb", copy)
    assert rows(copy, Scope.public(), "cells")
    assert hides_real_numbers(copy)  # nothing more can be shown, so nothing more is offered
    with pytest.raises(BuildUnreadable):
        open_build(copy, scope=scope(AKMOLA))
