"""The history of a cell in words for a terminal, and as a document for another program."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from etl import reference
from etl.history import CellName, Parts
from etl.terminal import spelled
from riskmap.domain.registry import catalogue, indicator
from riskmap.domain.vocabulary import ALL, CellStatus, Grain, Period
from riskmap.words import day, number, period, t
from riskmap.words.numbers import as_given

_STEP: Final = "  "
_MOST_REVISIONS: Final = 40  # of the parts; a document has all of them
_STAMP: Final = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class History:
    """What was asked of a cell; `parts` is None where it has a figure of its own, `on` where no day was asked."""

    cell: CellName
    revisions: pd.DataFrame
    parts: Parts | None
    shown: list[dict[str, Any]]
    on: date | None
    known: dict[str, Any] | None


def history_document(history: History) -> dict[str, object]:
    """Everything that is told, for another program."""
    cell = history.cell
    return {
        "cell": {
            "indicator": cell.indicator,
            "area": cell.area,
            "period": cell.period.code,
            "breakdown": cell.breakdown,
            "category": cell.category,
        },
        "received": [_plain(row) for row in history.revisions.to_dict("records")],
        "parts": _parts_document(history.parts) if history.parts else None,
        "publications": [_plain(row) for row in history.shown],
        "as_known": {"on": str(history.on), "cell": _plain(history.known or {}) or None} if history.on else None,
    }


def _plain(row: Mapping[Any, Any]) -> dict[str, object]:
    return {name: _written(value) for name, value in row.items()}


def _written(value: Any) -> object:  # noqa: ANN401 - what a frame holds
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


def _parts_document(parts: Parts) -> dict[str, object]:
    revised = [_part_document(row) for row in parts.revised.to_dict("records")]
    return {"figures": parts.figures, "revised": revised}


def _part_document(row: Mapping[Any, Any]) -> dict[str, object]:
    names = ("area", "source", "invented", "received", "received_by", "load")
    values = ("status_before", "numerator_before", "status", "numerator")
    return {**_plain({name: row[name] for name in (*names, *values)}), "period": _span(row).code}


def history_lines(history: History, language: str) -> list[str]:
    """What was received, of a sum how its parts were revised, what was published, and what was known on the day."""
    lines = [_title(history.cell, language), "", t("history.received", language)]
    lines += list(_received(history.revisions, language)) or [_STEP + t("history.none_received", language)]
    if history.parts:
        lines += ["", *_parts(history.parts, language)]
    lines += ["", t("history.publications", language)]
    lines += [_shown(row, language) for row in history.shown] or [_STEP + t("history.none_published", language)]
    if history.on:
        known = _value(history.known, language) if history.known else t("history.no_cell", language)
        lines += ["", t("history.as_known", language, day=day(history.on, language)), _STEP + known]
    return lines


def _title(cell: CellName, language: str) -> str:
    names = [indicator(cell.indicator).words[language]["name"], area_name(cell.area, language)]
    cut = [] if cell.breakdown == ALL else [t(f"category.{cell.breakdown}.{cell.category}", language)]
    return "; ".join([*names, period(cell.period, language), *cut])


def area_name(area: str, language: str) -> str:
    """The name of an area, joined areas included."""
    frame = reference.area_frame()
    return str(frame.loc[frame["area"] == area, f"name_{language}"].iloc[0])


def _received(revisions: pd.DataFrame, language: str) -> Iterator[str]:
    for row in revisions.to_dict("records"):
        values = {"at": f"{row['received']:{_STAMP}}", "value": _value(row, language)}
        yield _STEP + t("history.counts" if row["counts"] else "history.replaced", language, **values)
        yield _STEP * 3 + "; ".join(_place(row, language))


def _place(row: Mapping[Any, Any], language: str) -> Iterator[str]:
    """From where a figure came; names of files and sheets come from outside."""
    source = catalogue().sources.get(row["source"])
    told = {"source": source.words[language]["name"] if source else row["source"], "by": row["received_by"]}
    told |= {name: row[name] for name in ("file", "sheet", "line", "column_name", "load", "replaces")}
    for name, value in told.items():
        if value != "":
            yield t(f"history.place.{name}", language, value=spelled(str(value)))


def _parts(parts: Parts, language: str) -> Iterator[str]:
    yield t("history.parts", language, figures=number(parts.figures, language), revised=len(parts.revised))
    for row in parts.revised.tail(_MOST_REVISIONS).to_dict("records"):
        before = {"status": row["status_before"], "numerator": row["numerator_before"]}
        values = {
            "at": f"{row['received']:{_STAMP}}",
            "by": row["received_by"],
            "area": area_name(row["area"], language),
            "period": period(_span(row), language),
            "before": _value(before, language),
            "after": _value(row, language),
        }
        yield _STEP + t("history.part", language, **values)
    if (more := len(parts.revised) - _MOST_REVISIONS) > 0:
        yield _STEP + t("history.more_parts", language, figures=number(more, language))


def _span(row: Mapping[Any, Any]) -> Period:
    return Period(row["period_start"].date(), row["period_end"].date(), Grain(row["grain"]))


def _shown(row: Mapping[str, Any], language: str) -> str:
    value = t("history.not_kept", language)
    if row["is_kept"]:
        value = _value(row, language) if row["status"] else t("history.no_cell", language)
    values = {"at": row["at"].replace("T", " "), "build": row["build"], "value": value}
    return _STEP + t(f"history.event.{row['event']}", language, **values)


def _value(row: Mapping[str, Any], language: str) -> str:
    """A number, beside it the people, or the mark that stands in its place; whether it is provisional or invented."""
    told = t(f"status.{row['status']}", language)
    if row["status"] == CellStatus.VALUE and not pd.isna(row["numerator"]):
        told = _number(row["numerator"], language)
        people = row.get("denominator")
        if people is not None and not pd.isna(people):
            decimals = 0 if people == int(people) else 1
            told = t("history.beside", language, value=told, people=number(people, language, decimals=decimals))
    marks = [t("status.provisional", language)] if row.get("provisional") is True else []
    marks += [t("history.invented", language)] if row.get("invented") is True else []
    return f"{told} ({', '.join(marks)})" if marks else told


def _number(value: float, language: str) -> str:
    return number(value, language) if value == int(value) else as_given(value, language)
