"""Cells from the record: what is known, complete, set beside the people at risk, sum to margins.

Populations come first, because they are indicators with cells of their own and the exposure of all others. Invented
and real figures pass through side by side and never meet: every step keeps them apart by the column `invented`. The
same record, catalogue and areas make the same cells to the last bit: a sum of fractions depends on the order of its
terms, so they are added in order of size, and wherever one of several rows is taken, it is said which.
"""

from datetime import date
from typing import Final

import duckdb
import pandas as pd

from etl import exposure, known, reference
from etl.accepted import CELL_KEY, record_views
from etl.closed_lists import SUM_OF_PARTS, TYPE_OF, create_types
from etl.known import KEY
from etl.lags import add_lags
from etl.sent import add_sent
from riskmap.domain.registry import indicator, indicators
from riskmap.domain.tables import CELLS, CELLS_INTERNAL, EXPOSURES
from riskmap.domain.vocabulary import Family, Grain, Period
from riskmap.methods.rates import UNSTABLE_BELOW

# A margin is shown when at least this share of its parts has reported.
COMPLETE_SHARE: Final = 0.9

# How many figures are worked on at once, so that a long record takes time and not memory.
PORTION: Final = 600_000

# The levels from which a period of a table is known: the country is expected where its regions sent, and these where
# their districts did; what a region holds outside its districts only where it ever sent the figure.
_SEEN = """
CREATE OR REPLACE TABLE seen AS
SELECT s.*, coalesce((SELECT arg_max(v.definition, v.since) FROM definitions v WHERE v.indicator = s.indicator
                      AND v.since <= if(i.time = 'stock', s.period_end, s.period_start)), '') AS definition,
       i.since > s.period_end AS is_absent,
       i.time = 'flow' AND (i.since > s.period_start OR EXISTS (
           SELECT 1 FROM definitions d WHERE d.indicator = s.indicator AND d.is_change
           AND d.since > s.period_start AND d.since <= s.period_end)) AS is_cut,
       i.is_school AND s.grain <> 'month' AND EXISTS (
           SELECT 1 FROM due WHERE due.is_school AND due.grain = s.grain AND due.period_start = s.period_start
           AND due.period_end = s.period_end) AS is_taught
FROM (
    SELECT k.invented, k.indicator, k.breakdown, k.grain, k.period_start, k.period_end, min(ranks.rank) AS rank
    FROM known k JOIN areas USING (area) JOIN ranks ON ranks.level = areas.kind
    GROUP BY ALL
) s
JOIN indicators i USING (indicator)
"""

_EXPECTED = f"""
CREATE OR REPLACE TABLE filled AS
WITH expected AS (
    SELECT s.invented, t.indicator, a.area, t.grain, s.period_start, s.period_end, t.breakdown, c.category,
           a.kind, a.parent, t.is_published, t.is_internal, i.time, i.population, i.interval_method, i.is_school,
           s.definition, s.is_absent, s.is_cut, coalesce(b.last_year >= year(s.period_start), false) AS is_redrawn,
           coalesce(a.valid_from > s.period_end OR a.valid_to <= s.period_start, false)
               OR (s.is_taught AND d.months IS NULL) AS is_unfounded
    FROM tables t
    JOIN indicators i USING (indicator)
    JOIN seen s USING (indicator, breakdown, grain)
    JOIN ranks ON ranks.level = t.level AND ranks.rank >= s.rank
    JOIN categories c USING (indicator, breakdown)
    JOIN areas a ON a.kind = t.level OR (a.kind = 'remainder' AND t.level = 'district' AND a.area IN (
        SELECT k.area FROM remainders k
        WHERE k.invented = s.invented AND k.indicator = t.indicator AND k.breakdown = t.breakdown))
    LEFT JOIN (SELECT area, max(year) AS last_year FROM border_changes GROUP BY area) b ON b.area = a.area
    LEFT JOIN due d ON d.area = a.area AND d.is_school = i.is_school AND d.grain = t.grain
                   AND d.period_start = s.period_start AND d.period_end = s.period_end
    WHERE i.is_population = $is_population AND t.level = $level
)
SELECT e.*, k.numerator, coalesce(k.source, '')::source_id AS source, k.units_expected, k.units_reported,
       coalesce(k.provisional, false) AS provisional,
       CAST(CASE WHEN e.is_unfounded OR e.is_absent THEN 'not_applicable'
                 WHEN k.status IS NULL THEN 'not_reported'
                 WHEN e.is_cut THEN 'not_comparable'
                 ELSE k.status END AS status_id) AS status
FROM expected e
LEFT JOIN known k USING ({KEY})
"""

