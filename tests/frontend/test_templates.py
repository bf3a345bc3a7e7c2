"""Rules for every template of the product."""

import re
from pathlib import Path

import pytest

from tests.frontend.rendering import TEMPLATES, environment

ALL = sorted(TEMPLATES.rglob("*.html"))
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
# what the content security policy would refuse: styles, handlers and scripts in the page itself
INLINE = {
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a script without src": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "something from another host": re.compile(r"(?:src=|<link\b[^>]*href=)[\"']https?://", re.IGNORECASE),
}
TRANSLATED = re.compile(r"\b_\(\s*(\"[^\"]*\"|'[^']*')|\{%-?\s*trans\b.*?\{%-?\s*endtrans\s*-?%\}", re.DOTALL)
VIETNAMESE = re.compile(r"[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
NAMES = re.compile(r"Tận Nhà|Tiếng Việt|\bđ\b")  # names and the currency stay as they are in every language


def name_of(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_a_template_has_nothing_inline(path: Path) -> None:
    source = COMMENT.sub("", path.read_text(encoding="utf-8"))
    assert [what for what, pattern in INLINE.items() if pattern.search(source)] == []


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_a_template_can_be_read(path: Path) -> None:
    environment().parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", [path for path in ALL if path.name != "guide.html"], ids=name_of)
def test_a_template_says_nothing_outside_the_catalogue(path: Path) -> None:
    source = NAMES.sub("", TRANSLATED.sub("", COMMENT.sub("", path.read_text(encoding="utf-8"))))
    assert [line.strip() for line in source.splitlines() if VIETNAMESE.search(line)] == []


@pytest.mark.parametrize("path", sorted((TEMPLATES / "components").glob("*.html")), ids=name_of)
def test_a_component_says_how_it_is_used(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("{#- ")
