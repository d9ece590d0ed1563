"""The list of sheets of a workbook, and a new sheet in front of it."""

import posixpath
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import unescape

from etl.annotate.package import Package
from etl.annotate.styles import EMPTY
from etl.annotate.xml import Element, NotMarked, Splice, outline, place_of, quoted

MARK: Final = "riskmap_faults"  # the name under which the list of faults is known, whatever its sheet is called

_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.{}+xml"
SHEET_TYPE: Final = _TYPE.format("worksheet")
STYLES_TYPE: Final = _TYPE.format("styles")
COMMENTS_TYPE: Final = _TYPE.format("comments")
_LONGEST_NAME: Final = 31
_ORDER: Final = (
    "fileVersion fileSharing workbookPr AlternateContent revisionPtr absPath workbookProtection bookViews sheets "
    "functionGroups externalReferences definedNames calcPr"
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook: its name and its part; a chart on a sheet of its own has no cells."""

    name: str
    part: str
    has_cells: bool


class Workbook:
    """The part that lists the sheets, and the kinds under which parts are named in this package."""

    def __init__(self, package: Package) -> None:
        self.package = package
        main = package.related("", "officeDocument")
        if main is None:
            raise NotMarked("no workbook")
        self.part, self.kinds = main.target, posixpath.dirname(main.kind)
        self._data = package.read(self.part)
        self._root = outline(self._data)
        self.sheets = self._sheets()
        self.fault_part = self._fault_part()

    @property
    def namespace(self) -> str:
        """The namespace of spreadsheets in this package: there are two, for two editions of the standard."""
        strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
        return strict if "purl.oclc.org" in self.kinds else "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

    def styles(self) -> str:
        """The part with the looks of cells, made where the workbook has none."""
        found = self.package.related(self.part, "styles")
        if found:
            return found.target
        empty = EMPTY.format(namespace=self.namespace).encode()
        name = self.package.add(posixpath.join(posixpath.dirname(self.part), "styles{}.xml"), empty, kind=STYLES_TYPE)
        self.package.relate(self.part, name, kind=f"{self.kinds}/styles")
        return name

    def free_name(self, name: str) -> str:
        """A name for a new sheet that no other has."""
        taken = {sheet.name.casefold() for sheet in self.sheets}
        names = (name, *(f"{name} ({n})" for n in range(2, len(taken) + 3)))
        return next(name for name in names if name.casefold() not in taken)[:_LONGEST_NAME]

    def put_first(self, name: str, part: str) -> None:
        """List a sheet before all others; what counts the sheets counts one more."""
        identifier = self.package.relate(self.part, part, kind=f"{self.kinds}/worksheet")
        splice, sheets = Splice(self._data), self._listed()
        numbers = [int(sheet.attributes.get("sheetId", "0")) for sheet in sheets.children]
        own = f'name="{quoted(name)}" sheetId="{max(numbers, default=0) + 1}" r:id="{identifier}"'
        tag = f'<{sheets.prefix}sheet xmlns:r="{self.kinds}" {own}/>'
        if sheets.is_empty:
            splice.append(sheets, tag)
        else:
            splice.insert(sheets.inside, tag)
        self._shift_views(splice)
        self._shift_names(splice, quoted("'" + name.replace("'", "''") + "'!$A$1"))
        self.package.write(self.part, splice.result())

    def _listed(self) -> Element:
        sheets = self._root.first("sheets")
        if sheets is None:
            raise NotMarked("no sheets")
        return sheets

    def _sheets(self) -> list[Sheet]:
        relations = {found.id: found for found in self.package.relations(self.part)}
        found = []
        for sheet in self._listed().all("sheet"):
            named = relations.get(sheet.relation)
            if named is None:
                raise NotMarked(f"no part of sheet {sheet.attributes.get('sheetId')}")
            found.append(Sheet(sheet.attributes.get("name", ""), named.target, named.kind.endswith("/worksheet")))
        return found

    def _fault_part(self) -> str:
        """The part with the list of faults of an earlier copy; empty where there is none."""
        names = self._root.first("definedNames")
        for name in names.children if names else []:
            if name.attributes.get("name") == MARK:
                place = unescape(self._data[name.inside : name.close].decode())
                title = place.rpartition("!")[0].strip("'").replace("''", "'")
                return next((sheet.part for sheet in self.sheets if sheet.name == title), "")
        return ""

    def _shift_views(self, splice: Splice) -> None:
        """The sheet that was in front stays the one that is shown: two selected sheets would be written to together."""
        views = self._root.first("bookViews")
        p, has_sheets = self._root.prefix, bool(self.sheets)
        if views is None:
            at = place_of(self._root, "bookViews", _ORDER)
            splice.insert(at, f'<{p}bookViews><{p}workbookView activeTab="{int(has_sheets)}"/></{p}bookViews>')
            return
        for view in views.all("workbookView"):
            shown = int(view.attributes.get("activeTab", "0")) + has_sheets
            first = "0" if "firstSheet" in view.attributes else None
            splice.retag(view, changes={"activeTab": str(shown), "firstSheet": first})

    def _shift_names(self, splice: Splice, place: str) -> None:
        p = self._root.prefix
        own = f'<{p}definedName name="{MARK}" hidden="1">{place}</{p}definedName>'
        names = self._root.first("definedNames")
        if names is None:
            at = place_of(self._root, "definedNames", _ORDER)
            splice.insert(at, f"<{p}definedNames>{own}</{p}definedNames>")
            return
        for name in names.all("definedName"):
            if "localSheetId" in name.attributes:
                splice.retag(name, changes={"localSheetId": str(int(name.attributes["localSheetId"]) + 1)})
        splice.append(names, own)
