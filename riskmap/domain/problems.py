"""Every rule by which a file can fail, declared once: the code that a `Problem` carries, its name and its severity.

The first letter says where the fault lies: F the file as a whole, L its layout, A areas, P periods, V values,
K keys and repetitions, S person-level content. The words of a code are `problem.<code>.text` and
`problem.<code>.remedy` in every locale; docs/errors.md has a heading for each.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Severity(StrEnum):
    """What a fault does to the load: `stop` refuses the file, `ask` needs a person, `note` is only told."""

    STOP = "stop"
    ASK = "ask"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its stable code, what is wrong where it fires, and what that does to the load."""

    code: str
    name: str
    severity: Severity = Severity.STOP


RULES: Final = MappingProxyType(
    {
        rule.code: rule
        for rule in (
            Rule("F001", "file not found"),
            Rule("F002", "file is empty"),
            Rule("F003", "file is damaged or is not of the kind its name says"),
            Rule("F004", "no source recognises this file"),
            Rule("F005", "file is larger than the limit"),
            Rule("F006", "file is protected by a password"),
            Rule("F007", "invented and real figures in one file"),
            Rule("F008", "more faults of one code than are listed"),
            Rule("F009", "file holds macros"),
            Rule("F010", "file takes values from other workbooks"),
            Rule("F011", "file holds XML entities"),
            Rule("F012", "sheet is longer or wider than the limit"),
            Rule("F013", "encoding of the text cannot be told"),
            Rule("F014", "name of the file is not one of a file"),
            Rule("F015", "file unpacks to more than the limit"),
            Rule("F016", "reading the file took longer than the limit"),
            Rule("L001", "sheet is missing or renamed"),
            Rule("L002", "sheet has another title than expected"),
            Rule("L003", "column number row not found where expected"),
            Rule("L004", "row code is not where expected"),
            Rule("L005", "row label has changed"),
            Rule("L006", "column heading has changed"),
            Rule("L007", "unknown column"),
            Rule("L008", "column is missing"),
            Rule("L009", "row of column ids not found"),
            Rule("L010", "sheets of one return speak of different regions or months"),
            Rule("L011", "row of an area is missing"),
            Rule("L012", "area has two rows"),
            Rule("L013", "sheet is not read", Severity.NOTE),
            Rule("L014", "topic has two sheets"),
            Rule("L015", "row is not filled in"),
            Rule("L016", "row without the code of its area"),
            Rule("L017", "district of another region"),
            Rule("L018", "text above the table is not known"),
            Rule("L019", "region or month is not given above the table"),
            Rule("L020", "no table found on the sheet"),
            Rule("L021", "heading fits several figures"),
            Rule("L022", "figure has two places for one area and period"),
            Rule("L023", "labels were continued by autofill"),
            Rule("L024", "merged cells among the numbers"),
            Rule("L025", "hidden rows, columns or sheets hold numbers", Severity.ASK),
            Rule("L026", "label is not known"),
            Rule("L027", "unit of the heading is not the declared one"),
            Rule("L028", "totals are missing", Severity.ASK),
            Rule("A001", "area is not given"),
            Rule("A002", "unknown area"),
            Rule("A003", "area name fits several areas"),
            Rule("A004", "area did not exist on that date"),
            Rule("A005", "file name and --area name different areas"),
            Rule("A006", "area is of another level than expected"),
            Rule("A007", "file name fits several areas; the one the source means was taken", Severity.NOTE),
            Rule("A008", "code and name of the area disagree"),
            Rule("A009", "text in place of the code of an area"),
            Rule("A010", "retired area in the list"),
            Rule("A011", "letters of two alphabets in one word", Severity.NOTE),
            Rule("A012", "letters of a name are lost"),
            Rule("A013", "former code of an area", Severity.NOTE),
            Rule("A014", "code of an area was changed by the spreadsheet"),
            Rule("P001", "period is not given"),
            Rule("P002", "period is not readable"),
            Rule("P003", "area did not exist in the whole period"),
            Rule("P004", "period is in the future"),
            Rule("P005", "file and --period name different periods"),
            Rule("P006", "file name and content speak of different years or months", Severity.ASK),
            Rule("P007", "period was turned into a date"),
            Rule("P008", "months are missing or not in order", Severity.ASK),
            Rule("P009", "period straddles a break of definition", Severity.NOTE),
            Rule("P010", "sum since 1 January where single months are expected"),
            Rule("P011", "figure of a time before it was collected"),
            Rule("V001", "not a whole number"),
            Rule("V002", "number is negative"),
            Rule("V003", "cell is empty"),
            Rule("V004", "part is larger than its total"),
            Rule("V005", "parts do not add up to their total"),
            Rule("V006", "unknown indicator"),
            Rule("V007", "unknown category"),
            Rule("V008", "unknown unit"),
            Rule("V009", "text is missing where it is required"),
            Rule("V010", "figures have no published table", Severity.NOTE),
            Rule("V011", "more schools reported than were due to"),
            Rule("V012", "figure is not collected in this month"),
            Rule("V013", "number given though no school reported"),
            Rule("V014", "value beside a status that says there is none"),
            Rule("V015", "formula has no stored value"),
            Rule("V016", "formula gives an error"),
            Rule("V017", "number was turned into a date"),
            Rule("V018", "letters in place of digits"),
            Rule("V019", "printed share is not that of its numbers"),
            Rule("V020", "mark is not known"),
            Rule("V021", "numbers were withheld by the sender", Severity.NOTE),
            Rule("V022", "districts do not add up to the region"),
            Rule("V023", "months do not add up to their quarter or year"),
            Rule("V024", "sum since 1 January falls"),
            Rule("V025", "register is not its last state, plus placed, minus removed", Severity.ASK),
            Rule("V026", "population jumps", Severity.ASK),
            Rule("V027", "number far above the own past", Severity.ASK),
            Rule("V028", "one month holds what several had", Severity.ASK),
            Rule("V029", "zeros where nothing may have been sent", Severity.ASK),
            Rule("V030", "gap where zero is likely", Severity.ASK),
            Rule("V031", "same numbers as in the month before", Severity.ASK),
            Rule("V032", "two areas have the same numbers", Severity.ASK),
            Rule("V033", "more cases than people"),
            Rule("V034", "register or staff falls as it cannot", Severity.ASK),
            Rule("V035", "all numbers are round", Severity.NOTE),
            Rule("V036", "number of schools due differs from the number of schools", Severity.ASK),
            Rule("V037", "figure sent again differs strongly", Severity.ASK),
            Rule("K001", "same file twice"),
            Rule("K002", "same area and period twice"),
            Rule("K003", "same key twice in one file"),
            Rule("K004", "already accepted, nothing new"),
            Rule("K005", "two sources give different numbers for one cell", Severity.NOTE),
            Rule("K006", "area that has reported before is missing", Severity.ASK),
            Rule("S001", "file looks as if it held data on single persons"),
            Rule("S002", "identification number of a person"),
            Rule("S003", "name of a person"),
            Rule("S004", "birth dates"),
            Rule("S005", "telephone number"),
        )
    }
)
PROBLEM_CODES: Final = tuple(RULES)
