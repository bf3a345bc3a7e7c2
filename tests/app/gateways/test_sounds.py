"""Which recordings the operator's folder holds, as `tannha doctor` says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.config import Settings
from app.gateways.probes import NotWell, recorded_sound
from app.gateways.sounds import KNOWN


def test_what_is_there_is_named_and_what_nobody_recorded(tmp_path: Path) -> None:
    for name in ("jra-home.mp3", "bdq-papers.ogg"):
        (tmp_path / name).write_bytes(b"x")
    told = recorded_sound(Settings(sound=tmp_path))
    assert told.startswith("Offered: bdq-papers.ogg, jra-home.mp3. Not recorded: jra-papers, ")
    assert "bdq-papers," not in told.partition("Not recorded")[2]


def test_a_folder_with_everything_lacks_nothing(tmp_path: Path) -> None:
    for name in KNOWN:
        (tmp_path / name).write_bytes(b"x")
    assert "Not recorded" not in recorded_sound(Settings(sound=tmp_path))


@pytest.mark.parametrize(("sound", "said"), [(False, "names no folder"), (True, "is empty")])
def test_nothing_is_nothing_wrong(tmp_path: Path, sound: bool, said: str) -> None:
    assert said in recorded_sound(Settings(sound=tmp_path if sound else None))


@pytest.mark.parametrize("name", ["jrai-home.mp3", "jra-home.wav", "jra_home.mp3", "empty"])
def test_a_file_that_no_page_offers_is_named_with_what_to_call_it(tmp_path: Path, name: str) -> None:
    name = "jra-home.mp3" if name == "empty" else name
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(NotWell, match=rf"No page offers {name} .*jra, bdq, vi, of home, papers") as found:
        recorded_sound(Settings(sound=tmp_path))
    assert not found.value.needed


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotWell, match="Name a folder"):
        recorded_sound(Settings(sound=tmp_path / "nothing"))
