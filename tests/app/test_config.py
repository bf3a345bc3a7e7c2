"""Settings: what is wrong is said in one sentence that names the variable; secrets are made once and kept closed."""

from __future__ import annotations

import secrets
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.config import Keys, Settings, SettingsError, load_keys, load_settings, private_folder, secret

PRODUCTION = {
    "TANNHA_ENV": "production",
    "DATABASE_URL": "postgresql://tannha@db/tannha",
    "TANNHA_SECRET_KEY": "0123456789abcdef" * 4,
    "TANNHA_SIGNING_KEY": "123456789abcdef0" * 4,
    "TANNHA_FILES_KEY": "23456789abcdef01" * 4,
    "TANNHA_LINKS": "/srv/links.toml",
    "TANNHA_SECURE_COOKIES": "1",
}


def test_an_empty_environment_is_a_development_machine() -> None:
    settings = load_settings({})
    assert (settings.environment, settings.port, settings.base_url) == ("development", 8000, "http://localhost:8000")
    assert settings.var.is_absolute()


def test_an_empty_variable_counts_as_unset() -> None:
    assert load_settings({"PORT": "", "DATABASE_URL": ""}).port == 8000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("TANNHA_ENV", "prod"),
        ("TANNHA_WORKERS", "-1"),
        ("TANNHA_SECURE_COOKIES", "yes"),
        ("TANNHA_PROXIES", "-1"),
        ("TANNHA_PROXIES", "10.0.0.0/8"),
        ("TANNHA_LIMITS", "memcached://cache"),
        ("TANNHA_SMS", "pigeon"),
        ("TANNHA_FORMS", "https://thutuc.example.vn/"),
        ("TANNHA_FORMS", "http://thutuc.example.vn/?ma={code}"),
        ("TANNHA_FORMS", "https://{code}.example.vn/"),
        ("TANNHA_FORMS", "https://thutuc.example.vn/?ma={code}&b={code}"),
        ("TANNHA_FORMS", "https://thutuc.example.vn/?a={b}&ma={code}"),
        ("TANNHA_STATE_FEE_URL", "javascript:alert(1)"),
    ],
)
def test_a_malformed_value_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load_settings({name: value})


@pytest.mark.parametrize(
    "name", ["DATABASE_URL", "TANNHA_SECRET_KEY", "TANNHA_SIGNING_KEY", "TANNHA_FILES_KEY", "TANNHA_SECURE_COOKIES"]
)
def test_production_needs_each_secret(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load_settings({key: value for key, value in PRODUCTION.items() if key != name})


@pytest.mark.parametrize(
    "name", ["TANNHA_SECRET_KEY", "TANNHA_SIGNING_KEY", "TANNHA_FILES_KEY", "TANNHA_METRICS_TOKEN"]
)
@pytest.mark.parametrize("weak", ["b", "aaaaaaaa", "0123456789abcdef" * 2, "correct horse battery staple", "ab" * 60])
def test_production_refuses_a_secret_that_can_be_guessed(name: str, weak: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} can be guessed: write 32 random bytes"):
        load_settings(PRODUCTION | {name: weak})


def test_production_takes_what_the_refusal_proposes_and_what_we_make_ourselves(tmp_path: Path) -> None:
    ours = secret(Settings(var=tmp_path), "some-key")
    for strong in (secrets.token_hex(32), secrets.token_urlsafe(32), ours):
        assert load_settings(PRODUCTION | {"TANNHA_SECRET_KEY": strong}).secret_key == strong


@pytest.mark.parametrize(
    ("name", "value"),
    [("TANNHA_NOW", "2026-12-01T07:30+07:00"), ("TANNHA_SMS", "console"), ("TANNHA_SECOND_FACTOR", "0")],
)
def test_production_refuses_what_is_for_demonstrations(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load_settings(PRODUCTION | {name: value})


def test_production_needs_somebody_who_carries_messages() -> None:
    with pytest.raises(SettingsError, match=r"TANNHA_LINKS.*needs an operator of messages.*messages\.esms"):
        load_settings({key: value for key, value in PRODUCTION.items() if key != "TANNHA_LINKS"})


def test_production_starts_with_everything_set() -> None:
    assert load_settings(PRODUCTION).production


def test_production_asks_for_a_second_factor_and_a_demonstration_does_not() -> None:
    assert load_settings(PRODUCTION | {"TANNHA_SECOND_FACTOR_FROM": "2027-01-15"}).second_factor_from == date(
        2027, 1, 15
    )
    assert [load_settings(found).second_factor for found in (PRODUCTION, {})] == [True, False]


def test_a_secret_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    first = secret(settings, "some-key")
    path = settings.private / "some-key"
    path.chmod(0o644)
    settings.private.chmod(0o755)
    assert secret(settings, "some-key") == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(private_folder(settings).stat().st_mode) == 0o700


def test_keys_stay_the_same_and_differ_from_each_other(tmp_path: Path) -> None:
    keys = load_keys(Settings(var=tmp_path))
    assert load_keys(Settings(var=tmp_path)) == keys
    assert len({keys.pepper, keys.signing}) == 2
    assert len(keys.signing) == 32


def test_keys_come_from_the_settings_when_named(tmp_path: Path) -> None:
    def keys(signing: str) -> Keys:
        return load_keys(Settings(var=tmp_path, secret_key="web", signing_key=signing, files_key="f"))

    assert keys("one") == keys("one")
    assert keys("one").signing != keys("two").signing
    assert not (tmp_path / "private").exists()


def test_files_lie_in_the_private_folder_unless_told_otherwise() -> None:
    assert load_settings({"TANNHA_VAR": "/srv/nhà thử"}).files_url == "file:///srv/nh%C3%A0%20th%E1%BB%AD/private/files"
    assert load_settings({"TANNHA_FILES": "s3://kho/tep"}).files_url == "s3://kho/tep"


def test_the_files_key_is_made_once(tmp_path: Path) -> None:
    settings = load_settings({"TANNHA_VAR": str(tmp_path)})
    assert load_keys(settings).files == load_keys(settings).files
    assert len(load_keys(settings).files) == 32
    assert load_keys(replace(settings, files_key="a key of another house")).files != load_keys(settings).files
