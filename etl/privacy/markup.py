"""The texts inside one XML part of a workbook, by patterns: nothing is parsed, so no entity is ever expanded.

Every pattern runs in time that grows with the text and no faster, whatever stands in it.
"""

import codecs
import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from typing import Final
from urllib.parse import unquote

# Text nodes, and the values of attributes; both may be a name, a heading or a number.
_NODE: Final = re.compile(r">([^<>]*[^<>\s])\s*<")
_ATTRIBUTE: Final = re.compile(r'="([^"<]{3,})"')
_QUOTED_ONCE: Final = re.compile(r"='([^'<]{3,})'")
# What one reads as one text, though its parts look different and stand in nodes of their own.
_JOINED: Final = ("si", "is", "text", "p", "div")
_TAG: Final = re.compile(r"<[^<>]*>")
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_IDENTIFIER: Final = re.compile(r"\{?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?")
_ATTRIBUTES: Final = re.compile(r"""(?<![\w:.-])([\w:.-]+)\s?=\s?(?:"([^"]*)"|'([^']*)')""")
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CDATA: Final = "<![CDATA["


def decoded(part: bytes) -> str:
    """A part as text; bytes that are no letters are replaced, since a look must not fail on them."""
    encoding = next((name for bom, name in _BOMS if part.startswith(bom)), "utf-8")
    xml = part.decode(encoding, "replace")
    return xml.replace(_CDATA, "").replace("]]>", "") if _CDATA in xml else xml


def texts(xml: str) -> set[str]:
    """The different texts of a part: nodes, values of attributes, and nodes that are read as one."""
    found = set(_NODE.findall(xml))
    if xml.count("<") != xml.count(">"):  # a sign of comparison in a text, unescaped
        found.update(piece.partition(">")[2] for piece in xml.split("<"))
    found.update(_ATTRIBUTE.findall(xml))
    if "='" in xml:
        found.update(_QUOTED_ONCE.findall(xml))
    found.update(joined(content) for _, content in elements(xml, *_JOINED) if content.count("</") > 2)
    return {plain(text) for text in found if not _IDENTIFIER.fullmatch(text)}


def plain(text: str) -> str:
    """A text without the escapes of XML, of workbooks (`_x0041_`) and of addresses (`%D0%98`)."""
    if "&" in text:
        text = unescape(text)
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return unquote(text) if "%D" in text else text


def joined(xml: str) -> str:
    """All text inside an element, without its tags."""
    return plain(_TAG.sub("", xml))


def attributes(tag: str) -> dict[str, str]:
    """The attributes of a tag by name without prefix."""
    return {name.rpartition(":")[2]: plain(double or single) for name, double, single in _ATTRIBUTES.findall(tag)}


@cache
def _opening(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"<((?:\w{{1,20}}:)?(?:{'|'.join(names)}))(?=[\s/>])([^<>]*)>")


def elements(xml: str, *names: str) -> Iterator[tuple[str, str]]:
    """The attributes, as written, and the content of every element of these names; one inside another is not told."""
    opening = _opening(names)
    found = opening.search(xml)
    while found:
        end = found.end()
        if found[2].endswith("/"):
            yield found[2], ""
        else:
            closing = f"</{found[1]}>"
            close = xml.find(closing, end)
            yield found[2], xml[end : close if close >= 0 else None]
            if close < 0:
                return
            end = close + len(closing)
        found = opening.search(xml, end)
