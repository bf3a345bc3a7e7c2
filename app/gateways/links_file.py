"""The operator's file of links (`TANNHA_LINKS`, TOML): which systems we are joined to, and how. docs/connect.md explains it.

A mistake is one `SettingsError` that names the key. Secrets lie in files of their own, read at every log-in, so that they
are rotated without a stop.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from app.config import Settings, SettingsError
from app.gateways.link_fields import FOLDER, sentences
from app.gateways.link_schemas import LinksFileSchema
from app.gateways.links import LinksFile
from app.text_files import NoText, read_text


def links_file(settings: Settings) -> LinksFile:
    """What the file says now; nothing is joined without one. Raises SettingsError."""
    if settings.links is None:
        return LinksFile()
    try:
        changed = settings.links.stat().st_mtime_ns
    except FileNotFoundError:
        raise SettingsError(f"TANNHA_LINKS={settings.links}: there is no such file; write it or unset it.") from None
    except OSError as error:
        raise SettingsError(f"TANNHA_LINKS={settings.links} cannot be read: {error.strerror}.") from None
    return _read(settings.links, (changed, *_tables_changed(settings.links.parent)))


def _tables_changed(folder: Path) -> Iterator[int]:
    """When the tables beside it (codes, places) last changed: a code that was added counts without a restart."""
    for path in sorted(path for kind in ("json", "csv", "xlsx") for path in folder.glob(f"*.{kind}")):
        with suppress(OSError):  # deleted in this moment
            yield path.stat().st_mtime_ns


@lru_cache(maxsize=8)
def _read(path: Path, _changed: tuple[int, ...]) -> LinksFile:
    try:
        document = tomllib.loads(read_text(path))
    except NoText as fault:
        raise SettingsError(f"TANNHA_LINKS={path} {fault}.") from None
    except RecursionError:
        raise SettingsError(f"TANNHA_LINKS={path} can't be read: it is nested too deeply.") from None
    except ValueError as error:
        raise SettingsError(f"TANNHA_LINKS={path} can't be read: {error}.") from None
    return _joined(document, path.parent)


def _joined(document: Mapping[str, Any], folder: Path) -> LinksFile:
    token = FOLDER.set(folder)
    try:
        found: dict[str, Any] = LinksFileSchema().load(document)
    except ValidationError as error:
        raise SettingsError(" ".join(sentences(error.messages))) from None
    finally:
        FOLDER.reset(token)
    carriers = {name: replace(carrier, name=name) for name, carrier in found.pop("carriers").items()}
    return LinksFile(carriers=carriers, **found)
