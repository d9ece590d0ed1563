"""The look for numbers in bytes finds them as they are written, kept and packed, and nothing that resembles them."""

import base64
import struct
import zipfile
import zlib
from io import BytesIO

import numpy as np
import pytest
from google.protobuf.wrappers_pb2 import DoubleValue, Int64Value  # type: ignore[import-untyped]

from tests.etl.traces import Wanted

NUMBER, RATE, TEXT = 840_007_919_001, 89_876_543.218, "planted-text"
WANTED = Wanted(frozenset({float(NUMBER), RATE}), frozenset({TEXT}))


def in_archive(content: bytes) -> bytes:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sheet.xml", content)
    return archive.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"840,007,919,001 cases",
        "840\u00a0007\u00a0919\u00a0001".encode(),
        b'{"text": "840\\u00a0007\\u00a0919\\u00a0001"}',
        b"area,840007919001.0,12",
        b"odd" + struct.pack("<d", NUMBER),
        b"odd" + struct.pack(">q", NUMBER),
        b'{"bdata": "' + base64.b64encode(np.array([1.0, NUMBER, 3.0]).tobytes()) + b'"}',
        in_archive(b"<v>840007919001</v>"),
        zlib.compress(b"840007919001"),
        DoubleValue(value=NUMBER).SerializeToString(),
        Int64Value(value=NUMBER).SerializeToString(),
    ],
)
def test_a_number_is_found_as_it_is_written_kept_and_packed(content: bytes) -> None:
    assert WANTED.found_in(content) == {NUMBER}


@pytest.mark.parametrize("content", [b"89,876,543.2", b"89876543.218000001", struct.pack("<d", RATE)])
def test_a_rate_is_found_rounded_and_whole(content: bytes) -> None:
    assert WANTED.found_in(content) == {RATE}


@pytest.mark.parametrize("content", [b"x planted-text y", in_archive(b"planted-text"), TEXT.encode("utf-16-le")])
def test_a_text_is_found(content: bytes) -> None:
    assert WANTED.found_in(content) == {TEXT}


@pytest.mark.parametrize("content", [b"", b"840,007,919,002", b"84 0", struct.pack("<d", NUMBER + 1), b"planted text"])
def test_what_resembles_it_is_not_found(content: bytes) -> None:
    assert WANTED.found_in(content) == set()
