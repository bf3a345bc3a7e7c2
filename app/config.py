"""Settings: frozen, read once from the environment; what is wrong is said in one sentence and the program stops."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote

LETTERS_OF_32_BYTES: Final = 43  # in base64; hex has 64
DIFFERENT_LETTERS: Final = 10
REDIS: Final = ("redis://", "rediss://")

Environment = Literal["development", "test", "production"]


class SettingsError(Exception):
    """A setting is missing or malformed; the message names it and says what to write instead."""


class NoText(ValueError):
    """A file or an upload is no text of ours; the message goes on after its name: "is UTF-16: save it as UTF-8"."""


def read_text(path: Path | Traversable) -> str:
    """The text of an operator's file, whatever program saved it. Raises NoText."""
    try:
        raw = path.read_bytes()
    except IsADirectoryError:
        raise NoText("cannot be read: it is a folder, name the file in it") from None
    except PermissionError:
        raise NoText("cannot be read: give this program's account the right to") from None
    except OSError as error:
        raise NoText(f"cannot be read: {error.strerror}") from None
    return text_of(raw)


UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")  # its byte order marks: what a spreadsheet calls "Unicode text"


def text_of(raw: bytes) -> str:
    """UTF-8; a byte order mark, which spreadsheets write, is forgiven. Raises NoText."""
    if raw.startswith(UTF_16):
        raise NoText("is UTF-16: save it as UTF-8 (a table: as CSV UTF-8)")
    if b"\0" in raw:
        raise NoText("holds NUL bytes, so it is UTF-16 or no text at all: save it as UTF-8 (a table: as CSV UTF-8)")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NoText(f"is not UTF-8 at byte {error.start}: save it as UTF-8 (a table: as CSV UTF-8)") from None


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decides. The README's table is checked against these fields by a test."""

    environment: Environment = "development"
    var: Path = Path("var")
    database_url: str | None = None
    owner_database_url: str | None = None
    port: int = 8000
    host: str = "127.0.0.1"
    base_url: str = "http://localhost:8000"
    secret_key: str | None = None
    signing_key: str | None = None
    now: str | None = None
    tile_url: str | None = None
    geocoder: str = "gazetteer"
    geocoder_url: str | None = None
    sms: str = "console"
    workers: int = 1
    secure_cookies: bool = False
    files: str | None = None
    files_key: str | None = None
    links: Path | None = None
    roads: str | None = None
    proxies: int = 0
    limits: str | None = None
    metrics_token: str | None = None
    keep: str | None = None
    erasures: Path | None = None

    @property
    def erasure_list(self) -> Path:
        """Where erasures are listed for restores: outside `private`, which a restore overwrites."""
        return self.erasures or self.var / "erasures.jsonl"

    @property
    def files_url(self) -> str:
        """The store of photographs and signatures: a folder of ours unless the operator named another."""
        return self.files or f"file://{quote(str(self.private / 'files'))}"

    @property
    def private(self) -> Path:
        """Where keys, files and the rescue area live: 0700, apart from the database's folder (docs/decisions/repository-layout.md)."""
        return self.var / "private"

    @property
    def production(self) -> bool:
        return self.environment == "production"


def _integer(name: str, text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdecimal()) or not low <= int(text) <= high:
        raise SettingsError(
            f"{name}={text!r} is not a whole number from {low} to {high}: correct it or leave it unset."
        )
    return int(text)


def _environment(text: str) -> Environment:
    for known in ("development", "test", "production"):
        if text == known:
            return known
    raise SettingsError(f"TANNHA_ENV={text!r} is unknown: write development, test or production.")


