"""`python -m tests.matrix [FORM …]` (``make matrix``): the tests of routing where a library or the compiled search is missing.

Each form is an environment of its own under ``.cache/matrix``: the packages that `make setup` installed, but for those
that it goes without, and a copy of the sources in which `hatch_build.py` finds a compiler or none.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLACE = ROOT / ".cache" / "matrix"
EXTRAS = ("pyvrp", "pyvroom", "vroom")
COPIED = ("routing", "tests", "pyproject.toml", "hatch_build.py")
LINKED = ("app", "integrations", "migrations", "docs")
LIBRARY = Path("routing/engines/sisr/libsisr.so")


@dataclass(frozen=True, slots=True)
class Form:
    """What an environment has."""

    compiler: bool
    extras: bool


FORMS: Mapping[str, Form] = {
    "whole": Form(compiler=True, extras=True),
    "uncompiled": Form(compiler=False, extras=True),
    "without-extras": Form(compiler=True, extras=False),
    "bare": Form(compiler=False, extras=False),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tests in each form asked for; return 1 where one fails."""
    parser = argparse.ArgumentParser(prog="make matrix", description=__doc__)
    parser.add_argument("forms", nargs="*", help=f"{', '.join(FORMS)}; all where none is named")
    parser.add_argument("--tests", default="tests/routing", help="what to run, as pytest takes it")
    options = parser.parse_args(arguments)
    if unknown := set(options.forms) - FORMS.keys():
        parser.error(f"no such form: {', '.join(sorted(unknown))}; there are {', '.join(FORMS)}")
    failed = [name for name in options.forms or FORMS if not passes(name, options.tests.split())]
    sys.stdout.write(f"failed: {', '.join(failed)}\n" if failed else "all forms pass\n")
    return int(bool(failed))


def passes(name: str, tests: Sequence[str]) -> bool:
    """Make the environment of a form anew and run the tests there."""
    folder = PLACE / name
    shutil.rmtree(folder, ignore_errors=True)
    python, tree = environment(folder / "venv", extras=FORMS[name].extras), sources(folder / "tree")
    built(python, tree, compiler=FORMS[name].compiler)
    has = subprocess.run(
        [python, "-c", "from routing.engines.pipeline import MODULES, available; print(*filter(available, MODULES))"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=True,
    )
    sys.stdout.write(f"== {name}: {has.stdout}")
    sys.stdout.flush()
    wanted = (
        {"ortools"}
        | ({"sisr"} if FORMS[name].compiler else set())
        | ({"pyvrp", "vroom"} if FORMS[name].extras else set())
    )
    if set(has.stdout.split()) != wanted:
        sys.stdout.write(f"{name}: the engines there should be {', '.join(sorted(wanted))}\n")
        return False
    command = [python, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, cwd=tree, check=False).returncode == 0


def environment(folder: Path, *, extras: bool) -> str:
    """Return the interpreter of a virtual environment with the locked packages, some left out."""
    venv.create(folder, with_pip=False, symlinks=True)
    paths = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", "venv", vars=paths))
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not left_out(entry.name, extras=extras):
            (packages / entry.name).symlink_to(entry)
    return str(folder / "bin" / "python")


def left_out(entry: str, *, extras: bool) -> bool:
    """Say whether an entry of the packages does not belong to an environment: the project itself, whose sources are copied."""
    name = entry.lower().partition("-")[0].partition(".")[0].lstrip("_")
    return name in {"tannha", "editable_impl_tannha"} or (not extras and name in EXTRAS)


def sources(folder: Path) -> Path:
    """Return a copy of the sources; what routing does not change is linked."""
    folder.mkdir(parents=True)
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "libsisr.*"))
        else:
            shutil.copy2(ROOT / name, folder / name)
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    return folder


def built(python: str, tree: Path, *, compiler: bool) -> None:
    """Have the sources' own `hatch_build.py` build the compiled search, with a compiler or where none can be had."""
    program = "import hatch_build; hatch_build.compile_search(fetch=False)"
    subprocess.run(
        [python, "-c", program], cwd=tree, env=os.environ | ({} if compiler else {"CXX": "none"}), check=True
    )
    if (tree / LIBRARY).exists() != compiler:
        raise SystemExit(f"{tree / LIBRARY}: {'is not built' if compiler else 'is there'}")


if __name__ == "__main__":
    sys.exit(main())
