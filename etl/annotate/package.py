"""The package of a workbook: its parts as bytes, how they name each other, and what kind each is."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from etl.annotate.xml import NotMarked, Splice, outline, quoted, readable

KINDS: Final = "[Content_Types].xml"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # no moment of writing: the same faults give the same bytes
_NO_RELATIONS: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)


@dataclass(frozen=True, slots=True)
class Relation:
    """One part that another one names; `kind` is the address of its type."""

    id: str
    kind: str
    target: str


class Package:
    """Parts by name; what is not written keeps its bytes, its order and its date."""

    def __init__(self, content: bytes) -> None:
        with ZipFile(BytesIO(content)) as archive:
            self._infos = {info.filename: info for info in archive.infolist()}
            self._parts = {name: archive.read(info) for name, info in self._infos.items()}
        self._names = {name.casefold(): name for name in self._parts}

    def read(self, name: str) -> bytes:
        """The bytes of a part, in UTF-8."""
        if name.casefold() not in self._names:
            raise NotMarked(f"no part {name}")
        return readable(self._parts[self._names[name.casefold()]])

    def write(self, name: str, data: bytes) -> None:
        """Set the bytes of a part, new or there before."""
        self._parts[self._names.setdefault(name.casefold(), name)] = data

    def add(self, pattern: str, data: bytes, *, kind: str) -> str:
        """A new part of a declared kind, under the first free number in its name."""
        number = next(n for n in range(1, len(self._parts) + 2) if pattern.format(n).casefold() not in self._names)
        name = pattern.format(number)
        self.write(name, data)
        part = self.read(KINDS)
        splice, root = Splice(part), outline(part)
        splice.append(root, f'<{root.prefix}Override PartName="/{quoted(name)}" ContentType="{kind}"/>')
        self.write(KINDS, splice.result())
        return name

    def relations(self, part: str) -> list[Relation]:
        """The parts that a part names; addresses outside the package are left out."""
        if _relations_of(part).casefold() not in self._names:
            return []
        return list(self._relations(part))

    def _relations(self, part: str) -> Iterator[Relation]:
        for element in outline(self.read(_relations_of(part))).all("Relationship"):
            given = element.attributes
            if given.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), given.get("Target", "")))
                yield Relation(given.get("Id", ""), given.get("Type", ""), target.lstrip("/"))

    def related(self, part: str, ending: str) -> Relation | None:
        """The first part of a kind that a part names; the ending of the kind is enough."""
        return next((found for found in self.relations(part) if found.kind.endswith(f"/{ending}")), None)

    def relate(self, part: str, target: str, *, kind: str) -> str:
        """Let a part name another one; the id under which it does."""
        path = _relations_of(part)
        data = self.read(path) if path.casefold() in self._names else _NO_RELATIONS
        splice, root = Splice(data), outline(data)
        taken = {element.attributes.get("Id") for element in root.children}
        identifier = next(f"rId{n}" for n in range(1, len(taken) + 2) if f"rId{n}" not in taken)
        own = f'Id="{identifier}" Type="{kind}" Target="/{quoted(target)}"'
        splice.append(root, f"<{root.prefix}Relationship {own}/>")
        self.write(path, splice.result())
        return identifier

    def save(self) -> bytes:
        """The package as a file."""
        kept = BytesIO()
        with ZipFile(kept, "w", ZIP_DEFLATED) as archive:
            for name, data in self._parts.items():
                archive.writestr(_info(name, self._infos), data)
        return kept.getvalue()


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _info(name: str, known: Mapping[str, ZipInfo]) -> ZipInfo:
    given = known.get(name)
    info = ZipInfo(name, given.date_time if given else _EPOCH)
    info.compress_type = given.compress_type if given else ZIP_DEFLATED
    info.external_attr = given.external_attr if given else 0o600 << 16
    return info


def packed(parts: Mapping[str, str]) -> bytes:
    """A package made of texts."""
    kept = BytesIO()
    with ZipFile(kept, "w", ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(_info(name, {}), text)
    return kept.getvalue()
