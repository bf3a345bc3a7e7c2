"""What links are made of: how a system is called, where its secret lies, what an operator of messages has."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.config import SettingsError
from app.text_files import NoText, read_text

if TYPE_CHECKING:
    from integrations.http import OutsideService


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
