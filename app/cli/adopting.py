"""`tannha backup FILE --adopt OLD`: signs an archive of before there were signatures, so that it can be restored.

Nothing can prove what such an archive is; whoever adopts it says that it lay where nobody else could write.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, BinaryIO, Final

from app.cli.archive import DUMP, FILES, FORMAT, KEY_FILES, LIST, SIGNATURE, public_of
from app.cli.backup_options import BackupOptions, needed, recipients_for
from app.cli.opening import opened
from app.cli.packing import Packer, packing
from app.cli.pg_tools import server_major
from app.cli.unpacking import LONGEST_KEY, Archive
from app.config import SECRETS, SecretList, Settings, SettingsError, keys_of, secret_list

KEYS: Final = {f"{FILES}/{name}": name for name in KEY_FILES}


def adopt(settings: Settings, old: Path, file: Path, options: BackupOptions) -> dict[str, Any]:
    """Write it anew, as `tannha backup` would have; returns its list. Raises SettingsError."""
    with opened(settings, as_owner=True) as database:
        major = server_major(database.engine)
    archive, recipients = Archive(old), recipients_for(settings, options)
    contents: dict[str, Any] = {}
    brought: dict[str, str] = {}
    with packing(file, recipients, time.time()) as packer:
        with archive.members() as members:
            for name, size, body in members:
                _carry(packer, contents, brought, (name, size, body))
        if not {"schema", "rows", "custody_heads", "taken_at"} <= contents.keys():
            raise SettingsError(f"{old} has no list: it is none that `tannha backup` wrote. Nothing was written.")
        secrets = _secrets(settings, brought)
        if options.with_keys:
            for place in SECRETS:
                packer.add(f"{FILES}/{place.file}", secrets[place.kind].text.encode())
        contents |= {"format": FORMAT, "server": major, "keys": needed(secrets)}
        packer.finish(contents, keys_of(secrets).signing)
    signer = public_of(keys_of(secrets).signing)
    return contents | {"signed_by": signer, "encrypted": bool(recipients), "with_keys": options.with_keys}


def _carry(
    packer: Packer, contents: dict[str, Any], brought: dict[str, str], member: tuple[str, int, BinaryIO]
) -> None:
    name, size, body = member
    if name == SIGNATURE:
        raise SettingsError("That archive is signed: restore it as it is.")
    if name == LIST:
        contents.update(json.load(body))
    elif name == DUMP:
        packer.add_dump(body)
    elif name in KEYS:
        brought[KEYS[name]] = body.read(LONGEST_KEY).decode()
    else:
        packer.add_stream(name, size, body)


def _secrets(settings: Settings, brought: dict[str, str]) -> dict[str, SecretList]:
    """Those that are here, else those that it brings; none is made, which would open nothing of it."""
    found: dict[str, SecretList] = {}
    for place in SECRETS:
        known = secret_list(settings, place, make=False)
        if known is None and place.file in brought:
            known = SecretList.read(brought[place.file], place.variable)
        if known is None:
            raise SettingsError(f"{place.variable} is neither set nor in the archive: nothing of it could be opened.")
        found[place.kind] = known
    return found