# A figure received for an area itself is never replaced by a sum. Nobody lives outside all districts: what is counted
# there, beside residents, adds events and no people; pupils and lessons it may have. A part that lacks parts itself is
# not whole.
_MARGINS = f"""
CREATE OR REPLACE TABLE margins AS
SELECT d.invented, d.indicator, d.parent AS area, d.grain, d.period_start, d.period_end, d.breakdown, d.category,
       count(*) FILTER (d.status <> 'not_applicable') AS expected,
       count(*) FILTER (d.status = 'value') AS reported,
       count(*) FILTER (d.status = 'value'
                        AND NOT (d.source = '{SUM_OF_PARTS}' AND d.units_reported < d.units_expected)) AS whole,
       count(*) FILTER (d.status = 'not_comparable') AS broken,
       sum(d.numerator ORDER BY d.numerator) FILTER (d.status = 'value') AS numerator,
       CASE WHEN count(*) FILTER (d.status = 'value' AND d.denominator IS NULL
                                  AND (d.kind <> 'remainder' OR r.is_peopled)) = 0
            THEN sum(d.denominator ORDER BY d.denominator) FILTER (d.status = 'value') END AS denominator,
       bool_or(d.provisional) AS provisional, max(d.definition) AS definition
FROM done d
JOIN areas above ON above.area = d.parent AND above.kind = $level
JOIN indicators i USING (indicator)
LEFT JOIN (SELECT invented, indicator AS population, area, basis = 'month' AS is_peopled
           FROM remainders JOIN indicators USING (indicator) WHERE breakdown = 'all') r
       ON r.invented = d.invented AND r.population = i.population AND r.area = d.area
WHERE d.is_population = $is_population
GROUP BY ALL
"""

# The people of an area where every part has reported, as somebody sent their number for it; else those of the parts. A
# sum is of today's parts in every period, also before the area was founded: only the people of these parts fit it. What
# was received then is of the land of then, which a sum of people of today's parts does not fit.
_DONE = f"""
INSERT INTO done
SELECT p.invented, p.indicator, p.area, p.grain, p.period_start, p.period_end, p.breakdown, p.category,
       CASE final.status WHEN 'value' THEN coalesce(p.numerator, m.numerator) END AS numerator,
       CASE final.status WHEN 'value' THEN CASE WHEN NOT summed.yes THEN if(e.is_of_today, NULL, e.denominator)
           WHEN m.whole < m.expected OR e.is_sum OR p.is_redrawn THEN m.denominator
           ELSE coalesce(e.denominator, m.denominator) END END AS denominator,
       final.status,
       CASE WHEN summed.yes THEN '{SUM_OF_PARTS}' ELSE p.source END AS source,
       CASE WHEN summed.yes THEN coalesce(m.definition, '') ELSE p.definition END AS definition,
       CASE WHEN summed.yes THEN m.expected ELSE p.units_expected END AS units_expected,
       CASE WHEN summed.yes THEN m.whole ELSE p.units_reported END AS units_reported,
       final.status = 'value' AND (p.provisional OR (summed.yes AND m.provisional)) AS provisional,
       final.status = 'value' AND p.interval_method = 'poisson'
           AND coalesce(p.numerator, m.numerator) BETWEEN 1 AND {UNSTABLE_BELOW - 1} AS unstable,
       p.kind, p.parent, p.is_published, p.is_internal, $is_population AS is_population
FROM filled p
LEFT JOIN margins m USING ({KEY})
LEFT JOIN people e ON e.invented = p.invented AND e.population = p.population AND e.time = p.time
                  AND e.is_school = p.is_school AND e.area = p.area AND e.grain = p.grain
                  AND e.period_start = p.period_start AND e.period_end = p.period_end
CROSS JOIN LATERAL (SELECT if(p.is_unfounded AND NOT p.is_absent AND m.expected > 0, 'not_reported', p.status)
                    ::status_id AS status) own
CROSS JOIN LATERAL (SELECT own.status = 'not_reported' AND coalesce(m.reported + m.broken, 0) > 0 AS yes) summed
CROSS JOIN LATERAL (SELECT CASE WHEN NOT summed.yes THEN own.status
    WHEN m.broken > 0 THEN 'not_comparable'
    WHEN m.reported >= {COMPLETE_SHARE} * m.expected THEN 'value'
    ELSE 'not_reported' END::status_id AS status) final
"""

