"""Addresses of our own static files, with a mark that changes when the file does.

Vite writes `app/static/dist/manifest.json` (its own format): `{"src/main.ts": {"file": "assets/main-3f2a.js", …}, …}`.
`asset("main.ts")` and `asset("styles/staff.css")` are looked up there; any other name is a file of `app/static`.
"""

import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent.parent / "static"
DIST = STATIC / "dist"


class AssetMissingError(LookupError):
    """A template names a file that was never built or drawn."""


def make_asset(prefix: str = "/static/", static: Path = STATIC) -> Callable[[str], str]:
    """Return the Jinja global `asset(name) -> url`; it reads the manifest once, at the first call.

    Register it with `app.jinja_env.globals["asset"] = make_asset(app.static_url_path + "/")`.
    Raises AssetMissingError when the assets were not built, or when there is no file of that name.
    """

    @cache
    def built() -> dict[str, str]:
        manifest = static / "dist" / "manifest.json"
        if not manifest.exists():
            raise AssetMissingError(
                f"{manifest} is missing: run `make setup` (python hatch_build.py) to build the assets."
            )
        entries = json.loads(manifest.read_text(encoding="utf-8"))
        return {source.removeprefix("src/"): f"dist/{entry['file']}" for source, entry in entries.items()}

    @cache
    def asset(name: str) -> str:
        if name.endswith((".ts", ".css")):
            if name not in built():
                raise AssetMissingError(
                    f"No built asset {name!r}: add it to the inputs of app/frontend/vite.config.ts."
                )
            return prefix + built()[name]
        path = static / name
        if not path.is_file():
            raise AssetMissingError(f"No static file {name!r} under {static}.")
        return f"{prefix}{name}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:8]}"

    return asset
