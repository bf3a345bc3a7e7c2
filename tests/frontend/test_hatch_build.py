import gettext
from pathlib import Path

import pytest

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