# One table, one kind: where somebody sent real figures for a table, no invented figure stands in it, so that no line,
# no ranking and no map ever mixes them; a table without any real figure is not real. More schools than there are make
# no share: the number stands without one.
_CELLS = f"""
INSERT INTO {{table}}
WITH kinds AS (
    SELECT indicator, grain, breakdown, if(kind = 'remainder', 'district', kind)::level_id AS level,
           coalesce(bool_and(invented) FILTER (status IN ('value', 'not_comparable')), bool_and(invented)) AS invented
    FROM done WHERE {{which}} AND is_population = $is_population GROUP BY ALL
)
SELECT {CELL_KEY}, numerator, if(interval_method = 'wilson' AND numerator > denominator, NULL, denominator), status,
       source, definition, units_expected, units_reported, provisional, unstable, invented
FROM done
JOIN indicators USING (indicator)
JOIN kinds USING (indicator, grain, breakdown, invented)
WHERE {{which}} AND done.is_population = $is_population
  AND kinds.level = if(done.kind = 'remainder', 'district', done.kind)::level_id
"""


# As the table that is published, but with its closed lists as types.
_CELLS_TABLE: Final = (
    f"CREATE TABLE {{table}} ({', '.join(f'{c.name} {TYPE_OF.get(c.name, c.type)}' for c in CELLS.columns)})"
)
# Which of the tables worked out go where.
_KEPT: Final = {CELLS.name: "is_published", CELLS_INTERNAL.name: "is_internal"}


def build_cells(connection: duckdb.DuckDBPyConnection, until: date | None = None, *, only: str | None = None) -> None:
    """Fill `cells`, `cells_internal` and `exposures` from the record, the catalogue and the areas.

    Needs a connection of its own. With `until`, from what was received by the end of that day (UTC). What each
    indicator makes depends on its own figures and on the populations, so the populations come first and the others
    follow in portions; with `only`, the id of an indicator, no others but it and its population are worked out, with
    the same cells as among all.
    """
    # Nobody asks for rows in the order in which they came, and to keep it takes memory.
    connection.execute("SET preserve_insertion_order = false")
    _register(connection, until)
    add_sent(connection, only=only)
    add_lags(connection)
    tables = [_CELLS_TABLE.format(table=table) for table in _KEPT]
    for statement in (*tables, EXPOSURES.ddl, _DONE_TABLE, exposure.PEOPLE, _REMAINDERS):
        connection.execute(statement)
    known.begin(connection)
    for is_population in (True, False):
        for names in _portions(connection, only, is_population=is_population):
            _add_portion(connection, names, is_population=is_population)
    exposure.write_exposures(connection)


def _portions(connection: duckdb.DuckDBPyConnection, only: str | None, *, is_population: bool) -> list[list[str]]:
    """Indicators that are worked on together; each in its place in the catalogue, whether it has figures or not."""
    needed = {indicator(only).id, indicator(only).population} if only else {item.id for item in indicators()}
    wanted = [i.id for i in indicators() if (i.family is Family.POPULATION) == is_population and i.id in needed]
    if is_population or only:
        return [wanted] if wanted else []
    figures = dict(connection.execute("SELECT indicator, count(*) FROM record GROUP BY indicator").fetchall())
    portions: list[list[str]] = [[]]
    room = PORTION
    for name in wanted:
        room -= figures.get(name, 0)
        if room < 0 and portions[-1]:
            portions.append([])
            room = PORTION - figures.get(name, 0)
        portions[-1].append(name)
    return portions


