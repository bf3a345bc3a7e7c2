"""The built wheel is whole: in an empty folder, with a fresh virtual environment, it makes and plans a day.

The dependencies are those of this run (installed from the lock): they lie behind the new environment's own packages, and
the editable install of this checkout is not among them. What the wheel declares is checked in `test_imports`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Any

import pytest

from hatch_build import LIBRARY
from tests.repository.sources import ROOT

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr or done.stdout
    return next(folder.glob("tannha-*.whl"))


class Installation:
    """A virtual environment and an empty folder of its own."""

    def __init__(self, wheel: Path, folder: Path) -> None:
        venv.create(folder / "venv", with_pip=False)
        paths = {"base": str(folder / "venv"), "platbase": str(folder / "venv")}
        packages = Path(sysconfig.get_path("purelib", "venv", vars=paths))
        pip = [sys.executable, "-m", "pip", "--python", str(folder / "venv"), "install", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--disable-pip-version-check", str(wheel)], check=True)
        (packages / "locked.pth").write_text(sysconfig.get_path("purelib") + "\n")
        self.bin, self.home, self.packages = folder / "venv" / "bin", folder / "home", packages
        self.home.mkdir()
        leave = {"PYTHONPATH", "DATABASE_URL", "VIRTUAL_ENV"}
        environment = {name: value for name, value in os.environ.items() if name not in leave}
        self.environment = environment | {"TANNHA_VAR": str(folder / "var")}

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            cwd=self.home,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def tannha(self, *arguments: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.run("tannha", *arguments, "--json"))
        return answer


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """With its schema and its reference data, as the first command of an operator makes them."""
    fresh = Installation(wheel, tmp_path_factory.mktemp("fresh"))
    assert fresh.tannha("migrate")["units"] == 135
    return fresh


def test_it_works_in_an_empty_folder(installed: Installation) -> None:
    where = installed.run("python", "-c", "import app; print(app.__file__)").strip()
    assert Path(where).is_relative_to(installed.packages)

    made = installed.tannha("demo", "--day", "2026-12-01", "--errands", "16", "--seed", "7", "--unplanned")
    planned = installed.tannha("plan", "--day", "2026-12-01", "--seconds", "1")

    assert (made["errands"], planned["errands"], planned["violations"]) == (16, 16, 0)
    assert planned["served"] + len(planned["unserved"]) == 16
    assert installed.tannha("verify-custody")["clean"]


def test_it_carries_pages_assets_documents_and_translations(installed: Installation) -> None:
    held = {str(path.relative_to(installed.packages)) for path in (installed.packages / "app").rglob("*")}

    assert "app/templates/base.html" in held
    assert "app/static/dist/manifest.json" in held
    assert {"app/static/courier/index.html", "app/static/courier/sw.js"} <= held
    assert "app/translations/en/LC_MESSAGES/messages.mo" in held
    assert any(name.startswith("app/documents/") and name.endswith(".typ") for name in held)
    assert (installed.packages / "migrations" / "versions").is_dir()
    assert not any(name.startswith("app/frontend") for name in held)
    assert not (installed.packages / "tests").exists()
    assert (installed.packages / "routing/engines/sisr" / LIBRARY.name).exists() == LIBRARY.exists()
    assert (installed.bin.parent / "share/tannha/requirements.lock").read_text().count("--hash=sha256:") > 100
    assert (installed.bin.parent / "share/tannha/deploy/systemd/tannha-web@.service").is_file()


def test_its_pages_open(installed: Installation) -> None:
    look = (
        "from app.factory import create_app; client = create_app().test_client(); "
        "print([client.get(path).status_code for path in ('/', '/dang-nhap', '/healthz', '/buu-ta/')])"
    )
    assert installed.run("python", "-c", look).strip().endswith("[200, 200, 200, 200]")


def test_it_plans_by_the_engines_it_carries(installed: Installation) -> None:
    given = {
        "vehicles": [{"id": 1, "start": [108.0, 13.9], "end": [108.0, 13.9]}],
        "jobs": [{"id": n, "location": [108.0 + n / 100, 13.9]} for n in range(1, 8)],
    }
    (installed.home / "in.json").write_text(json.dumps(given))

    plan = json.loads(installed.run("python", "-m", "routing", "solve", "in.json", "--seconds", "0.3"))

    assert (plan["unassigned"], plan["summary"]["violations"]) == ([], [])
    assert ("sisr" in plan["summary"]["engines"]) == LIBRARY.exists()
