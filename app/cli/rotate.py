"""`tannha rotate`: write again with the promoted secrets what the older ones closed, and say which of them may go.

May be ended and begun again at any time, and run while everybody works; docs/operations.md, "Change a secret".
"""

from __future__ import annotations

import argparse

from app.cli.archive import STORE_PATIENCE_S
from app.cli.opening import opened
from app.cli.output import add_json, say, show
from app.cli.secrets_in_use import check_secrets
from app.clock import make_clock
from app.config import Keys, Settings, load_keys
from app.database import Database
from app.domain.errors import DomainError
from app.gateways import file_store
from app.services import rotation

NOT_ALL = 1


def configure(parser: argparse.ArgumentParser) -> None:
    add_json(parser)


def rotate_files(database: Database, settings: Settings, keys: Keys) -> tuple[int, list[str]]:
    """How many were written again, and the names of those that no key opens or that are not there."""
    store, after, changed = file_store(settings, patience_s=STORE_PATIENCE_S), "", 0
    broken: list[str] = []
    while True:
        with database.transaction() as session:
            names = rotation.stored_names(session, after)
        if not names:
            return changed, broken
        for name in names:  # no transaction is open while the store is asked
            body = store.get(name)
            try:
                closed = rotation.reclosed(name, body, keys) if body is not None else None
            except DomainError:
                body = closed = None
            if body is None:
                broken.append(name)
            if closed is not None:
                store.put(name, closed)
                changed += 1
        after = names[-1]


def run(args: argparse.Namespace, settings: Settings) -> int:
    keys = load_keys(settings)
    with opened(settings) as database:
        check_secrets(database, settings)
        with database.transaction() as session:
            secrets = rotation.reclose_secrets(session, keys)
        files, broken = rotate_files(database, settings, keys)
        with database.transaction() as session:
            still = rotation.release(session, keys, make_clock(settings).now(), files_done=not broken)
            needed = [f"{row.kind} {row.fingerprint}" for row in still]
    for name in broken:
        say(f"File {name} is missing, or no key of the list opens it.")
    rest = f"Still needed: {', '.join(needed)}." if needed else "Every older secret may leave its list."
    found = {"files": files, "secrets": secrets, "broken": broken, "still_needed": needed}
    show(found, f"Written again: {files} files, {secrets} secrets of webhooks. {rest}", as_json=args.json)
    return NOT_ALL if broken else 0
