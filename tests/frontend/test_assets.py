import re
from pathlib import Path

import pytest

from app.web.assets import STATIC, AssetMissingError, make_asset
from tests.frontend.rendering import ROOT, environment

ENTRIES = ["main.ts", "styles/citizen.css", "styles/staff.css"]
CITIZEN_PAGE_LIMIT = 100_000  # bytes, uncompressed, at the first visit


def file_of(url: str) -> Path:
    return STATIC / url.removeprefix("/static/").partition("?")[0]


@pytest.mark.parametrize("name", [*ENTRIES, "icons/sprite.svg", "icons/favicon.svg", "icons/app-180.png"])
def test_an_asset_that_pages_name_exists(name: str) -> None:
    assert file_of(make_asset()(name)).is_file()


def test_a_missing_asset_says_where_to_add_it() -> None:
    with pytest.raises(AssetMissingError, match=r"vite\.config\.ts"):
        make_asset()("other.ts")
    with pytest.raises(AssetMissingError, match="No static file"):
        make_asset()("icons/nothing.svg")


def test_without_a_build_the_error_says_how_to_build(tmp_path: Path) -> None:
    with pytest.raises(AssetMissingError, match="make setup"):
        make_asset(static=tmp_path)("main.ts")


def test_a_changed_file_gets_another_address(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text("1")
    before = make_asset(static=tmp_path)("a.svg")
    (tmp_path / "a.svg").write_text("2")
    assert make_asset(static=tmp_path)("a.svg") != before


def test_a_bare_citizen_page_weighs_at_most_100_kb_with_its_fonts() -> None:
    html = environment().from_string('{% extends "citizen.html" %}').render()
    urls = {url.partition("#")[0] for url in re.findall(r'(?:href|src)="(/static/[^"]+)"', html)}
    first = {url for url in urls if "app-180" not in url}  # only a home screen asks for that one
    css = next(file_of(url) for url in first if url.endswith(".css"))
    fonts = [css.parent / name for name in re.findall(r"url\(\./([^)]+\.woff2)\)", css.read_text())]
    assert len(fonts) == 4
    script = next(file_of(url) for url in first if url.endswith(".js"))
    statically_imported = re.findall(r'from"\./([^"]+)"', script.read_text())
    weights = [len(html.encode()), *(file_of(url).stat().st_size for url in first), *(font.stat().st_size for font in fonts),
               *((script.parent / name).stat().st_size for name in statically_imported)]  # fmt: skip
    assert sum(weights) <= CITIZEN_PAGE_LIMIT


def test_nothing_built_asks_another_host() -> None:
    for css in (STATIC / "dist").rglob("*.css"):
        assert re.findall(r"url\(\s*['\"]?(?:https?:)?//", css.read_text()) == []


def test_the_lock_names_no_host() -> None:
    lock = (ROOT / "app" / "frontend" / "package-lock.json").read_text(encoding="utf-8")
    assert re.findall(r"https?://[^\"]*|\"resolved\"", lock) == []
