"""The catalogue: indicators and sources, read from TOML and cross-checked, all faults at once.

Nothing else in the code names an indicator or a source. Unknown keys are refused.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from riskmap.domain.cross_check import contradictions, spreadsheet_faults
from riskmap.domain.declarations import read_block
from riskmap.domain.declared import (
    INDEXED,
    INTERVALS,
    LEVELS,
    MOST_WEIGHT,
    WORDS,
    Catalogue,
    Comparable,
    Component,
    Definition,
    Disclosure,
    Exemption,
    FormItem,
    FormSheet,
    Group,
    Indexes,
    Indicator,
    Publish,
    ReturnSheet,
    Source,
    figure_key,
)
from riskmap.domain.errors import CatalogueInvalid
from riskmap.domain.settings import spreadsheet_folder
from riskmap.domain.spreadsheets import Spreadsheet

__all__ = [
    "CATALOGUE",
    "Catalogue",
    "Comparable",
    "Component",
    "Definition",
    "Disclosure",
    "Exemption",
    "FormItem",
    "FormSheet",
    "Group",
    "INDEXED",
    "INTERVALS",
    "Indexes",
    "Indicator",
    "LEVELS",
    "MOST_WEIGHT",
    "Publish",
    "ReturnSheet",
    "Source",
    "Spreadsheet",
    "WORDS",
    "catalogue",
    "contradictions",
    "figure_key",
    "indicator",
    "indicators",
    "read_catalogue",
    "source",
    "spreadsheets",
]

CATALOGUE: Final = Path(__file__).parent / "catalogue"


@cache
def catalogue() -> Catalogue:
    """The shipped catalogue; raises `CatalogueInvalid` with every contradiction."""
    return read_catalogue(CATALOGUE)


def indicator(identifier: str) -> Indicator:
    """The indicator of that id; `KeyError` where there is none."""
    return catalogue().indicators[identifier]


def indicators(topic: str | None = None) -> list[Indicator]:
    """Indicators in catalogue order, of one topic or of all."""
    return [i for i in catalogue().indicators.values() if topic in (None, i.topic)]


def source(identifier: str) -> Source:
    """The source of that id; `KeyError` where there is none."""
    return catalogue().sources[identifier]


def spreadsheets() -> Mapping[str, Spreadsheet]:
    """Every declared spreadsheet by id: those shipped, then those in the operator's own folder.

    Raises `CatalogueInvalid` with every fault of the operator's declarations.
    """
    return _with_own(spreadsheet_folder())


@cache
def _with_own(folder: Path) -> Mapping[str, Spreadsheet]:
    faults: list[str] = []
    shipped = catalogue().spreadsheets
    own = _read_spreadsheets(folder, faults)
    faults.extend(f"spreadsheet {name}: declared twice" for name in own if name in shipped)
    known = replace(catalogue(), spreadsheets=MappingProxyType(own))
    faults.extend(spreadsheet_faults(known))
    if faults:
        raise CatalogueInvalid(faults)
    return MappingProxyType({**shipped, **own})


def _read_spreadsheets(folder: Path, faults: list[str]) -> dict[str, Spreadsheet]:
    found: dict[str, Spreadsheet] = {}
    for path, content in _files(folder):
        item = read_block(Spreadsheet, {"id": path.stem, **content}, path.name, faults)
        if item:
            found[path.stem] = item
    return found


def read_catalogue(folder: Path) -> Catalogue:
    """Read and cross-check the declarations in a folder."""
    faults: list[str] = []
    declared: dict[str, Indicator] = {}
    groups = read_block(_Groups, {"groups": _read(folder / "publish.toml")}, "publish.toml", faults)
    for file, identifier, block in _blocks(folder / "indicators"):
        if identifier in declared:
            faults.append(f"{file}: {identifier}: declared twice")
        item = read_block(Indicator, {"id": identifier, **block}, f"{file}: {identifier}", faults)
        if item and groups:
            unknown = [name for name in item.tables if name not in groups.groups]
            faults.extend(f"{file}: {identifier}: no group {name!r}" for name in unknown)
            declared[identifier] = _with_tables(item, groups.groups)
    sources: dict[str, Source] = {}
    for path, content in _files(folder / "sources"):
        origin = read_block(Source, {"id": path.stem, **content}, path.name, faults)
        if origin:
            sources[path.stem] = origin
    tables = _read_spreadsheets(folder / "spreadsheets", faults)
    indexes = read_block(Indexes, _read(folder / "indexes.toml"), "indexes.toml", faults)
    beside = read_block(Comparable, _read(folder / "comparable.toml"), "comparable.toml", faults)
    if indexes and beside and not faults:
        topics = _read(folder / "topics.toml")
        ordered = _by_topic(declared, list(topics))
        result = Catalogue(
            indicators=ordered,
            sources=MappingProxyType(sources),
            topics=MappingProxyType(topics),
            comparable=beside,
            spreadsheets=MappingProxyType(tables),
            indexes=indexes,
        )
        faults = list(contradictions(result))
    if faults:
        raise CatalogueInvalid(faults)
    return result


@dataclass(frozen=True, slots=True)
class _Groups:
    groups: Mapping[str, tuple[Publish, ...]]


def _with_tables(item: Indicator, groups: Mapping[str, tuple[Publish, ...]]) -> Indicator:
    """The indicator with the tables of its groups before its own."""
    of_groups = [table for name in item.tables for table in groups.get(name, ())]
    return replace(item, publish=(*dict.fromkeys(of_groups), *item.publish))


def _by_topic(declared: Mapping[str, Indicator], topics: list[str]) -> Mapping[str, Indicator]:
    """In the order of topics; an unknown topic goes last, where the cross-check finds it."""
    place = {topic: position for position, topic in enumerate(topics)}
    ordered = sorted(declared.values(), key=lambda item: place.get(item.topic, len(topics)))
    return MappingProxyType({item.id: item for item in ordered})


def _files(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(folder.glob("*.toml")):
        yield path, _read(path)


def _read(path: Path) -> dict[str, Any]:
    """The content of a file; one that is missing or no TOML ends the reading, because nothing can be said of it."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as fault:
        raise CatalogueInvalid([f"{path.name}: {fault}"]) from fault


def _blocks(folder: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, content in _files(folder):
        for identifier, block in content.items():
            yield path.name, identifier, {"topic": path.stem, **block}
