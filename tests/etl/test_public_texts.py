"""Every text of the public file is one of a closed list, or a date, a code of a period or the name of a build."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Final

import duckdb
import pytest

from etl.closed_lists import SUM_OF_PARTS
from etl.journal import PUBLICATION_EVENTS
from etl.reference import area_frame
from riskmap.domain.problems import Severity
from riskmap.domain.registry import catalogue, indicators
from riskmap.domain.tables import FORMAT, TABLES
from riskmap.domain.vocabulary import (
    ALL,
    BREAKDOWNS,
    LANGUAGES,
    CellStatus,
    Grain,
    Protection,
    ReturnState,
    RevisionKind,
    parse_period,
)
from riskmap.words import t
from tests.etl.planted_numbers import Planted

Check = Callable[[str], bool]

_BUILD: Final = re.compile(r"\d{8}T\d{9}-[0-9a-f]{6}")


def one_of(known: Iterable[object]) -> Check:
    """Whether a text is in a list."""
    return {str(value) for value in known}.__contains__


def is_build(text: str) -> bool:
    return bool(_BUILD.fullmatch(text))


def is_period(text: str) -> bool:
    return parse_period(text) is not None


def is_day(text: str) -> bool:
    return text == "" or str(date.fromisoformat(text)) == text


def is_moment(text: str) -> bool:
    return datetime.fromisoformat(text).isoformat(timespec="seconds") == text


def is_word(text: str) -> bool:
    return all(t(text, language) for language in LANGUAGES)


def are_sources(text: str) -> bool:
    return set(text.split()) <= set(catalogue().sources)


_AREAS: Final = area_frame()  # made of the tables of areas alone
_ITEMS: Final = [item.id for item in indicators()]
_CATEGORIES: Final = {(cut, part) for item in indicators() for cut in item.breakdowns for part in item.breakdowns[cut]}
_AREA: Final = one_of(_AREAS["area"])
_ITEM: Final = one_of(_ITEMS)
_SOURCE: Final = one_of([*catalogue().sources, SUM_OF_PARTS, ""])
_STATUS: Final = one_of(CellStatus)
_MEMBER: Final = one_of([*_AREAS["area"], *_ITEMS, ALL, *(f"{cut}:{part}" for cut, part in _CATEGORIES)])
_KEY: Final = {
    "indicator": _ITEM,
    "area": _AREA,
    "grain": one_of(Grain),
    "breakdown": one_of(BREAKDOWNS),
    "category": one_of({ALL, *(part for _, part in _CATEGORIES)}),
}

# Every column of text there is: a new one has no place here until somebody says what may stand in it.
CLOSED: Final[dict[str, dict[str, Check]]] = {
    "cells": {
        **_KEY,
        "status": _STATUS,
        "source": _SOURCE,
        "definition": one_of({"", *(version.id for item in indicators() for version in item.definitions)}),
    },
    "cells_internal": dict.fromkeys((*_KEY, "status", "source", "definition"), one_of(())),  # nothing for everybody
    "areas": {
        **{name: one_of({"", *_AREAS[name]}) for name in ("kind", "parent", "name_kk", "name_ru", "name_en")},
        "area": _AREA,
        "members": lambda text: all(map(_AREA, text.split())),
    },
    "periods": {"grain": one_of(Grain), "code": is_period},
    "relations": {
        "axis": one_of(("area", "category", "period", "indicator")),
        "kind": one_of(("sum", "subset", "balance")),
        "indicator": one_of([*_ITEMS, "*"]),
        "total": _MEMBER,
        "part": _MEMBER,
    },
    "breaks": {
        "axis": one_of(("area", "definition")),
        "subject": one_of([*_AREAS["area"], *_ITEMS]),
        "other": one_of(["", *_AREAS["area"]]),
        "story": is_word,
    },
    "completeness": {"source": _SOURCE, "area": _AREA, "grain": one_of(Grain), "state": one_of(ReturnState)},
    "lags": {"indicator": _ITEM},
    "revisions": {
        **_KEY,
        "build": is_build,
        "kind": one_of(RevisionKind),
        "status_before": _STATUS,
        "status_after": _STATUS,
    },
    "publications": {"build": is_build, "event": one_of(PUBLICATION_EVENTS)},
    "faults": {
        "source": _SOURCE,
        "area": _AREA,
        "period": lambda text: not text or is_period(text),
        "severity": one_of(Severity),
        "code": one_of([""]),
    },
    "exposures": {"population": _ITEM, "area": _AREA},
}
META: Final[dict[str, Check]] = {
    "build": is_build,
    "base": lambda text: not text or is_build(text),
    "built": is_moment,
    **dict.fromkeys(("data_date", "invented_date", "as_known_on"), is_day),
    "format": one_of([FORMAT]),
    "protection": one_of(Protection),
    "is_invented": one_of(("true", "false")),
    "invented_sources": are_sources,
    "audit_passed": one_of(("true", "false")),
    "audit_narrowest": lambda text: not text or text.isdecimal(),
    **dict.fromkeys(
        (f"audit_{name}" for name in ("cells", "proved", "blanked", "told_before", "components", "lines")),
        str.isdecimal,
    ),
    **dict.fromkeys(("protection_components", "protection_optimal"), str.isdecimal),
    "protection_gap": lambda text: 0 <= float(text) <= 1,
}


@pytest.fixture(params=["planted", "sample"])
def public(request: pytest.FixtureRequest) -> Iterator[duckdb.DuckDBPyConnection]:
    """The public file of the record with numbers of its own, and of the sample country."""
    build = request.getfixturevalue("sample_build" if request.param == "sample" else "planted")
    build = build.builds[-1] if isinstance(build, Planted) else build
    with duckdb.connect(str(build / "public.duckdb"), read_only=True) as connection:
        yield connection


def test_every_text_is_one_of_a_closed_list(public: duckdb.DuckDBPyConnection) -> None:
    columns = public.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
    ).fetchall()
    plain = {"DOUBLE", "INTEGER", "DATE", "BOOLEAN"}
    texts = {(table, column) for table, column, kind in columns if kind not in plain}
    closed = {(table, column) for table in CLOSED for column in CLOSED[table]}
    assert texts == closed | {("meta", "name"), ("meta", "value")}
    for table, column in closed:
        found = [text for (text,) in public.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall()]
        assert [text for text in found if not CLOSED[table][column](text)] == [], (table, column)


def test_what_a_build_says_of_itself_is_closed_too(public: duckdb.DuckDBPyConnection) -> None:
    told = dict(public.execute("SELECT name, value FROM meta").fetchall())
    assert set(told) == set(META)
    assert {name: text for name, text in told.items() if not META[name](text)} == {}


def test_the_file_has_the_declared_tables_and_nothing_that_is_no_table(public: duckdb.DuckDBPyConnection) -> None:
    tables = public.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall()
    assert set(tables) == {(table.name, None) for table in TABLES}
    columns = public.execute(
        "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal"
    ).fetchall()
    assert columns == [
        (table.name, name, None) for table in sorted(TABLES, key=lambda t: t.name) for name in table.names
    ]
    for kind in ("views", "indexes", "sequences", "types", "functions"):
        own = f"SELECT count(*) FROM duckdb_{kind}() WHERE database_name = current_database() AND NOT internal"
        own = own.replace(" AND NOT internal", "") if kind in ("indexes", "sequences") else own
        assert public.execute(own).fetchall() == [(0,)], kind


def test_a_text_that_is_no_word_of_ours_is_noticed() -> None:
    assert not CLOSED["cells"]["source"]("planted-operator")
    assert not CLOSED["publications"]["build"]("20261121T192259609-7b9ac5d41d8cd98f00b204e9800998ecf8427e")
    assert not CLOSED["faults"]["code"]("V005")
