"""What is built of the courier's app: small, installable, whole without a network, and nothing personal in a cache."""

from __future__ import annotations

import gzip
import json
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.config import Settings
from app.factory import create_app
from app.web.couriers.shell import BUILT, SHELL
from tests.fakes.no_database import NoDatabase

FIRST_LOAD_LIMIT = 400_000  # bytes, compressed, without the reader of codes
MANIFEST: dict[str, Any] = json.loads((BUILT / "manifest.webmanifest").read_text())
WORKER = (BUILT / "sw.js").read_text()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    settings = Settings(environment="test", var=tmp_path_factory.mktemp("var"))
    return create_app(settings, database=NoDatabase()).test_client()


def first_load() -> set[Path]:
    """The page, what it names, and everything these import at once or style with: fonts and icons, too."""
    chunks: dict[str, dict[str, Any]] = json.loads((BUILT / "manifest.json").read_text())

    def needed(key: str) -> Iterator[str]:
        chunk = chunks[key]
        yield from (chunk["file"], *chunk.get("css", ()), *chunk.get("assets", ()))
        for other in chunk.get("imports", ()):
            yield from needed(other)

    named = {BUILT / SHELL, BUILT / "manifest.webmanifest", *(BUILT / name for name in needed(SHELL))}
    return {path for path in named if path.suffix != ".wasm"}


def test_the_first_load_is_small() -> None:
    weights = {path.name: len(gzip.compress(path.read_bytes())) for path in first_load()}
    assert any(name.endswith(".js") for name in weights)
    assert any(name.endswith(".woff2") for name in weights)
    assert sum(weights.values()) <= FIRST_LOAD_LIMIT, weights


def test_reader_of_codes_and_map_are_loaded_only_when_asked_for() -> None:
    first = "\n".join(path.read_text() for path in first_load() if path.suffix == ".js")
    assert "leaflet-container" not in first
    assert not any(path.suffix == ".wasm" for path in first_load())


def test_everything_the_app_is_made_of_is_kept_on_the_phone() -> None:
    kept = set(re.findall(r'url:"([^"]+)"', WORKER))
    made = {str(path.relative_to(BUILT)) for path in (BUILT / "assets").iterdir()}
    assert made | {SHELL, "manifest.webmanifest"} <= kept
    assert any(name.endswith(".wasm") for name in kept)


def test_the_service_worker_keeps_files_of_the_app_and_nothing_else() -> None:
    kept = set(re.findall(r'url:"([^"]+)"', WORKER))
    assert all(re.match(r"assets/|icons/|index\.html$|manifest\.webmanifest$", name) for name in kept)
    assert re.search(r"denylist:\[/\^\\/api\\//\]", WORKER)
    assert re.search(r"ignoreURLParametersMatching:\[/\.\*/\]", WORKER)


def test_a_new_version_waits_until_the_courier_asks_for_it() -> None:
    assert "SKIP_WAITING" in WORKER
    assert not re.search(r"(^|[;}])self\.skipWaiting\(\)[;,]", WORKER)


def test_it_can_be_installed() -> None:
    assert MANIFEST["start_url"] == MANIFEST["scope"] == MANIFEST["id"] == "/buu-ta/"
    assert MANIFEST["display"] == "standalone"
    assert MANIFEST["lang"] == "vi"
    purposes = {(icon["purpose"], icon["sizes"]) for icon in MANIFEST["icons"]}
    assert purposes == {(purpose, size) for purpose in ("any", "maskable") for size in ("192x192", "512x512")}
    for icon in MANIFEST["icons"]:
        width, height = struct.unpack(">II", (BUILT / icon["src"]).read_bytes()[16:24])
        assert icon["sizes"] == f"{width}x{height}"


def test_the_server_of_invented_people_is_not_in_it() -> None:
    assert not any("fixture" in path.read_text() for path in (BUILT / "assets").glob("*.js"))


@pytest.mark.parametrize("address", ["/buu-ta/", "/buu-ta/diem/7", "/buu-ta/index.html", "/buu-ta/sw.js"])
def test_the_page_and_the_worker_are_asked_for_anew(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval'" in policy
    assert "worker-src 'self' blob:" in policy
    assert "unsafe-inline" not in policy


def test_a_file_with_a_hash_is_kept_for_ever_and_comes_compressed(client: FlaskClient) -> None:
    script = next((BUILT / "assets").glob("index-*.js"))
    plain = client.get(f"/buu-ta/assets/{script.name}")
    packed = client.get(f"/buu-ta/assets/{script.name}", headers={"Accept-Encoding": "gzip"})
    assert "immutable" in plain.headers["Cache-Control"]
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data == script.read_bytes()
    again = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    assert client.get(f"/buu-ta/assets/{script.name}", headers=again).status_code == 304


def test_what_was_not_built_is_not_there(client: FlaskClient) -> None:
    assert client.get("/buu-ta/assets/nothing.js").status_code == 404
    assert client.get("/buu-ta/../static/manifest.json").status_code == 404
