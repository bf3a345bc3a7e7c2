"""Settings: frozen, read once from the environment; what is wrong is said in one sentence and the program stops."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote

from app.config.reading import (
    STATE_FEE_URL,
    check_floor,
    day,
    flag,
    integer,
    listening,
    one_of,
    page_of_code,
    secure_address,
    telephone,
)
from app.config.reading import SettingsError as SettingsError
from app.text_files import NoText, read_text

SMS_OPERATORS: Final = ("console", "esms", "speedsms", "http")
LOG_FORMS: Final = ("text", "json")
LOG_LEVELS: Final = ("debug", "info", "warning", "error")
REDIS: Final = ("redis://", "rediss://")
P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

Environment = Literal["development", "test", "production"]


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
    sms: str | None = None
    workers: int = 1
    secure_cookies: bool = False
    files: str | None = None
    files_key: str | None = None
    links: Path | None = None
    roads: str | None = None
    proxies: int = 0
    limits: str | None = None
    metrics_token: str | None = None
    metrics_listen: tuple[str, int] | None = None
    log: str = "text"
    log_level: str = "info"
    traces: str | None = None
    sentry_dsn: str | None = None
    keep: str | None = None
    erasures: Path | None = None
    backup_recipient: str | None = None
    help_line: str | None = None
    controller: str | None = None
    controller_contact: str | None = None
    sound: Path | None = None
    forms: str | None = None
    state_fee_url: str = STATE_FEE_URL

    @property
    def erasure_list(self) -> Path:
        """Where erasures are listed for restores: outside `private`, which a restore overwrites."""
        return self.erasures or self.var / "erasures.jsonl"

    cash_ceiling: int = 5_000_000
    stranger_price: int = 5_000
    second_factor: bool = False
    second_factor_from: date | None = None

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


def _environment(text: str) -> Environment:
    for known in ("development", "test", "production"):
        if text == known:
            return known
    raise SettingsError(f"TANNHA_ENV={text!r} is unknown: write development, test or production.")


def _second_factor(text: str | None, environment: Environment) -> bool:
    """Off in demonstrations, unless somebody wants to see it; production has it always."""
    asked = environment == "production" if text is None else flag("TANNHA_SECOND_FACTOR", text)
    if environment == "production" and not asked:
        raise SettingsError("TANNHA_SECOND_FACTOR=0 is for demonstrations: unset it when TANNHA_ENV=production.")
    return asked


def _sms(text: str | None) -> str | None:
    return None if text is None else one_of("TANNHA_SMS", text, SMS_OPERATORS)


def _limits(text: str | None) -> str | None:
    if text is not None and not text.startswith(REDIS):
        raise SettingsError(
            f"TANNHA_LIMITS={text!r} is no Redis address such as redis://host:6379/0: correct it, "
            "or leave it unset to count in the database."
        )
    return text


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Raises `SettingsError` for a malformed value and, in production, for each secret that is missing."""
    env = {key: value for key, value in (os.environ if environ is None else environ).items() if value}
    environment = _environment(env.get("TANNHA_ENV", "development"))
    port = integer("PORT", env.get("PORT", "8000"), 1, 65535)
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
        sms=_sms(env.get("TANNHA_SMS")),
        workers=integer("TANNHA_WORKERS", env.get("TANNHA_WORKERS", "1"), 1, 64),
        secure_cookies=flag("TANNHA_SECURE_COOKIES", env.get("TANNHA_SECURE_COOKIES", "0")),
        files=env.get("TANNHA_FILES"),
        files_key=env.get("TANNHA_FILES_KEY"),
        roads=env.get("TANNHA_ROADS"),
        proxies=integer("TANNHA_PROXIES", env.get("TANNHA_PROXIES", "0"), 0, 8),
        limits=_limits(env.get("TANNHA_LIMITS")),
        metrics_token=env.get("TANNHA_METRICS_TOKEN"),
        metrics_listen=listening("TANNHA_METRICS_LISTEN", env.get("TANNHA_METRICS_LISTEN")),
        log=one_of("TANNHA_LOG", env.get("TANNHA_LOG", "text"), LOG_FORMS),
        log_level=one_of("TANNHA_LOG_LEVEL", env.get("TANNHA_LOG_LEVEL", "info"), LOG_LEVELS),
        traces=env.get("TANNHA_TRACES"),
        sentry_dsn=env.get("TANNHA_SENTRY_DSN"),
        keep=env.get("TANNHA_KEEP"),
        erasures=Path(env["TANNHA_ERASURES"]).resolve() if "TANNHA_ERASURES" in env else None,
        backup_recipient=env.get("TANNHA_BACKUP_RECIPIENT"),
        help_line=telephone("TANNHA_HELP_LINE", env.get("TANNHA_HELP_LINE")),
        controller=env.get("TANNHA_CONTROLLER") or None,
        controller_contact=env.get("TANNHA_CONTROLLER_CONTACT") or None,
        sound=Path(env["TANNHA_SOUND"]).resolve() if "TANNHA_SOUND" in env else None,
        forms=page_of_code("TANNHA_FORMS", env.get("TANNHA_FORMS")),
        state_fee_url=secure_address("TANNHA_STATE_FEE_URL", env.get("TANNHA_STATE_FEE_URL") or STATE_FEE_URL),
        cash_ceiling=integer("TANNHA_CASH_CEILING", env.get("TANNHA_CASH_CEILING", "5000000"), 0, 1_000_000_000),
        stranger_price=integer("TANNHA_STRANGER_PRICE", env.get("TANNHA_STRANGER_PRICE", "5000"), 0, 1_000_000),
        second_factor=_second_factor(env.get("TANNHA_SECOND_FACTOR"), environment),
        second_factor_from=day("TANNHA_SECOND_FACTOR_FROM", env.get("TANNHA_SECOND_FACTOR_FROM")),
        links=Path(env["TANNHA_LINKS"]).resolve() if "TANNHA_LINKS" in env else None,
    )
    _check_production(settings)
    return settings


