"""Which faults of arrived files are open, and which were mended when: from the log of faults and the record."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import duckdb
import pandas as pd

from etl.fault_log import Faulty, faulty_files
from riskmap.domain.tables import FAULTS
from riskmap.domain.vocabulary import COUNTRY, parse_period

_KINDS: Final = "SELECT source::VARCHAR, bool_and(invented) FROM heard_of GROUP BY source"
_FILES: Final = """
SELECT DISTINCT load, received::DATE AS day, digest, file FROM record
WHERE list_contains($digests, digest) OR list_contains($files, file) ORDER BY ALL
"""
_RETURNS: Final = """
SELECT DISTINCT r.load, r.received::DATE AS day, r.source,
       if(a.kind IN ('region', 'country'), a.area::VARCHAR, a.parent::VARCHAR) AS region, period_start, period_end
FROM record r JOIN areas a ON a.area::VARCHAR = r.area
WHERE r.load > $after AND list_contains($sources, r.source) ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class _Mended:
    """The load that took the place of a faulty file, and its day."""

    load: str
    day: date


class _Accepted:
    """What the record says of files and returns that were accepted."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, files: Sequence[Faulty]) -> None:
        values = {"digests": [file.digest for file in files], "files": [file.file for file in files]}
        rows = connection.execute(_FILES, values).fetchall() if files else []
        self.bytes = {digest: _Mended(load, day) for load, day, digest, _ in reversed(rows)}
        self.names: dict[str, list[_Mended]] = {}
        for load, day, _, name in rows:
            self.names.setdefault(name, []).append(_Mended(load, day))
        after = {"after": min((file.log for file in files), default=""), "sources": [file.source for file in files]}
        self.returns: dict[tuple[str, str, date, date], list[_Mended]] = {}
        for load, day, *key in connection.execute(_RETURNS, after).fetchall() if files else []:
            self.returns.setdefault((key[0], key[1], key[2], key[3]), []).append(_Mended(load, day))

    def instead_of(self, file: Faulty) -> _Mended | None:
        """When a file was accepted after all, or everything it reports for was by a later call; None while it is not.

        A file that does not tell for what it reports is mended by a later one of its name.
        """
        if file.digest in self.bytes:
            own = self.bytes[file.digest]
            return _Mended(max(own.load, file.log), max(own.day, file.found))
        if not file.returns:
            return _first_after(self.names.get(file.file, ()), file.log)
        found = [_first_after(self._of(file.source, *part), file.log) for part in file.returns]
        known = [mended for mended in found if mended]
        return max(known, key=lambda mended: mended.load) if len(known) == len(found) else None

    def begin(self, file: Faulty) -> str:
        """Where a file stands among calls and loads: one that was accepted at once stands at its load."""
        return self.bytes[file.digest].load if file.accepted and file.digest in self.bytes else file.log

    def _of(self, source: str, region: str, code: str) -> Sequence[_Mended]:
        period = parse_period(code)
        return self.returns.get((source, region, period.start, period.end), ()) if period else ()


def _first_after(found: Sequence[_Mended], log: str) -> _Mended | None:
    return next((mended for mended in found if mended.load > log), None)


def fault_frame(connection: duckdb.DuckDBPyConnection, *, until: date | None = None) -> pd.DataFrame:
    """One row per kind of fault, return and day on which it was found and mended; empty where there was none.

    Unlike all other tables of a build this one is made of the loader's own log too: what was refused is in no record.
    Faults that stop and faults that a person must decide on count, notes do not. They are open until the file is
    accepted, as one with a confirmation is at once, or until a later call brings figures of every region and period it
    reports for. Of a return that is sent again and is still faulty, the faults that remain keep the day on which they
    were first found, and those of which there are fewer are mended on the day of the later file: the same file sent
    twice counts once. `area` is the country where a file reports for several regions or tells none, `period` is empty
    where it is several or none. Of a source whose figures are all invented only faults of invented files count, of
    every other source only those of real ones. `until` leaves out what arrived after that day (UTC). Needs `record`,
    `heard_of` and `areas`.
    """
    kinds = dict(connection.execute(_KINDS).fetchall())
    files = [file for file in faulty_files() if file.invented == kinds.get(file.source, False)]
    files = [file for file in files if until is None or file.found <= until]
    accepted = _Accepted(connection, files)
    rows = [row for chain in _chains(files) for row in _rows(chain, accepted)]
    return pd.DataFrame(rows, columns=list(FAULTS.names)).sort_values(list(FAULTS.names), ignore_index=True)


def _chains(files: Sequence[Faulty]) -> Iterator[list[Faulty]]:
    """Files that were sent one after the other for the same: for the same returns, or under the same name.

    A file that does not tell for what it reports belongs to the next one of its name that does.
    """
    named: dict[str, tuple[object, ...]] = {}
    chains: dict[tuple[object, ...], list[Faulty]] = {}
    for file in reversed(files):
        if file.returns:
            named[file.file] = (file.source, file.returns)
        chains.setdefault(named.get(file.file, (file.file,)), []).insert(0, file)
    yield from chains.values()


def _rows(chain: Sequence[Faulty], accepted: _Accepted) -> Iterator[tuple[object, ...]]:
    """The rows of FAULTS that a chain of files makes."""
    place = _place(chain[-1])
    kinds = sorted({(fault.severity, fault.code) for file in chain for fault in file.faults})
    ends = [accepted.instead_of(file) for file in chain]
    following = [*(accepted.begin(file) for file in chain[1:]), ""]
    closed = [
        end.day if end and (not after or end.load < after) else None for end, after in zip(ends, following, strict=True)
    ]
    for severity, code in kinds:
        numbers = [sum(f.number for f in file.faults if (f.severity, f.code) == (severity, code)) for file in chain]
        found = [file.found for file in chain]
        for spell in _spells(list(zip(found, numbers, closed, strict=True))):
            yield (*place, severity, code, *spell)


def _spells(arrived: Sequence[tuple[date, int, date | None]]) -> Iterator[tuple[date, date | None, int]]:
    """Day found, day mended or None, and number, of the faults of one code; the oldest are mended first.

    `arrived` are the files in their order: the day, the number of these faults, and the day on which a good file took
    its place before the next one arrived, or None.
    """
    standing: list[tuple[date, int]] = []
    for day, number, closed in arrived:
        more = number - sum(count for _, count in standing)
        if more > 0:
            standing.append((day, more))
        while more < 0:
            found, count = standing.pop(0)
            gone = min(count, -more)
            yield found, day, gone
            more += gone
            if count > gone:
                standing.insert(0, (found, count - gone))
        if closed:
            yield from ((found, closed, count) for found, count in standing)
            standing = []
    yield from ((found, None, count) for found, count in standing)


def _place(file: Faulty) -> tuple[str, str, str]:
    """Source, area and period as they stand in the table."""
    regions, codes = {region for region, _ in file.returns}, {code for _, code in file.returns}
    area = regions.pop() if len(regions) == 1 else COUNTRY
    return file.source, area, codes.pop() if len(codes) == 1 else ""
