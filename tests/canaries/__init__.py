"""Canaries: what the tests plant (names, phones, numbers, keys, codes) must be in no log line of the whole run.

`plant` names a value; most are planted by themselves: `planting` sees every personal column that is written and every
secret that is made. `hear` and `follow` take the words of programs that a test starts. `plugin` fails the test.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.canaries.ear import Ear
from tests.canaries.planted import Planted

PLANTED: Final = Planted()
EAR: Final = Ear()


def plant(value: str, kind: str) -> str:
    """Name a value that no log line may hold; returns it."""
    PLANTED.add(value, kind)
    return value


def hear(source: str, text: str) -> None:
    """Words of a program that a test started."""
    EAR.hear(source, text)


def follow(source: str, path: Path) -> None:
    """A file into which a program writes what it says; it is read even when it is deleted meanwhile."""
    EAR.follow(source, path)
