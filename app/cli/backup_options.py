"""How a backup is written, to whom it is encrypted, and which keys it will need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.cli.age_pipe import recipients_of
from app.config import SecretList, Settings, SettingsError, fingerprint

LOCK_S: Final = 60.0  # a migration lets everybody through after two


@dataclass(frozen=True, slots=True)
class BackupOptions:
    """`recipient`: instead of the setting's. `plain`: unencrypted, which production has to say. `lock_s`: how long it
    waits for a table that somebody has locked."""

    recipient: str | None = None
    plain: bool = False
    with_keys: bool = False
    lock_s: float = LOCK_S


def recipients_for(settings: Settings, options: BackupOptions) -> list[Any]:
    """Whom the archive is encrypted to. Raises SettingsError where that was forgotten."""
    named = options.recipient or settings.backup_recipient
    if options.plain or not named:
        if settings.production and not options.plain:
            raise SettingsError(
                "The backup would not be encrypted: set TANNHA_BACKUP_RECIPIENT (`tannha backup --make-identity FILE` "
                "makes a pair; keep FILE elsewhere), or say --plain and guard the archive like the database itself."
            )
        return []
    return recipients_of(named)


def needed(secrets: Mapping[str, SecretList]) -> list[dict[str, str]]:
    """The fingerprints of the keys without which the archive is paper: a restore asks for each."""
    return [
        {"kind": kind, "fingerprint": fingerprint(kind, value)}
        for kind, found in secrets.items()
        for value in (found.current, *found.others)
    ]
