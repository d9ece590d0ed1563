"""Every code a `Problem` may carry, declared once: code -> name.

The first letter says where the fault lies: F the file as a whole, L its layout, A areas, P periods, V values,
K keys and repetitions, S person-level content. The words of a code are `problem.<code>.text` and
`problem.<code>.remedy` in every locale; docs/errors.md has a heading for each.
"""

from typing import Final

PROBLEM_CODES: Final[dict[str, str]] = {
    "F001": "file not found",
    "F002": "file is empty",
    "F003": "file is damaged or is not of the kind its name says",
    "F004": "no source recognises this file",
    "F005": "file is larger than the limit",
    "F006": "file is protected by a password",
    "L001": "sheet is missing or renamed",
    "L002": "sheet has another title than expected",
    "L003": "column number row not found where expected",
    "L004": "row code is not where expected",
    "L005": "row label has changed",
    "L006": "column heading has changed",
    "L007": "unknown column",
    "L008": "column is missing",
    "A001": "area is not given",
    "A002": "unknown area",
    "A003": "area name fits several areas",
    "A004": "area did not exist on that date",
    "A005": "file name and --area name different areas",
    "A006": "area is of another level than expected",
    "A007": "file name fits several areas; the one the source means was taken",
    "A008": "code and name of the area disagree",
    "P001": "period is not given",
    "P002": "period is not readable",
    "P003": "area did not exist in the whole period",
    "P004": "period is in the future",
    "V001": "not a whole number",
    "V002": "number is negative",
    "V003": "cell is empty",
    "V004": "part is larger than its total",
    "V005": "parts do not add up to their total",
    "V006": "unknown indicator",
    "V007": "unknown category",
    "V008": "unknown unit",
    "V009": "text is missing where it is required",
    "V010": "figures have no published table",
    "K001": "same file twice",
    "K002": "same area and period twice",
    "K003": "same key twice in one file",
    "K004": "already accepted, nothing new",
    "K005": "two sources give different numbers for one cell",
    "S001": "file looks as if it held data on single persons",
}
