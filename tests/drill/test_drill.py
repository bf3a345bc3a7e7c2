"""The production form on an empty machine, by docs/installing.md word for word: installed, used, restarted, saved, restored.

As root on Debian 12, with a package registry in reach; about twenty minutes. Figures are printed and appended to `var/crash.jsonl`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.crash.results import note
from tests.drill import site
from tests.drill.inside import UNITS
from tests.drill.machine import Machine, empty_machine
from tests.drill.page import sections, steps
from tests.repository.sources import ROOT

FETCHED: Final = {"Packages", "The program"}  # all else is done without any network but the machine's own
TELEPHONE: Final = "0900000001"  # the engineer's; the operator that is played here takes it
LAST_WORDS: Final = (
    "tail -n 25 /var/log/journal/tannha-*.log /var/log/nginx/*error.log; ps -eo pid,etimes,args | grep -v ' ps '"
)
PASSWORD: Final = "chin con trau dung duoi goc da"


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    assert os.geteuid() == 0, "make drill makes a machine of its own: run it as root"
    with empty_machine() as made:
        site.before(made, next((ROOT / "dist").glob("tannha-*.whl")))
        yield made


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def follow(machine: Machine, heading: str, told: str = "") -> tuple[str, float]:
    """Do what the page says below a heading; what it printed, and how long it took."""
    began = time.monotonic()
    printed = machine.run(sections()[heading], told=told, outside=heading in FETCHED, TELEPHONE=TELEPHONE)
    seconds = round(time.monotonic() - began, 1)
    say(f"{heading}: {seconds} s")
    return printed, seconds


@pytest.mark.timeout(2700)
def test_who_follows_the_page_has_an_installation_that_loses_nothing(machine: Machine) -> None:
    took = {}
    for heading in steps():
        _, took[heading] = follow(machine, heading, told=f"{PASSWORD}\n")
        if heading == "User, folders, settings":
            site.opens(machine)
    drawn = int(machine.run('runuser -u postgres -- psql -At tannha -c "select count(*) from road_layer"'))
    assert drawn > 0
    figures = _use(machine)
    say(json.dumps(figures, ensure_ascii=False, indent=1))
    plan = _plan(machine)
    _, took["change a key"] = follow(machine, "Change a key without an interruption")
    machine.run(
        "systemctl restart tannha-backup"
    )  # `start` as the timer says it, but what plays systemd here takes it for done
    beside, took["restore beside it"] = follow(machine, "Restore beside it")
    assert "all whole" in beside
    counts = {name: _counts(machine, name) for name in ("tannha", "tannha_beside")}
    assert counts["tannha"] == counts["tannha_beside"]
    follow(machine, "Take away what stood beside it")
    assert machine.run("ls -d /root/beside.env /var/lib/tannha-beside 2>/dev/null || true") == ""
    note("drill", steps=took, plan=plan, counts=counts["tannha"], **figures)


def _use(machine: Machine) -> dict[str, Any]:
    for number, unit in enumerate(UNITS):
        for one in range(3):
            machine.run(
                f'tannha-run account create buuta-{unit}-{one} --role courier --name "Bưu tá {number}{one}" '
                f"--office BC{unit} --phone 09000001{number}{one}",
                told=f"{PASSWORD}\n",
            )
    key = json.loads(machine.run('tannha-run partner create "Sở Thử" --live --json'))["key"]
    procedure = _procedure(machine)
    cases = [case["options"][0]["key"] for case in procedure["cases"]]
    try:
        printed = machine.run(
            f"cd {ROOT} && {site.PYTHON} -m tests.drill.inside day 2> >(tee /root/day.log >&2)",
            within_s=1500, PYTHONPATH=str(ROOT), DRILL_KEY=key,
            SSL_CERT_FILE=site.BUNDLE, REQUESTS_CA_BUNDLE=site.BUNDLE, DRILL_PROCEDURE=procedure["code"],
            DRILL_CASES=json.dumps(cases),
        )  # fmt: skip
    except AssertionError as fault:
        fault.add_note(machine.run(LAST_WORDS))
        raise
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found


def _procedure(machine: Machine) -> dict[str, Any]:
    """The first that the post may carry to the commune's desk."""
    ask = "curl -sf http://127.0.0.1:8001/api/v1/procedures"
    listed = json.loads(machine.run(ask))["procedures"]
    code = next(one["code"] for one in listed if one["carried"] and one["level"] == "commune")
    found: dict[str, Any] = json.loads(machine.run(f"{ask}/{code}"))
    return found


def _plan(machine: Machine) -> dict[str, Any]:
    """Every day on which somebody was booked, by road, published."""
    days = machine.run(
        'runuser -u postgres -- psql -At tannha -c "select distinct s.day from errand e join slot s on s.id = e.slot_id '
        "where s.day >= (now() at time zone 'Asia/Ho_Chi_Minh')::date and e.state = 'scheduled'\""
    ).split()
    planned = [json.loads(machine.run(f"tannha-run plan --day {day} --seconds 5 --publish --json")) for day in days]
    ways = machine.run('runuser -u postgres -- psql -At tannha -c "select distinct ways from plan"').splitlines()
    say(f"{sum(one['served'] for one in planned)} visits of {len(days)} days planned, ways: {ways}")
    assert all(one["violations"] == 0 for one in planned)
    return {"days": len(days), "served": sum(one["served"] for one in planned),
            "left": sum(len(one["unserved"]) for one in planned), "ways": ways}  # fmt: skip


def _counts(machine: Machine, database: str) -> dict[str, int]:
    """What must not get fewer."""
    tables = (
        "service_request",
        "errand",
        "message",
        "parcel",
        "custody_event",
        "operation",
        "stored_file",
        "plan",
        "stop",
    )
    query = " union all ".join(f"select '{one}', count(*) from {one}" for one in tables)
    printed = machine.run(f'runuser -u postgres -- psql -At -F " " {database} -c "{query}"')
    return {name: int(count) for name, count in (line.split() for line in printed.splitlines())}
