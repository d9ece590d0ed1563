"""A fault in the words of the reader's language: where it is, what is wrong, what to do; on the screen and as CSV."""

import csv
import re
from collections.abc import Sequence
from io import StringIO
from typing import Final

from geo.areas import areas
from riskmap.domain.areas import AreaKind
from riskmap.files.csv import BOM, safe_text
from riskmap.ui.checking import Fault
from riskmap.words import plural, t

_LETTERS: Final = re.compile(r"[A-Z]{1,3}")
_PLACE_WORDS: Final = "privacy.place."
_COLUMNS: Final = ("place", "code", "text", "found", "expected", "remedy")
_AREA: Final = re.compile(r"\b\d{9}(?:-R)?\b")


def place(fault: Fault, language: str) -> str:
    """Sheet and cell as a spreadsheet names them; the column of a table by its heading."""
    parts = [fault.sheet]
    if fault.row is not None and _LETTERS.fullmatch(fault.column):
        parts.append(f"{fault.column}{fault.row}")
    else:
        parts.append("" if fault.row is None else f"{t('report.row', language)} {fault.row}")
        parts.append(f"{t('report.column', language)} {fault.column}" if fault.column else "")
    return " · ".join(filter(None, parts)) or t("check_page.whole_file", language)


def line(fault: Fault, language: str) -> list[str]:
    """The cells of one row of the table: place, code, what is wrong, what was found and expected, what to do."""
    near = ", ".join(_named(code, language) for code in fault.candidates)
    return [
        place(fault, language),
        fault.code,
        t(f"problem.{fault.code}.text", language),
        _found(fault, language),
        "; ".join(filter(None, (_expected(fault, language), near))),
        t(f"problem.{fault.code}.remedy", language),
    ]


def header(language: str) -> list[str]:
    """The headings of the table."""
    return [t(f"check_page.column.{name}", language) for name in _COLUMNS]


def sentence(counts: Sequence[tuple[str, int]], language: str) -> str:
    """How many faults of each severity there are, or that there are none."""
    parts = [plural(f"check_page.count.{severity}", count, language) for severity, count in counts if count]
    return f"{'; '.join(parts)}." if parts else t("check_page.no_fault", language)


def faults_csv(faults: Sequence[Fault], language: str) -> bytes:
    """The faults as a table for a spreadsheet, none of whose texts runs as a formula."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([t("check_page.column.severity", language), *header(language)])
    for fault in faults:
        cells = [t(f"check_page.severity.{fault.severity}", language), *line(fault, language)]
        writer.writerow([safe_text(cell) for cell in cells])
    return (BOM + text.getvalue()).encode()


def _found(fault: Fault, language: str) -> str:
    """What was found; of data on persons the size of the file alone."""
    if fault.expected.startswith(_PLACE_WORDS):
        return f"{t('privacy.label.found', language)}: {fault.found}"
    return _named(fault.found, language)


def _expected(fault: Fault, language: str) -> str:
    """What was expected; levels of areas, and the days on which an area was there, as people write them."""
    text = fault.expected
    if text.startswith(_PLACE_WORDS):
        return f"{t('privacy.label.expected', language)}: {t(text, language)}"
    if fault.code == "A004" and "/" in text:
        since, _, until = text.partition("/")
        return f"≤ {until}" if since == ".." else f"≥ {since}"
    parts = text.split(", ")
    if all(part in tuple(AreaKind) for part in parts):
        return ", ".join(t(f"level.{part}", language) for part in parts)
    return _named(text, language)


def _named(text: str, language: str) -> str:
    """A text in which each code of an area has the name of the area before it."""

    def with_name(found: "re.Match[str]") -> str:
        area = areas().get(found[0])
        return f"{area.name(language)} ({found[0]})" if area else found[0]

    return _AREA.sub(with_name, text)
