"""docs/installing.md: its commands name files, units and commands that exist. That they work is what `make drill` shows."""

from __future__ import annotations

import re
import shlex

import pytest

from hatch_build import production_lock
from tests.deploy.test_files import DEPLOY, parse
from tests.deploy.test_lock import names
from tests.drill.page import sections, steps

BLOCKS = sections()


def test_the_steps_come_in_order_and_each_does_something() -> None:
    assert steps()[0] == "Packages"
    assert steps()[-1] == "Rehearse the restore"
    assert set(steps()) <= BLOCKS.keys()
    assert {
        "Restart without an interruption",
        "Change a key without an interruption",
        "Restore beside it",
        "Take away what stood beside it",
    } <= BLOCKS.keys()


@pytest.mark.parametrize("heading", BLOCKS)
def test_every_file_that_is_copied_is_in_deploy(heading: str) -> None:
    folder = DEPLOY
    for line in BLOCKS[heading].splitlines():
        if told := re.match(r"cd /opt/tannha/share/tannha/deploy(?:/(\w+))?$", line):
            folder = DEPLOY / (told[1] or "")
        elif told := re.match(r"\s*install -m \d+ (?:-[og] \w+ )*(.+) /\S+$", line):
            for name in told[1].split():
                if not name.startswith(("/root", "~")):
                    name_here = name.removeprefix("/opt/tannha/share/tannha/deploy/")
                    assert list(folder.glob(name_here)), f"{heading}: {name}"


@pytest.mark.parametrize("heading", BLOCKS)
def test_every_unit_that_is_started_is_one(heading: str) -> None:
    units = {path.name.removesuffix(".service") for path in (DEPLOY / "systemd").iterdir()}
    named = re.findall(r"\b(tannha-(?!run|beside)\w+(?:@\d+|\.timer)?)\b", BLOCKS[heading])
    assert [name for name in named if re.sub(r"@\d+$", "@", name) not in units] == []


@pytest.mark.parametrize("heading", BLOCKS)
def test_every_command_of_ours_is_understood(heading: str) -> None:
    whole = BLOCKS[heading].replace("\\\n", " ").replace("$(ls -t /srv/tannha/backups/*.age | head -1)", "FILE")
    for line in whole.splitlines():
        for words in re.findall(r"(?:tannha-run|/opt/tannha/bin/tannha) ([^>)#|]+)", line):
            if not line.startswith("install"):
                parse(shlex.split(words))


@pytest.mark.parametrize("heading", BLOCKS)
def test_the_secret_half_of_backups_is_gone_once_it_was_used(heading: str) -> None:
    lines = BLOCKS[heading].replace("\\\n", " ").splitlines()
    for target in re.findall(r"^install .*backup-identity\.txt (\S+)$", BLOCKS[heading], re.MULTILINE):
        (used,) = [number for number, line in enumerate(lines) if f"--identity {target}" in line]
        assert lines[used + 1] == f"rm {target}"


def test_what_a_restore_beside_it_made_is_taken_away_again() -> None:
    made = BLOCKS["Restore beside it"]
    folders = re.findall(r"^install -d .+ (\S+)$", made, re.MULTILINE)
    files = re.findall(r"> (/\S+)$", made, re.MULTILINE)
    databases = re.findall(r"createdb .*?(\w+)$", made, re.MULTILINE)
    assert all((folders, files, databases))
    gone = BLOCKS["Take away what stood beside it"].splitlines()
    assert gone == [
        *(f"runuser -u postgres -- dropdb {name}" for name in databases),
        f"rm -r {' '.join(folders + files)}",
    ]


def test_the_extract_gives_travel_times_and_the_roads_of_every_map() -> None:
    (extract,) = re.findall(r"^install .*roads\.osm\.pbf (\S+)$", BLOCKS["Web, workers, roads"], re.MULTILINE)
    assert f"tannha-run roads {extract} --map" in BLOCKS["Web, workers, roads"].splitlines()
    assert f"tannha roads {extract} " in (DEPLOY / "systemd/tannha-roads.service").read_text()
    assert "osmium" in names(production_lock())  # what reads the extract comes with the program


def test_nobody_is_well_before_a_message_came() -> None:
    asked = re.findall(r"^tannha-run (doctor .+)$", BLOCKS["Is it well?"], re.MULTILINE)
    whom = [parse(shlex.split(words)).message_to for words in asked]
    assert whom == [["${TELEPHONE:?yours}"]]  # never a stranger's, copied from this page
