"""Codes that machines read: Code 128 bar by bar, QR as plain SVG."""

from __future__ import annotations

import io
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.documents.barcode import code128
from app.services.documents.qr import qr_svg


def symbols(widths: list[int]) -> list[tuple[int, ...]]:
    """Six widths a symbol; the stop has seven."""
    return [tuple(widths[place : place + 6]) for place in range(0, len(widths) - 7, 6)]


def test_a_known_text_has_the_published_bars() -> None:
    # start B, "A", check 34, stop: ISO/IEC 15417 tables
    assert code128("A") == [int(width) for width in "211214" + "111323" + "131123" + "2331112"]


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20))
def test_every_symbol_is_eleven_modules_wide_and_the_stop_thirteen(text: str) -> None:
    widths = code128(text)

    assert {sum(symbol) for symbol in symbols(widths)} == {11}
    assert sum(widths[-7:]) == 13
    assert len(symbols(widths)) == len(text) + 2


@pytest.mark.parametrize("text", ["", "đ", "a\n"])
def test_other_letters_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="ASCII"):
        code128(text)


def test_a_qr_is_an_svg_element_without_a_script_or_a_link() -> None:
    svg = qr_svg("http://localhost:8000/theo-doi/abc")

    tree = ET.parse(io.StringIO(svg))
    assert tree.getroot().tag.endswith("svg")
    assert "script" not in svg
    assert "localhost" not in svg
