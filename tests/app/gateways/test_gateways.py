from pathlib import Path

import pytest

from app import gateways
from app.config import Settings, SettingsError
from integrations.geocoding import Gazetteer

SETTINGS = Settings(environment="test", var=Path("/nowhere"))


def test_the_gazetteer_answers_unless_a_setting_says_otherwise() -> None:
    assert isinstance(gateways.geocoder(SETTINGS), Gazetteer)


@pytest.mark.parametrize("wrong", [Settings(geocoder="atlas"), Settings(geocoder="nominatim")])
def test_a_geocoder_that_can_not_be_used_stops_with_one_sentence(wrong: Settings) -> None:
    with pytest.raises(SettingsError, match="TANNHA_GEOCODER="):
        gateways.geocoder(wrong)


def test_old_names_resolve_without_asking_anybody() -> None:
    found = gateways.resolver(SETTINGS)("xã Ia Tô, huyện Ia Grai, Gia Lai")
    assert found.candidates[0].matched


def test_there_are_135_units_and_373_old_ones() -> None:
    units, former = gateways.administrative_units()
    assert (len(units), len(former)) == (135, 373)


def test_files_lie_in_a_folder_unless_a_setting_says_otherwise(tmp_path: Path) -> None:
    settings = Settings(environment="test", var=tmp_path)
    gateways.file_store(settings).put("ab" * 32, b"x")
    assert gateways.file_store(settings).get("ab" * 32) == b"x"
    assert [path.name for path in (tmp_path / "private" / "files").rglob("*") if path.is_file()] == ["ab" * 32]


def test_a_store_that_can_not_be_used_stops_with_one_sentence() -> None:
    with pytest.raises(SettingsError, match="TANNHA_FILES='ftp://x'"):
        gateways.file_store(Settings(files="ftp://x"))
