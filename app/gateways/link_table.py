"""One table of the operator's file of links, read key by key: what is wrong is one sentence, what is unknown is refused."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from app.config import SettingsError
from app.text_files import NoText, read_text

if TYPE_CHECKING:
    from integrations.http import OutsideService

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class LinkLimits:
    """What every link has: how long to wait, whose certificates to trust, how fast to ask."""

    ca_file: Path | None = None
    rate_per_minute: int | None = None
    connect_s: float = 3.05
    read_s: float = 10.0
    whole_s: float = 60.0


@dataclass(frozen=True, slots=True)
class MessageLink:
    """What every operator of messages has. `low_balance`: below it a person has to pay in. `price`: đồng a segment, or a message."""

    url: str
    sender: str
    low_balance: int
    price: int
    line: LinkLimits


@dataclass(frozen=True, slots=True)
class SecretSource:
    """Where a secret is; called, it is read."""

    file: Path | None
    variable: str | None

    def __call__(self) -> str:
        return secret_of(self.file)() if self.file is not None else os.environ.get(self.variable or "", "")


class LinkTable:
    """One table of the file; `finish` refuses keys that nobody asked for."""

    def __init__(self, values: Mapping[str, Any], folder: Path, where: str) -> None:
        self.values, self.folder, self.where = values, folder, where
        self.asked: set[str] = set()

    def wrong(self, key: str, why: str) -> SettingsError:
        return SettingsError(f"TANNHA_LINKS: {self.where}{key} {why}.")

    def get(self, key: str, kind: type[Value], what: str) -> Value | None:
        self.asked.add(key)
        value = self.values.get(key)
        if value is not None and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
            raise self.wrong(key, f"must be {what}")
        return value

    def text(self, key: str) -> str:
        value = self.get(key, str, "a text")
        if not value or not value.strip():
            raise self.wrong(key, "is missing")
        return value.strip()

    def maybe_text(self, key: str) -> str | None:
        return self.get(key, str, "a text") or None

    def url(self, key: str) -> str:
        value = self.text(key)
        if not value.startswith(("https://", "http://")):
            raise self.wrong(key, "must begin with https:// (or http:// for a system in the same house)")
        return value

    def number(self, key: str, default: float) -> float:
        self.asked.add(key)
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise self.wrong(key, "must be a number above 0")
        return float(value)

    def file(self, key: str) -> Path:
        path = self.maybe_file(key)
        if path is None:
            raise self.wrong(key, "is missing")
        return path

    def maybe_file(self, key: str) -> Path | None:
        return self.at(key, value) if (value := self.maybe_text(key)) else None

    def at(self, key: str, name: str) -> Path:
        try:
            path = (self.folder / name).resolve()
            there = path.exists()
        except (OSError, ValueError, RuntimeError) as error:  # no right to the folder, a NUL, links in a circle
            raise self.wrong(key, f"names a file that can't be looked for: {error}") from None
        if not there:
            raise self.wrong(key, f"names {path}, which does not exist")
        return path

    def words(self, key: str) -> frozenset[str]:
        """A list of codes, numbers as they are written."""
        value = self.get(key, list, "a list of codes") or []
        if not all(isinstance(one, str | int) and not isinstance(one, bool) for one in value):
            raise self.wrong(key, "must be a list of codes")
        return frozenset(str(one) for one in value)

    def secret(self, name: str) -> SecretSource:
        """`…_file`, beside the links file, or `…_env`, a variable of the environment; read whenever it is needed."""
        file, variable = self.maybe_file(f"{name}_file"), self.maybe_text(f"{name}_env")
        if (file is None) == (variable is None):
            raise self.wrong(f"{name}_file", f"or {name}_env has to say where the secret is, and one of them only")
        if variable is not None and not os.environ.get(variable):
            raise self.wrong(f"{name}_env", f"names the variable {variable}, which is not set")
        return SecretSource(file, variable)

    def flag(self, key: str) -> bool:
        return bool(self.get(key, bool, "true or false"))

    def part(self, key: str) -> LinkTable:
        found = self.maybe_part(key)
        if found is None:
            raise self.wrong(key, "is missing")
        return found

    def maybe_part(self, key: str) -> LinkTable | None:
        value = self.get(key, dict, "a table")
        return None if value is None else LinkTable(value, self.folder, f"{self.where}{key}.")

    def line(self, rate: int | None = None) -> LinkLimits:
        """`rate`: where the operator of this installation says none."""
        rate = self.get("rate_per_minute", int, "a whole number") or rate
        if self.values.get("rate_per_minute") == 0 or (rate is not None and rate < 1):
            raise self.wrong("rate_per_minute", "must be at least 1")
        return LinkLimits(
            self.maybe_file("ca_file"),
            rate,
            self.number("connect_s", 3.05),
            self.number("read_s", 10.0),
            self.number("whole_s", 60.0),
        )

    def finish(self, *more: str) -> None:
        unknown = sorted(self.values.keys() - self.asked - set(more))
        if unknown:
            raise self.wrong(unknown[0], "is no setting of ours: correct its name or delete it")


def secret_of(path: Path) -> Callable[[], str]:
    """Read at every log-in."""

    def read() -> str:
        try:
            secret = read_text(path).strip()
        except NoText as fault:
            raise SettingsError(f"TANNHA_LINKS: the secret file {path.name} {fault}.") from None
        if not secret:
            raise SettingsError(f"TANNHA_LINKS: the secret file {path.name} is empty: write the secret into it.")
        return secret

    return read


def caller(service: str, line: LinkLimits) -> OutsideService:
    """How an outside service is called: within these limits."""
    from integrations.http import OutsideService

    return OutsideService(
        service, connect_s=line.connect_s, read_s=line.read_s, whole_s=line.whole_s, ca_path=line.ca_file
    )