def _add_portion(connection: duckdb.DuckDBPyConnection, names: list[str], *, is_population: bool) -> None:
    """The cells of some indicators; of those that are no population nothing else is kept."""
    known.add_known(connection, names)
    for statement in (_SEEN, _ADD_REMAINDERS):
        connection.execute(statement)
    for level in ("district", "region", "country"):
        _add_level(connection, level=level, is_population=is_population)
    for table, which in _KEPT.items():
        connection.execute(_CELLS.format(table=table, which=which), {"is_population": is_population})
    connection.execute("DELETE FROM done WHERE NOT is_population")


def _add_level(connection: duckdb.DuckDBPyConnection, *, level: str, is_population: bool) -> None:
    """One level of areas, from the sums of the level below and what was received for it."""
    values = {"level": level, "is_population": is_population}
    connection.execute(_EXPECTED, values)
    if not is_population:
        exposure.add_people(connection)
    connection.execute(_MARGINS, values)
    connection.execute(_DONE, {"is_population": is_population})


def _register(connection: duckdb.DuckDBPyConnection, until: date | None) -> None:
    create_types(connection)
    frames = {
        "indicators": reference.indicator_frame(),
        "tables": reference.table_frame(),
        "categories": reference.category_frame(),
        "preference": reference.preference_frame(),
        "definitions": reference.definition_frame(),
        "areas": reference.unit_frame(),
        "territory": reference.territory_frame(),
        "border_changes": reference.border_change_frame(),
        "school_months": reference.school_month_frame(),
        "ranks": reference.rank_frame(),
    }
    for name, frame in frames.items():
        _scratch(connection, name, frame)
    record_views(connection, until)


# What regions hold outside their districts, where they ever sent the figure.
_REMAINDERS = """
CREATE TABLE remainders (
    invented BOOLEAN, indicator indicator_id, breakdown breakdown_id, area area_id)
"""
_ADD_REMAINDERS = """
INSERT INTO remainders SELECT DISTINCT invented, indicator, breakdown, area
FROM known JOIN areas USING (area) WHERE kind = 'remainder'
"""

# Every table that is worked out, published or not, with what a margin needs to know of it.
_DONE_TABLE = """
CREATE TABLE done (
    invented BOOLEAN, indicator indicator_id, area area_id, grain grain_id, period_start DATE, period_end DATE,
    breakdown breakdown_id, category category_id, numerator DOUBLE, denominator DOUBLE, status status_id,
    source source_id, definition VARCHAR, units_expected INTEGER, units_reported INTEGER, provisional BOOLEAN,
    unstable BOOLEAN, kind level_id, parent area_id, is_published BOOLEAN, is_internal BOOLEAN, is_population BOOLEAN
)
"""


def _scratch(connection: duckdb.DuckDBPyConnection, name: str, frame: pd.DataFrame) -> None:
    """A table of the connection, its closed lists typed, and not a view on the frame: queries then know its size."""
    connection.register("frame", frame)
    columns = (f"CAST({c} AS {TYPE_OF[c]}) AS {c}" if c in TYPE_OF else c for c in frame.columns)
    connection.execute(f"CREATE TABLE {name} AS SELECT {', '.join(columns)} FROM frame")
    connection.unregister("frame")


def period_frame(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Every period that occurs in `cells`, with the code people write."""
    rows = connection.execute(
        "SELECT DISTINCT grain::VARCHAR AS grain, period_start, period_end FROM cells ORDER BY ALL"
    ).fetchall()
    coded = [(grain, start, end, Period(start, end, Grain(grain)).code) for grain, start, end in rows]
    return pd.DataFrame(coded, columns=["grain", "period_start", "period_end", "code"])
