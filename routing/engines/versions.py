"""Which engines made a plan: their versions, without loading any of them."""

import hashlib
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES: Mapping[str, str] = {"ortools": "ortools", "pyvrp": "pyvrp", "vroom": "pyvroom"}
COMPILED = Path(__file__).parent / "sisr" / "libsisr.so"


def versions() -> dict[str, str]:
    """Return the versions of the engines that are there; of the compiled one the beginning of its hash."""
    found = {}
    for name, package in PACKAGES.items():
        try:
            found[name] = version(package)
        except PackageNotFoundError:  # an optional engine (pyproject.toml, extra `engines`)
            continue
    if COMPILED.exists():
        found["sisr"] = hashlib.sha256(COMPILED.read_bytes()).hexdigest()[:12]
    return found