def _check_production(settings: Settings) -> None:
    if not settings.production:
        return
    if settings.now is not None:
        raise SettingsError("TANNHA_NOW shifts the clock for demonstrations: unset it when TANNHA_ENV=production.")
    _check_messages(settings)
    keys = {place.variable: getattr(settings, place.field) for place in SECRETS}
    for name, value in {"DATABASE_URL": settings.database_url, **keys}.items():
        if not value:
            raise SettingsError(f"{name} is not set: TANNHA_ENV=production needs it.")
    for name, value in keys.items():
        check_floor(name, SecretList.read(value, name).newest)  # the others are on their way out
    check_floor("TANNHA_METRICS_TOKEN", settings.metrics_token)
    if not settings.secure_cookies:
        raise SettingsError("TANNHA_SECURE_COOKIES must be 1 when TANNHA_ENV=production: serve over HTTPS.")


def _check_messages(settings: Settings) -> None:
    if settings.sms == "console":
        raise SettingsError(
            "TANNHA_SMS=console writes messages to a file instead of sending them: not with TANNHA_ENV=production."
        )
    if settings.links is None:
        raise SettingsError(
            "TANNHA_LINKS is not set: TANNHA_ENV=production needs an operator of messages, [messages.esms], "
            "[messages.speedsms] or [messages.http] in that file."
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
class SecretPlace:
    """Where the operator gives a secret: `TANNHA_SECRET_KEY`, or `$TANNHA_VAR/private/secret-key`."""

    kind: str  # web, signing, files: what the list of a backup and the database's fingerprints call it
    field: str
    file: str

    @property
    def variable(self) -> str:
        return f"TANNHA_{self.field.upper()}"


SECRETS: Final = (
    SecretPlace("web", "secret_key", "secret-key"),
    SecretPlace("signing", "signing_key", "signing-key"),
    SecretPlace("files", "files_key", "files-key"),
)


@dataclass(frozen=True, slots=True)
class SecretList:
    """A secret as a list, oldest first: a new one is appended everywhere, then promoted (docs/decisions/sign-in.md).

    What is written is written with `current`; what was written with any of them is still read.
    """

    values: tuple[str, ...]
    current: str
    whole: tuple[str, ...] = ()  # one value of before lists that has a comma in it: read, never written

    @property
    def newest(self) -> str:
        """What a floor of strength binds: the others are on their way out."""
        return self.values[-1]

    @property
    def others(self) -> tuple[str, ...]:
        return tuple(value for value in self.values if value != self.current) + self.whole

    @property
    def text(self) -> str:
        """As a file holds it: read again, it is the same list."""
        lines = [*self.whole, *(f"*{value}" if value == self.current else value for value in self.values)]
        return self.current if len(lines) == 1 else "\n".join(lines) + "\n"

    @classmethod
    def read(cls, text: str, name: str) -> SecretList:
        """`old,*new`, or `file:/run/secrets/key` with one a line; the star is the promoted one, without it the first."""
        lines = text.splitlines()
        if text.startswith("file:"):
            lines = _secret_file(Path(text.removeprefix("file:")), name).splitlines()
            text = lines[0] if len(lines) == 1 else ""
        parts = [part.strip() for part in (lines if len(lines) > 1 else text.split(",")) if part.strip()]
        if len(parts) <= 1:
            value = text or "".join(parts)  # to the letter: one value of today is what it was
            return cls((value,), value)
        promoted = [part[1:] for part in parts if part.startswith("*")]
        if len(promoted) > 1 or "" in promoted:
            raise SettingsError(f"{name}: mark one of its values with a star, the one that is written with.")
        values = tuple(part.removeprefix("*") for part in parts)
        return cls(values, promoted[0] if promoted else values[0], () if promoted or len(lines) > 1 else (text,))


def _secret_file(path: Path, name: str) -> str:
    try:
        return read_text(path)
    except NoText as fault:
        raise SettingsError(f"{name}: the file {path} {fault}.") from None


def secret_list(settings: Settings, place: SecretPlace, *, make: bool = True) -> SecretList | None:
    """The list of one secret; None when there is none yet and `make` does not allow to make it."""
    named: str | None = getattr(settings, place.field)
    if named:
        return SecretList.read(named, place.variable)
    path = settings.private / place.file
    if not make and not path.exists():
        return None
    return SecretList.read(secret(settings, place.file), str(path))


def fingerprint(kind: str, value: str) -> str:
    """Names a secret without telling it: in the list of a backup, in the database, in a sentence for the operator."""
    return hashlib.sha256(b"tannha fingerprint\0" + kind.encode() + b"\0" + value.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Keys:
    """The installation's secrets: the web's, the pepper of codes, the Ed25519 seed (32 bytes) of the digests, and the
    P-256 scalar (32 bytes, big-endian) to whose public point phones seal what they keep; AES-256 keys of the files and of
    the secrets that we share with partners. What `other_` ones wrote is still read."""

    web: str
    pepper: bytes
    signing: bytes
    phones: bytes
    files: bytes
    secrets: bytes
    other_webs: tuple[str, ...] = ()
    other_peppers: tuple[bytes, ...] = ()
    other_signings: tuple[bytes, ...] = ()
    other_phones: tuple[bytes, ...] = ()
    other_files: tuple[bytes, ...] = ()
    other_secrets: tuple[bytes, ...] = ()
    oldest_web: str | None = None

    @property
    def webs(self) -> tuple[str, ...]:
        return (self.web, *self.other_webs)

    @property
    def peppers(self) -> tuple[bytes, ...]:
        return (self.pepper, *self.other_peppers)

    @property
    def first_web(self) -> str:
        """The oldest of the list: what is derived from it stays, however the list is promoted."""
        return self.oldest_web or self.web

    @property
    def greeting(self) -> bytes:
        """Words already told to a household stay."""
        return _derived("pepper", self.first_web)


def load_keys(settings: Settings) -> Keys:
    """From the settings in production; else made once for this installation and kept in `$TANNHA_VAR/private`."""
    lists = {place.kind: secret_list(settings, place) for place in SECRETS}
    return keys_of({kind: found for kind, found in lists.items() if found is not None})


def keys_of(lists: Mapping[str, SecretList]) -> Keys:
    """Each use has a key of its own, derived from one of the three lists."""
    web, signing, files = lists["web"], lists["signing"], lists["files"]
    return Keys(
        web=web.current,
        pepper=_derived("pepper", web.current),
        signing=_derived("signing", signing.current),
        phones=_phones(signing.current),
        files=_derived("files", files.current),
        secrets=_derived("secrets", files.current),
        other_webs=web.others,
        other_peppers=tuple(_derived("pepper", value) for value in web.others),
        other_signings=tuple(_derived("signing", value) for value in signing.others),
        other_phones=tuple(_phones(value) for value in signing.others),
        other_files=tuple(_derived("files", value) for value in files.others),
        other_secrets=tuple(_derived("secrets", value) for value in files.others),
        oldest_web=web.values[0],
    )


def _derived(use: str, value: str) -> bytes:
    return hashlib.sha256(f"tannha {use}\0{value}".encode()).digest()


def _phones(value: str) -> bytes:
    return _scalar(hashlib.sha512(b"tannha phones\0" + value.encode()).digest())


def _scalar(seed: bytes) -> bytes:
    """A private key of P-256 from 64 bytes: 1 … n − 1, bias below 2⁻²⁵⁶ (FIPS 186-5 A.2.1)."""
    return (int.from_bytes(seed) % (P256_ORDER - 1) + 1).to_bytes(32)
