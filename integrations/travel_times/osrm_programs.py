"""A province's roads out of an OpenStreetMap extract, prepared and served by OSRM's own programs (`osrm-bindings`).

They are programs, not a library: the package has wheels for Python 3.12 and newer only, its programs run beside any.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Self

PROFILE: Final = Path(__file__).with_name("motorbike.lua")
MOST_PLACES: Final = 100  # of one table; `Osrm.most_places`
LAST_LINES: Final = 500  # characters of what a program said before it failed


class RoadsNotPrepared(Exception):
    """OSRM refused the extract: a sentence with what it said last."""


@dataclass(frozen=True, slots=True)
class OsrmPrograms:
    """The folder `osrm` of the package: `bin` and `share/profiles`."""

    home: Path

    @classmethod
    def found(cls, home: Path | None = None) -> Self | None:
        """Those of a folder, else of the installed package; None when there are none."""
        if home is None:
            package = find_spec("osrm")
            home = Path(package.origin).parent if package is not None and package.origin else None
        return cls(home) if home is not None and (home / "bin" / "osrm-routed").is_file() else None

    def prepare(self, extract: Path, folder: Path) -> Path:
        """Return what `serve` reads of this extract; made in `folder` when it is not there yet, wholly or not at all.

        Another version of the programs makes its own: OSRM reads no files of another one.

        Raises OSError when the extract can't be read, RoadsNotPrepared when OSRM can't.
        """
        with extract.open("rb") as content:
            name = hashlib.file_digest(content, "sha256")
        name.update(PROFILE.read_bytes())
        name.update(self._run("osrm-routed", "--version").encode())
        ready = folder / name.hexdigest()[:16]
        if not ready.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder, prefix=".part-") as aside:
                self._prepare(extract, Path(aside))
                Path(aside, "roads").rename(ready)
        return ready / "roads.osrm"

    def _prepare(self, extract: Path, aside: Path) -> None:
        profiles, roads = aside / "profiles", aside / "roads"
        shutil.copytree(self.home / "share" / "profiles", profiles)
        shutil.copy(PROFILE, profiles)
        roads.mkdir()
        base = roads / "roads.osrm"
        self._run("osrm-extract", "-p", profiles / PROFILE.name, "-o", base, extract)
        self._run("osrm-partition", base)
        self._run("osrm-customize", base)

    def _run(self, program: str, *arguments: str | Path) -> str:
        command = [str(part) for part in (self.home / "bin" / program, *arguments)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, errors="replace")
        if done.returncode:
            said = (done.stdout + done.stderr).strip()[-LAST_LINES:]
            raise RoadsNotPrepared(f"{program} could not read the roads (code {done.returncode}): {said}")
        return done.stdout

    def serving(self, roads: Path, host: str, port: int) -> list[str]:
        """The command that serves them until it is ended. Without its own log: that would name every door it was asked for."""
        options = ("--algorithm", "mld", "--verbosity", "WARNING", "--max-table-size", str(MOST_PLACES))
        return [str(self.home / "bin" / "osrm-routed"), *options, "--ip", host, "--port", str(port), str(roads)]
