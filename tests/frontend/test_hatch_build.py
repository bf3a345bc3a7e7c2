import ctypes
import gettext
import os
from pathlib import Path
from typing import Any

import pytest
from babel.messages import pofile

import hatch_build

CATALOGUE = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Đặt lịch"\nmsgstr "Book a visit"\n'


@pytest.fixture
def translations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(hatch_build, "ROOT", tmp_path)
    monkeypatch.setattr(hatch_build, "TRANSLATIONS", tmp_path)
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(CATALOGUE, encoding="utf-8")
    return tmp_path


def test_a_catalogue_is_compiled_once_and_again_only_when_it_changed(translations: Path) -> None:
    assert hatch_build.compile_translations()
    assert gettext.translation("messages", translations, ["en"]).gettext("Đặt lịch") == "Book a visit"
    assert not hatch_build.compile_translations()


def test_a_catalogue_that_changes_while_it_is_compiled_is_compiled_again(
    translations: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    po, read_po = translations / "en" / "LC_MESSAGES" / "messages.po", pofile.read_po
    os.utime(po, (1_000_000, 1_000_000))

    def change_after_reading(*given: Any, **more: Any) -> Any:
        found = read_po(*given, **more)
        po.write_text(CATALOGUE.replace("Book", "Arrange"), encoding="utf-8")
        os.utime(po, (1_000_001, 1_000_001))
        return found

    with monkeypatch.context() as patch:
        patch.setattr(pofile, "read_po", change_after_reading)
        assert hatch_build.compile_translations()
    assert hatch_build.compile_translations()
    with po.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Đặt lịch") == "Arrange a visit"
    assert sorted(one.name for one in po.parent.iterdir()) == ["messages.mo", "messages.po"]


def test_the_digest_knows_names_and_contents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hatch_build, "ROOT", tmp_path)
    one, other = tmp_path / "a.ts", tmp_path / "b.ts"
    one.write_text("1")
    first = hatch_build.digest([one])
    assert hatch_build.digest([one]) == first
    one.rename(other)
    assert hatch_build.digest([other]) != first
    other.write_text("2")
    assert hatch_build.digest([other]) != first


def test_built_assets_are_left_alone_until_an_input_changes() -> None:
    assert not hatch_build.build_assets()


def test_a_wheel_from_an_sdist_trusts_the_built_files_it_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    monkeypatch.setattr(hatch_build, "DIST", tmp_path)
    assert not hatch_build.build_assets(only_if_absent=True)


def test_a_failed_step_names_itself() -> None:
    with pytest.raises(hatch_build.FrontendError, match="there-is-no-such-script"):
        hatch_build._node("there-is-no-such-script.js")


CXX = """#!/bin/sh
echo "$@" >> {folder}/calls
[ ! -e {folder}/broken ] || exit 1
while [ "$1" != -o ]; do shift; done
echo library > "$2"
"""


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one source, and a compiler that notes how it is called."""
    compiler = tmp_path / "cxx"
    compiler.write_text(CXX.format(folder=tmp_path))
    compiler.chmod(0o755)
    monkeypatch.setenv("CXX", str(compiler))
    for name, path in (("ROOT", tmp_path), ("SEARCH", tmp_path), ("LIBRARY", tmp_path / "libsisr.so")):
        monkeypatch.setattr(hatch_build, name, path)
    (tmp_path / "route.cpp").write_text("// one\n")
    return tmp_path


def calls(folder: Path) -> int:
    noted = folder / "calls"
    return len(noted.read_text().splitlines()) if noted.exists() else 0


def test_the_search_is_compiled_once_and_again_only_when_a_source_changed(sources: Path) -> None:
    assert hatch_build.compile_search()
    assert hatch_build.compile_search()
    assert calls(sources) == 1
    (sources / "route.cpp").write_text("// other\n")
    assert hatch_build.compile_search()
    assert calls(sources) == 2
    assert (sources / "libsisr.so").read_text() == "library\n"


def test_without_a_compiler_the_library_of_other_sources_goes_and_nothing_fails(
    sources: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (sources / "libsisr.so").write_text("of yesterday")
    monkeypatch.setenv("CXX", "none")
    assert not hatch_build.compile_search()
    assert not (sources / "libsisr.so").exists()
    assert "apt-get install g++" in capsys.readouterr().out


def test_a_compiler_that_fails_leaves_no_half_library(sources: Path) -> None:
    (sources / "broken").touch()
    assert not hatch_build.compile_search()
    assert not list(sources.glob("libsisr.*"))
    (sources / "broken").unlink()
    assert hatch_build.compile_search()


def test_the_compiler_of_the_package_is_fetched_where_there_is_no_other_and_asked_for_once(
    sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CXX")
    monkeypatch.setattr(hatch_build, "COMPILERS", ())
    monkeypatch.setattr(hatch_build, "ZIG", sources / "zig")
    lock = sources / "ziglang.lock"
    lock.write_text("no-such-package-of-ours==1 --hash=sha256:" + "0" * 64 + "\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert not hatch_build.compile_search(fetch=False)
    assert not (sources / "zig").exists()
    assert not hatch_build.compile_search()
    asked = (sources / "zig" / "failed").stat().st_mtime_ns
    assert not hatch_build.compile_search()
    assert (sources / "zig" / "failed").stat().st_mtime_ns == asked


def test_the_library_that_is_here_is_of_these_sources() -> None:
    if hatch_build.LIBRARY.exists():
        assert hatch_build.compile_search(fetch=False)
        assert ctypes.CDLL(str(hatch_build.LIBRARY)).sisr_version() > 0
    else:
        assert not hatch_build.LIBRARY.with_suffix(".inputs").exists()
