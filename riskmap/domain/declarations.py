"""Reads one TOML table into a frozen dataclass by its field types; every fault is collected, none raised."""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def read_block(kind: type[T], block: dict[str, Any], where: str, faults: list[str]) -> T | None:
    """An instance of `kind`, or None with the reasons added to `faults`: unknown key, missing key, wrong type."""
    known = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]
    before = len(faults)
    faults.extend(f"{where}: unknown key {key!r}" for key in block if key not in known)
    required = (n for n, f in known.items() if f.default is MISSING and f.default_factory is MISSING)
    faults.extend(f"{where}: missing key {name!r}" for name in required if name not in block)
    hints = get_type_hints(kind)
    values = {}
    for key in block.keys() & known.keys():
        values[key] = _convert(hints[key], block[key], f"{where}: {key}", faults)
    return kind(**values) if len(faults) == before else None


def _convert(hint: Any, value: Any, where: str, faults: list[str]) -> Any:
    origin = get_origin(hint)
    if origin is tuple:
        if not isinstance(value, list):
            faults.append(f"{where}: expected a list, found {value!r}")
            return ()
        return tuple(_convert(get_args(hint)[0], item, where, faults) for item in value)
    if origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return _convert_mapping(hint, value, where, faults)
    if is_dataclass(hint) and isinstance(hint, type) and isinstance(value, dict):
        return read_block(hint, value, where, faults)
    return _convert_scalar(hint, value, where, faults)


def _convert_mapping(hint: Any, value: Any, where: str, faults: list[str]) -> Any:
    if not isinstance(value, dict):
        faults.append(f"{where}: expected a table, found {value!r}")
        return {}
    item = get_args(hint)[1]
    return types.MappingProxyType({k: _convert(item, v, f"{where}.{k}", faults) for k, v in value.items()})


def _convert_scalar(hint: Any, value: Any, where: str, faults: list[str]) -> Any:
    if hint is Any:
        return value
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        if value in list(hint):
            return hint(value)
        faults.append(f"{where}: {value!r} is none of {', '.join(hint)}")
        return None
    allowed = {float: (int, float), date: (date,)}.get(hint, (hint,))
    if get_origin(hint) in (Union, types.UnionType) or not isinstance(value, allowed) or _is_other_kind(hint, value):
        faults.append(f"{where}: expected {getattr(hint, '__name__', hint)}, found {value!r}")
        return None
    return value


def _is_other_kind(hint: Any, value: Any) -> bool:
    """Whether a value only passes because Python counts True as a number and a moment as a day."""
    return (isinstance(value, bool) and hint is not bool) or (isinstance(value, datetime) and hint is date)
