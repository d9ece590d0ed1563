"""Changes an XML part where it stands: elements are found by their bytes, and all other bytes stay as they are.

A spreadsheet's parts hold prefixes, extensions and an order of attributes that only the program which wrote them
understands; a parser that writes them anew loses some of that.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NoReturn
from xml.parsers import expat

_START_TAG: Final = re.compile(rb"<[^>\"']*(?:\"[^\"]*\"[^>\"']*|'[^']*'[^>\"']*)*>")
_ATTRIBUTE: Final = re.compile(rb"\s+([^\s=/>]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_ENCODING: Final = re.compile(r"""(<\?xml[^>]*?)\s+encoding=["']([\w.-]+)["']""")
_DECLARATION: Final = 200  # characters in which a part says its encoding
_ESCAPED: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_XML: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NotMarked(Exception):
    """A package that cannot be marked in place, because a part of it is missing or not as the standard says."""


@dataclass(slots=True)
class Element:
    """One element and where its bytes stand; an attribute of another namespace has that before its name."""

    name: str
    prefix: str  # as written, with its colon
    attributes: Mapping[str, str]
    start: int
    inside: int  # after the start tag
    close: int = 0  # where the end tag begins
    end: int = 0
    children: list["Element"] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether the start tag is the end tag too."""
        return self.inside == self.end

    @property
    def relation(self) -> str:
        """The id of the part that the element names."""
        return next((text for name, text in self.attributes.items() if name.endswith("/relationships id")), "")

    def first(self, name: str) -> "Element | None":
        """The first child of that name."""
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> "list[Element]":
        """The children of that name."""
        return [child for child in self.children if child.name == name]


Wanted = Callable[[Element, str, Mapping[str, str]], bool]


def _everything(parent: Element, name: str, attributes: Mapping[str, str]) -> bool:
    return True


def outline(data: bytes, wanted: Wanted = _everything) -> Element:
    """The root with the elements below it that are wanted; of one that is not, nothing below it either."""
    try:
        return _Outline(data, wanted).root()
    except expat.ExpatError as fault:
        raise NotMarked(str(fault)) from fault


class _Outline:
    def __init__(self, data: bytes, wanted: Wanted) -> None:
        self._data, self._wanted = data, wanted
        self._open: list[Element] = []
        self._below = 0  # how deep inside an element that is not wanted
        self._root: Element | None = None
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.namespace_prefixes = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = _refuse_doctype

    def root(self) -> Element:
        self._parser.Parse(self._data, True)
        if self._root is None:
            raise NotMarked("no element")
        return self._root

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._below:
            self._below += 1
            return
        _, local, prefix = (name.split(" ") + ["", ""])[:3] if " " in name else ("", name, "")
        given = {" ".join(key.split(" ")[:2]): text for key, text in attributes.items()}
        if self._open and not self._wanted(self._open[-1], local, given):
            self._below = 1
            return
        start = self._parser.CurrentByteIndex
        tag = _START_TAG.match(self._data, start)
        if tag is None:
            raise NotMarked(f"no start tag at {start}")
        element = Element(local, f"{prefix}:" if prefix else "", given, start, tag.end())
        if self._open:
            self._open[-1].children.append(element)
        self._open.append(element)

    def _end(self, _: str) -> None:
        if self._below:
            self._below -= 1
            return
        element = self._root = self._open.pop()
        if self._data[element.inside - 2 : element.inside] == b"/>":
            element.close = element.end = element.inside
        else:
            element.close = self._parser.CurrentByteIndex
            element.end = self._data.index(b">", element.close) + 1


def _refuse_doctype(*_: object) -> NoReturn:
    raise NotMarked("document type")


class Splice:
    """Changes of one part, all given by the places of the original."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._edits: list[tuple[int, int, bytes]] = []

    def insert(self, at: int, new: str) -> None:
        """Put a text in; several at one place follow each other in the order given."""
        self._edits.append((at, at, new.encode()))

    def replace(self, element: Element, new: str) -> None:
        """Put a text in place of a whole element."""
        self._edits.append((element.start, element.end, new.encode()))

    def retag(self, element: Element, *, changes: Mapping[str, str | None]) -> None:
        """Set attributes of an element, None takes one away; once for each element."""
        self._edits.append((element.start, element.inside, self._tag(element, changes)))

    def append(self, element: Element, new: str, *, changes: Mapping[str, str | None] | None = None) -> None:
        """Put children at the end of an element, and set attributes of it."""
        if not element.is_empty:
            if changes:
                self.retag(element, changes=changes)
            self.insert(element.close, new)
            return
        tag = self._tag(element, changes or {})[:-2].rstrip() + b">"
        closing = f"{new}</{element.prefix}{element.name}>".encode()
        self._edits.append((element.start, element.end, tag + closing))

    def result(self) -> bytes:
        """The part with all changes."""
        pieces, done = [], 0
        for start, end, new in sorted(self._edits, key=lambda edit: edit[:2]):
            pieces += [self.data[done:start], new]
            done = end
        return b"".join([*pieces, self.data[done:]])

    def _tag(self, element: Element, changes: Mapping[str, str | None]) -> bytes:
        tag = self.data[element.start : element.inside]
        left = dict(changes)
        pieces, done = [], 0
        for found in _ATTRIBUTE.finditer(tag):
            name = found[1].decode()
            if name in left:
                new = left.pop(name)
                pieces += [tag[done : found.start()], b"" if new is None else _attribute(name, new)]
                done = found.end()
        rest = tag[done:]
        end = len(rest) - (2 if rest.endswith(b"/>") else 1)
        added = b"".join(_attribute(name, new) for name, new in left.items() if new is not None)
        return b"".join([*pieces, rest[:end].rstrip(), added, rest[end:]])


def _attribute(name: str, text: str) -> bytes:
    return f' {name}="{quoted(text)}"'.encode()


def place_of(parent: Element, name: str, order: str) -> int:
    """Where a new child of that name belongs among those that are there; `order` is that of the standard, in words."""
    names = order.split()
    before = names[: names.index(name)]
    return max((child.end for child in parent.children if child.name in before), default=parent.inside)


def readable(data: bytes) -> bytes:
    """A part in UTF-8, whatever it was written in."""
    declared = _ENCODING.match(data[:_DECLARATION].decode("latin-1"))
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else declared[2] if declared else "utf-8"
    if encoding.lower() in ("utf-8", "utf8", "us-ascii", "ascii"):
        return data
    try:
        text = data.decode(encoding)
        return (_ENCODING.sub(r"\1", text[:_DECLARATION], count=1) + text[_DECLARATION:]).encode()
    except (UnicodeDecodeError, LookupError) as fault:
        raise NotMarked(str(fault)) from fault


def quoted(text: str) -> str:
    """A text as the value of an attribute or the content of an element; what XML cannot hold becomes a mark."""
    text = _NOT_XML.sub("\ufffd", text)
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\r", "&#13;")):
        text = text.replace(sign, entity)
    return text


def written(text: str) -> str:
    """The content of a cell or a comment; `_x0041_`, which a spreadsheet would read as a letter, stays what it is."""
    return quoted(_ESCAPED.sub("_x005F_", text.replace("\r\n", "\n").replace("\r", "\n")))
