"""A file of the operator's that is no text of ours is one sentence: which file, which key, and the way out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.config import Settings, SettingsError, load_keys
from app.gateways import links_file
from app.gateways.inbox import _key
from app.gateways.link_parts import secret_of
from app.text_files import NoText, read_text

PLACES = "unit_code,province_code,district_code,commune_code\n23776,52,520,52001\n"
LINKS = """
[carriers.vnpost]
interface = "own"
customer_code = "KH01"
{key} = "{name}"
"""
ENCODINGS = {
    "UTF-16, as Excel's Unicode text": ("Gò Đỏ".encode("utf-16"), "UTF-16: save it as UTF-8"),
    "UTF-16 without its mark": ("Pleiku".encode("utf-16-le"), "NUL bytes"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\r", "save it as UTF-8"),
    "Latin-1": ("Gò".encode("latin-1"), "is not UTF-8 at byte 1: save it as UTF-8"),
}


def reading(folder: Path, key: str, raw: bytes | None) -> str:
    """What the file of links says when `key` names a file of these bytes, or (None) a folder; "" when nothing is wrong."""
    name = "named"
    (folder / name).mkdir() if raw is None else (folder / name).write_bytes(raw)
    (folder / "links.toml").write_text(LINKS.format(key=key, name=name))
    try:
        links_file(Settings(var=folder, links=folder / "links.toml"))
    except SettingsError as wrong:
        return str(wrong)
    return ""


@pytest.mark.parametrize("key", ["places_file", "tracking_codes_file"])
@pytest.mark.parametrize("kind", ENCODINGS)
def test_a_named_file_in_another_encoding_says_its_key_and_the_way_out(tmp_path: Path, key: str, kind: str) -> None:
    raw, why = ENCODINGS[kind]
    told = reading(tmp_path, key, raw)
    assert f"carriers.vnpost.{key} names {tmp_path / 'named'}" in told
    assert why in told


@pytest.mark.parametrize("key", ["places_file", "tracking_codes_file"])
def test_a_folder_or_nothing_at_all_says_its_key(tmp_path: Path, key: str) -> None:
    assert "it is a folder" in reading(tmp_path, key, None)
    (tmp_path / "named").rmdir()
    assert f"carriers.vnpost.{key}" in reading(tmp_path, key, b"")


def test_a_byte_order_mark_is_forgiven_everywhere(tmp_path: Path) -> None:
    mark = b"\xef\xbb\xbf"
    assert reading(tmp_path, "places_file", mark + PLACES.encode()) == ""
    assert reading(tmp_path, "tracking_codes_file", mark + json.dumps({}).encode()) == ""
    (tmp_path / "links.toml").write_bytes(mark + LINKS.format(key="contact_phone", name="1022").encode())
    assert links_file(Settings(var=tmp_path, links=tmp_path / "links.toml")).carriers
    (tmp_path / "secret").write_bytes(mark + b"abc\r\n")
    assert secret_of(tmp_path / "secret")() == "abc"


@pytest.mark.parametrize(
    "raw",
    [
        b"unit_code,province_code\n",
        b"unit_code,province_code\n23776,52\n",
        PLACES.encode() + b"23777,52\n",
        b"unit_code,province_code,district_code,commune_code\n" + b"9" * 200_000,
    ],
)
def test_places_without_their_columns_are_refused(tmp_path: Path, raw: bytes) -> None:
    assert "carriers.vnpost.places_file" in reading(tmp_path, "places_file", raw)


@pytest.mark.parametrize("kind", ENCODINGS)
def test_the_file_of_links_itself_says_what_is_wrong_with_it(tmp_path: Path, kind: str) -> None:
    raw, why = ENCODINGS[kind]
    (tmp_path / "links.toml").write_bytes(raw)
    with pytest.raises(SettingsError, match=f"^TANNHA_LINKS=.*{why}"):
        links_file(Settings(var=tmp_path, links=tmp_path / "links.toml"))


def test_a_file_of_links_nested_without_end_or_in_a_circle_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "links.toml").write_text("a = " + "[" * 100_000)
    with pytest.raises(SettingsError, match=r"^TANNHA_LINKS="):
        links_file(Settings(var=tmp_path, links=tmp_path / "links.toml"))
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    with pytest.raises(SettingsError, match=r"^TANNHA_LINKS="):
        links_file(Settings(var=tmp_path, links=tmp_path / "circle"))
    with pytest.raises(SettingsError, match=r"^TANNHA_LINKS="):
        links_file(Settings(var=tmp_path, links=tmp_path))


@pytest.mark.parametrize("name", ["circle", "a\\u0000b", "links.toml/below"])
def test_a_name_that_leads_nowhere_says_its_key(tmp_path: Path, name: str) -> None:
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    (tmp_path / "links.toml").write_text(LINKS.format(key="places_file", name=name))
    with pytest.raises(SettingsError, match=r"carriers\.vnpost\.places_file names"):
        links_file(Settings(var=tmp_path, links=tmp_path / "links.toml"))


@pytest.mark.parametrize("read", [lambda path: secret_of(path)(), _key])
@pytest.mark.parametrize("kind", ENCODINGS)
def test_a_key_that_is_no_text_is_one_sentence(tmp_path: Path, read: Callable[[Path], object], kind: str) -> None:
    raw, why = ENCODINGS[kind]
    (tmp_path / "key").write_bytes(raw)
    with pytest.raises(SettingsError, match=f"TANNHA_LINKS: .* key .*{why}|the secret file key .*{why}"):
        read(tmp_path / "key")


@pytest.mark.parametrize("raw", [b"", b"\xef\xbb\xbf\n"])
def test_an_empty_secret_is_none(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "key").write_bytes(raw)
    with pytest.raises(SettingsError, match="the secret file key is empty"):
        secret_of(tmp_path / "key")()


def test_a_spoiled_secret_of_the_installation_says_where_it_lies(tmp_path: Path) -> None:
    settings = Settings(environment="test", var=tmp_path)
    load_keys(settings)
    (settings.private / "signing-key").write_bytes(b"\xff\xfe\0")
    with pytest.raises(SettingsError, match=r"signing-key is UTF-16.*bring it back from a backup"):
        load_keys(settings)


class Locked(type(Path())):  # type: ignore[misc]  # which of two classes, the system says
    """A file that this account may not read: root may read all, and the tests may be root's."""

    def read_bytes(self) -> bytes:
        raise PermissionError(13, "Permission denied")


def test_a_file_without_the_right_to_it_says_so() -> None:
    with pytest.raises(NoText, match="give this program's account the right to"):
        read_text(Locked("named"))


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("23776,52,520,52001\n23776,52,520,52002\n", "line 3: says the same thing as line 2"),
        ("23776,52,,52001\n", "line 2, district_code: must not be empty"),
        ('23776,52,"520,52001\n23779,52,520,52002\n', "line 2: a quotation mark is opened and never closed"),
        ("", "the file has no rows"),
    ],
)
def test_a_wrong_row_of_places_is_named(tmp_path: Path, rows: str, why: str) -> None:
    assert why in reading(tmp_path, "places_file", f"{PLACES.splitlines()[0]}\n{rows}".encode())


def test_a_code_of_a_carrier_that_stands_twice_is_named(tmp_path: Path) -> None:
    assert "stands twice in one object" in reading(tmp_path, "tracking_codes_file", b'{"70": {}, "70": {}}')