def _flag(name: str, text: str) -> bool:
    if text not in {"0", "1"}:
        raise SettingsError(f"{name}={text!r} is neither 0 nor 1.")
    return text == "1"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the environment.

    Raises `SettingsError` for a malformed value and, in production, for each secret that is missing.
    """
    env = {key: value for key, value in (os.environ if environ is None else environ).items() if value}
    environment = _environment(env.get("TANNHA_ENV", "development"))
    port = _integer("PORT", env.get("PORT", "8000"), 1, 65535)
    settings = Settings(
        environment=environment,
        var=Path(env.get("TANNHA_VAR", "var")).resolve(),
        database_url=env.get("DATABASE_URL"),
        owner_database_url=env.get("TANNHA_OWNER_DATABASE_URL"),
        port=port,
        host=env.get("TANNHA_HOST", "127.0.0.1"),
        base_url=env.get("TANNHA_BASE_URL", f"http://localhost:{port}").rstrip("/"),
        secret_key=env.get("TANNHA_SECRET_KEY"),
        signing_key=env.get("TANNHA_SIGNING_KEY"),
        now=env.get("TANNHA_NOW"),
        tile_url=env.get("TANNHA_TILE_URL"),
        geocoder=env.get("TANNHA_GEOCODER", "gazetteer"),
        geocoder_url=env.get("TANNHA_GEOCODER_URL"),
        sms=env.get("TANNHA_SMS", "console"),
        workers=_integer("TANNHA_WORKERS", env.get("TANNHA_WORKERS", "1"), 1, 64),
        secure_cookies=_flag("TANNHA_SECURE_COOKIES", env.get("TANNHA_SECURE_COOKIES", "0")),
        files=env.get("TANNHA_FILES"),
        files_key=env.get("TANNHA_FILES_KEY"),
        roads=env.get("TANNHA_ROADS"),
        proxies=_integer("TANNHA_PROXIES", env.get("TANNHA_PROXIES", "0"), 0, 8),
        limits=env.get("TANNHA_LIMITS"),
        metrics_token=env.get("TANNHA_METRICS_TOKEN"),
        keep=env.get("TANNHA_KEEP"),
        erasures=Path(env["TANNHA_ERASURES"]).resolve() if "TANNHA_ERASURES" in env else None,
        links=Path(env["TANNHA_LINKS"]).resolve() if "TANNHA_LINKS" in env else None,
    )
    if settings.limits is not None and not settings.limits.startswith(REDIS):
        raise SettingsError(
            f"TANNHA_LIMITS={settings.limits!r} is no Redis address such as redis://host:6379/0: correct it, "
            "or leave it unset to count in the database."
        )
    _check_production(settings)
    return settings


def _check_production(settings: Settings) -> None:
    if not settings.production:
        return
    if settings.now is not None:
        raise SettingsError("TANNHA_NOW shifts the clock for demonstrations: unset it when TANNHA_ENV=production.")
    if settings.sms == "console":
        raise SettingsError(
            "TANNHA_SMS=console writes messages to a file instead of sending them: not with TANNHA_ENV=production."
        )
    for name, value in (
        ("DATABASE_URL", settings.database_url),
        ("TANNHA_SECRET_KEY", settings.secret_key),
        ("TANNHA_SIGNING_KEY", settings.signing_key),
        ("TANNHA_FILES_KEY", settings.files_key),
    ):
        if not value:
            raise SettingsError(f"{name} is not set: TANNHA_ENV=production needs it.")
    for name, value in (
        ("TANNHA_SECRET_KEY", settings.secret_key),
        ("TANNHA_SIGNING_KEY", settings.signing_key),
        ("TANNHA_FILES_KEY", settings.files_key),
        ("TANNHA_METRICS_TOKEN", settings.metrics_token),
    ):
        _check_floor(name, value)
    if not settings.secure_cookies:
        raise SettingsError("TANNHA_SECURE_COOKIES must be 1 when TANNHA_ENV=production: serve over HTTPS.")


def _check_floor(name: str, secret: str | None) -> None:
    """Text of 32 random bytes at least: 43 letters of base64, 64 of hex, and not the same few of them again and again."""
    if secret and (len(secret) < LETTERS_OF_32_BYTES or len(set(secret)) < DIFFERENT_LETTERS):
        raise SettingsError(
            f"{name} can be guessed: write 32 random bytes, for example what `openssl rand -hex 32` prints."
        )


def private_folder(settings: Settings) -> Path:
    """Make and re-assert the 0700 folder of keys and files; the embedded server opens its own parent, not this one."""
    settings.private.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.private.chmod(0o700)
    return settings.private


def secret(settings: Settings, name: str) -> str:
    """A secret of this installation, made once and kept 0600 in the private folder."""
    path = private_folder(settings) / name
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        path.chmod(0o600)
    else:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
    try:
        return read_text(path)
    except NoText as fault:
        raise SettingsError(f"The secret {path} {fault}; or bring it back from a backup.") from None


@dataclass(frozen=True, slots=True)
class Keys:
    """The installation's secrets: the web's, the pepper of codes, the Ed25519 seed (32 bytes) of the digests, and the
    P-256 scalar (32 bytes, big-endian) to whose public point phones seal what they keep; AES-256 keys of the files and of
    the secrets that we share with partners."""

    web: str
    pepper: bytes
    signing: bytes
    phones: bytes
    files: bytes
    secrets: bytes


def load_keys(settings: Settings) -> Keys:
    """From the settings in production; else made once for this installation and kept in `$TANNHA_VAR/private`."""
    web = settings.secret_key or secret(settings, "secret-key")
    signing = settings.signing_key or secret(settings, "signing-key")
    files = settings.files_key or secret(settings, "files-key")
    return Keys(
        web=web,
        pepper=hashlib.sha256(b"tannha pepper\0" + web.encode()).digest(),
        signing=hashlib.sha256(b"tannha signing\0" + signing.encode()).digest(),
        phones=_scalar(hashlib.sha512(b"tannha phones\0" + signing.encode()).digest()),
        files=hashlib.sha256(b"tannha files\0" + files.encode()).digest(),
        secrets=hashlib.sha256(b"tannha secrets\0" + files.encode()).digest(),
    )


P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def _scalar(seed: bytes) -> bytes:
    """A private key of P-256 from 64 bytes: 1 … n − 1, bias below 2⁻²⁵⁶ (FIPS 186-5 A.2.1)."""
    return (int.from_bytes(seed) % (P256_ORDER - 1) + 1).to_bytes(32)
