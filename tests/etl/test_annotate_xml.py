"""Elements are found by their bytes, and nothing but what is meant is changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.annotate.styles import FILLS, Styles
from etl.annotate.xml import NotMarked, Splice, outline, place_of, quoted, readable, written
from riskmap.domain.errors import Severity

ODD = (
    b"\xef\xbb\xbf<?xml version='1.0'?><!-- <a> --><x:a xmlns:x='urn:x' one = 'a>b' two=\"it's\" >"
    b"<x:b s='1'/><![CDATA[<x:b/>]]><c\n  s='2'\t></c ><x:b xmlns:x='urn:y' s='3'>\xd2\x9b</x:b></x:a>"
)


def test_elements_are_found_where_their_bytes_are() -> None:
    root = outline(ODD)
    assert root.attributes == {"one": "a>b", "two": "it's"}
    whole = [ODD[child.start : child.end] for child in root.children]
    assert whole == [b"<x:b s='1'/>", b"<c\n  s='2'\t></c >", b"<x:b xmlns:x='urn:y' s='3'>\xd2\x9b</x:b>"]
    assert [child.is_empty for child in root.children] == [True, False, False]
    assert [child.prefix for child in root.children] == ["x:", "", "x:"]


def test_attributes_are_set_added_and_taken_away_and_nothing_else_changes() -> None:
    splice, root = Splice(ODD), outline(ODD)
    splice.retag(root, changes={"one": None, "three": '<&"'})
    splice.retag(root.children[0], changes={"s": "9", "t": "n"})
    splice.retag(root.children[1], changes={"s": "8"})
    assert splice.result() == ODD.replace(
        b" one = 'a>b' two=\"it's\" >", b' two="it\'s" three="&lt;&amp;&quot;">'
    ).replace(b"<x:b s='1'/><", b'<x:b s="9" t="n"/><').replace(b"s='2'\t>", b's="8">').replace(b"<c\n ", b"<c")


def test_children_are_put_into_an_empty_element_and_at_the_end_of_a_full_one() -> None:
    data = b'<a><b n="0"/><c>1</c></a>'
    splice, root = Splice(data), outline(data)
    splice.append(root.children[0], "<d/>", changes={"n": "1"})
    splice.append(root.children[1], "<d/>")
    splice.insert(root.children[1].start, "<e/>")
    splice.insert(root.children[1].start, "<f/>")
    assert splice.result() == b'<a><b n="1"><d/></b><e/><f/><c>1<d/></c></a>'


def test_a_new_child_stands_in_the_order_of_the_standard() -> None:
    root = outline(b"<a><b/><d/><odd/></a>")
    assert place_of(root, "c", "b c d") == 7
    assert place_of(root, "b", "b c d") == 3


def test_only_what_is_wanted_is_kept() -> None:
    root = outline(b"<a><b><c/></b><d><c/></d></a>", lambda parent, name, _: name != "b")
    assert [child.name for child in root.children] == ["d"]
    assert [child.name for child in root.children[0].children] == ["c"]


@pytest.mark.parametrize("data", [b"", b"<a>", b"<a/><b/>", b'<!DOCTYPE a [<!ENTITY e "e">]><a>&e;</a>'])
def test_what_is_no_part_of_a_workbook_is_not_marked(data: bytes) -> None:
    with pytest.raises(NotMarked):
        outline(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1251"])
def test_a_part_in_another_encoding_becomes_utf_8(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><a b="Ақмола"/>'.replace("қ", "к")
    root = outline(readable(text.encode(encoding)))
    assert root.attributes["b"] == "Акмола"


def test_an_encoding_that_nobody_knows_is_not_marked() -> None:
    with pytest.raises(NotMarked):
        readable(b'<?xml version="1.0" encoding="x-none"?><a/>')


@given(text=st.text())
def test_any_text_is_the_value_of_an_attribute(text: str) -> None:
    data = b"<a b='c'/>"
    splice = Splice(data)
    splice.retag(outline(data), changes={"b": text})
    seen = outline(splice.result()).attributes["b"]
    assert len(seen) == len(text)


def test_what_a_spreadsheet_would_read_as_a_letter_stays_what_it_is() -> None:
    assert written("_x0041_ a\r\nb") == "_x005F_x0041_ a\nb"
    assert quoted("_x0041_") == "_x0041_"


def test_styles_that_hold_nothing_get_what_a_spreadsheet_takes_for_its_own() -> None:
    styles = Styles(b'<styleSheet xmlns="urn:x"></styleSheet>')
    assert styles.painted(7, Severity.ASK) == styles.painted(7, Severity.ASK) == 1
    root = outline(styles.result())
    assert [child.name for child in root.children] == ["fonts", "fills", "borders", "cellXfs"]
    fills = root.children[1].children
    assert [fill.children[0].attributes["patternType"] for fill in fills] == ["none", "gray125", *["solid"] * 3]
    assert fills[3].children[0].children[0].attributes["rgb"] == FILLS[Severity.ASK]
    assert root.children[3].children[1].attributes["fillId"] == "3"
