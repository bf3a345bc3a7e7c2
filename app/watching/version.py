"""Which version this is: the one of the installed package."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Final

try:
    VERSION: Final = version("tannha")
except PackageNotFoundError:  # a copy of the sources that nobody installed
    VERSION = "0"  # type: ignore[misc]  # Final, in one of two ways
