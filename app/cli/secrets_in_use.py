"""Whether a process was given the secrets that this installation works with."""

from __future__ import annotations

from app.clock import make_clock
from app.config import SECRETS, SecretList, Settings, SettingsError, keys_of, secret_list
from app.database import Database
from app.services import installation


def check_secrets(database: Database, settings: Settings) -> None:
    """Raises SettingsError, a sentence for each key in use that is missing here."""
    lists: dict[str, SecretList] = {}
    for place in SECRETS:
        found = secret_list(settings, place)
        if found is not None:
            lists[place.kind] = found
    now = make_clock(settings).now()
    with database.transaction() as session:
        missing = installation.register_secrets(session, lists, now)
        if not missing:
            installation.register_digest_keys(session, keys_of(lists))
    if missing:
        raise SettingsError(" ".join(missing))
