"""Recorded sound of five of the citizens' pages: `jra-home.mp3` in the operator's folder, read by somebody who speaks it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.config import Settings
from app.domain.tongue import Tongue

READ_IN: Final = (Tongue.JRAI, Tongue.BAHNAR, Tongue.KINH)
PAGES: Final = ("home", "papers", "booking", "tracking", "privacy")
FORMS: Final = {"mp3": "audio/mpeg", "ogg": "audio/ogg", "m4a": "audio/mp4"}
KNOWN: Final = frozenset(f"{tongue}-{page}.{form}" for tongue in READ_IN for page in PAGES for form in FORMS)


@dataclass(frozen=True, slots=True)
class Recording:
    """One page read in one tongue; `names`: the same in each form that there is, and the browser takes what it can play."""

    tongue: Tongue
    page: str
    names: tuple[str, ...]


def recordings(settings: Settings, page: str) -> list[Recording]:
    """What there is to be heard of a page; nothing where the operator gave nothing."""
    if settings.sound is None:
        return []
    found = (Recording(tongue, page, tuple(_names(settings.sound, tongue, page))) for tongue in READ_IN)
    return [one for one in found if one.names]


def sound_file(settings: Settings, name: str) -> tuple[Path, str] | None:
    """A recording by the name that a page gave, with its media type: no other file of the folder, and none outside it."""
    if settings.sound is None or name not in KNOWN or not _playable(settings.sound / name):
        return None
    return settings.sound / name, FORMS[name.rpartition(".")[2]]


def lacking(folder: Path) -> list[str]:
    """What nobody has recorded yet: `bdq-home`."""
    return [f"{tongue}-{page}" for tongue in READ_IN for page in PAGES if not any(_names(folder, tongue, page))]


def _names(folder: Path, tongue: Tongue, page: str) -> Iterator[str]:
    return (name for form in FORMS if _playable(folder / (name := f"{tongue}-{page}.{form}")))


def _playable(path: Path) -> bool:
    return os.access(path, os.R_OK) and path.is_file() and path.stat().st_size > 0
