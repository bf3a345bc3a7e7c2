"""What happens in the machine while it serves, run there: `python -m tests.drill.inside roads FILE`, `… day`.

`day`: bookings by the API and couriers' phones by their own wire, all through nginx with TLS, while each part is restarted in
turn. What was acknowledged is looked for at the end. Figures as JSON on standard output.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any, Final, cast
from uuid import uuid4

import psutil
import requests
from sqlalchemy import func, select

from app.clock import Clock, local_day
from app.config import Settings, load_settings
from app.database import Database, connect
from app.models import Message, ServiceRequest, StoredAnswer, StoredFile
from app.queries.tracking.unsent import unsent
from integrations.geocoding.units import AdminUnit, units
from tests.crash.riders import Rider
from tests.crash.servers import Servers, until
from tests.crash.test_sync import Size, check, jobs_left, make_riders
from tests.deploy.test_files import variables
from tests.fakes.osrm import Point, write_extract

OURS: Final[Mapping[str, str]] = {
    "serve --port 8001": "web", "tannha worker": "both workers", "osrm-routed": "roads", "postgresql/15/main -c": "PostgreSQL",
}  # fmt: skip
FAMILY: Final = """
family() {
    of=$(systemctl show --property=MainPID $1 | sed s/MainPID=//)
    while [ -n "$of" ]; do echo $of; of=$(pgrep --parent $(echo $of | tr ' ' ,) || true); done
}
"""
UNITS: Final = ("23776", "23563", "23575", "23794")
WISH: Final = "/api/v1/service-requests"
BOOKERS: Final = 3
RIDERS: Final = Size(4, 240, 0)
PAUSE_S, SETTLE_S, AGAIN_AFTER_S = 1.0, 3.0, 0.3
RESTART_POSTGRESQL: Final = """  # what stands in for systemd here looks once whether it is there: on a busy machine too early
systemctl restart postgresql@15-main || timeout 60 bash -c 'until systemctl is-active --quiet postgresql@15-main; do sleep 0.5; done'
"""
PARTS: Final[Sequence[tuple[str, str]]] = (
    ("web 1", "systemctl restart tannha-web@8001"),
    ("web 2", "systemctl restart tannha-web@8002"),
    ("worker 1", "systemctl restart tannha-worker@1"),
    ("worker 2", "systemctl restart tannha-worker@2"),
    ("nginx", "systemctl restart nginx"),
    ("PostgreSQL", RESTART_POSTGRESQL),
    ("roads", "systemctl restart tannha-roads"),
    ("operator", "systemctl restart site-operator"),
    ("store, away 6 s", "pkill -STOP -f [m]oto_server; sleep 6; pkill -CONT -f [m]oto_server"),
    ("web 1, killed", "kill -KILL $(family tannha-web@8001); sleep 1; systemctl restart tannha-web@8001"),
    ("worker 1, killed", "kill -KILL $(family tannha-worker@1); sleep 1; systemctl restart tannha-worker@1"),
    ("both web servers", "systemctl stop tannha-web@8001 tannha-web@8002; sleep 2; systemctl start tannha-web@8001 tannha-web@8002"),
)  # fmt: skip


def write_roads(path: Path) -> None:
    """A road from each unit to the nearest one before it: one network, some 300 segments, bent every kilometre."""
    ways: list[tuple[str, Sequence[Point]]] = []
    known: list[AdminUnit] = []
    for unit in units():
        if known:
            near = min(known, key=lambda one: (one.lon - unit.lon) ** 2 + (one.lat - unit.lat) ** 2)
            steps = max(1, round(((near.lon - unit.lon) ** 2 + (near.lat - unit.lat) ** 2) ** 0.5 * 110))
            ways.append(("secondary", [_between(unit, near, step / steps) for step in range(steps + 1)]))
        known.append(unit)
    write_extract(path, ways)


def _between(one: AdminUnit, other: AdminUnit, share: float) -> Point:
    return (
        round(one.lon + (other.lon - one.lon) * share, 6),
        round(one.lat + (other.lat - one.lat) * share, 6),
    )


@dataclass(slots=True)
class Booker:
    """Books one visit after another; each is asked for with the same key until it is answered."""

    url: str
    key: str
    number: int
    over: Event
    acknowledged: dict[str, str] = field(default_factory=dict)  # our key → their id
    answers: Counter[str] = field(default_factory=Counter)  # of those that were no acknowledgement
    again: int = 0
    again_after: Event = field(default_factory=Event)  # nobody sets it: it is waited for
    fault: BaseException | None = None

    def ride(self) -> None:
        random, session = Random(self.number), requests.Session()
        session.headers["Authorization"] = f"Bearer {self.key}"
        try:
            while not self.over.is_set():
                unit = random.choice(UNITS)
                slot = self._slot(session, unit, random)
                if slot is not None:
                    self._book(session, _wish(unit, slot, random))
                self.over.wait(PAUSE_S)
        except BaseException as fault:  # noqa: BLE001 (raised again by who waits for it)
            self.fault = fault

    def _slot(self, session: requests.Session, unit: str, random: Random) -> int | None:
        answer = self._ask(lambda: session.get(f"{self.url}/api/v1/slots", params={"unit_code": unit}, timeout=20))
        if answer is None:
            return None
        assert answer.status_code == 200, answer.text[:300]
        slots = answer.json()["slots"]
        return cast("int", random.choice(slots)["id"]) if slots else None

    def _book(self, session: requests.Session, wish: Mapping[str, Any]) -> None:
        key = str(uuid4())
        for tried in range(200):
            answer = self._ask(
                lambda: session.post(self.url + WISH, json=wish, headers={"Idempotency-Key": key}, timeout=20)
            )
            if answer is not None and answer.status_code == 201:
                self.acknowledged[key] = answer.json()["id"]
                self.again += tried > 0
                return
            if answer is not None and answer.status_code in {409, 422}:  # the slot was taken meanwhile
                self.answers[answer.json().get("code", "refused")] += 1
                return
            self.again_after.wait(AGAIN_AFTER_S)
        raise AssertionError(f"never booked: {self.answers}")

    def _ask(self, call: Callable[[], requests.Response]) -> requests.Response | None:
        """None: it has to be asked again. Whatever else than 503, 429 and a closed line is a fault."""
        try:
            answer = call()
        except requests.RequestException as fault:
            self.answers[f"closed: {type(fault).__name__}"] += 1
            return None
        if answer.status_code in {503, 429}:
            self.answers[f"{answer.status_code} {_who_said(answer)}"] += 1
            return None
        assert answer.status_code < 500, f"{answer.status_code} {answer.text[:300]}"
        return answer


def _who_said(answer: requests.Response) -> str:
    """Which refusal of ours; else the proxy's own page."""
    with suppress(ValueError, AttributeError):
        return str(answer.json().get("code"))
    return "of the proxy"


def _wish(unit: str, slot: int, random: Random) -> dict[str, Any]:
    return {
        "kind": "send_and_receive",
        "applicant": {"name": "Nguyễn Văn Thử", "phone": f"0900{random.randrange(10**6):06d}"},
        "place": {"unit_code": unit, "address": f"Thôn {random.randrange(1, 9)}"},
        "dossiers": [{"procedure_code": os.environ["DRILL_PROCEDURE"], "cases": json.loads(os.environ["DRILL_CASES"])}],
        "slot_id": slot,
        "consent": True,
    }


def day() -> dict[str, Any]:
    settings = load_settings(os.environ)
    database, over, began = connect(settings), Event(), time.monotonic()
    bookers = [Booker(settings.base_url, os.environ["DRILL_KEY"], number, over) for number in range(BOOKERS)]
    done: Counter[str] = Counter()
    share = RIDERS.operations // RIDERS.couriers
    with database.transaction() as session:
        running = cast("Servers", SimpleNamespace(url=settings.base_url, settings=settings))
        riders = make_riders(session, running, lambda: share * (done.total() + 1) // (len(PARTS) + 1), RIDERS)
    threads = [Thread(target=booker.ride, daemon=True) for booker in bookers]
    for thread in threads:
        thread.start()
    threads += [rider.start() for rider in riders]
    seconds = _restart_all(bookers, done, over)
    over.set()
    for thread in threads:
        thread.join(180)
    _raise([*bookers, *riders])
    until(lambda: not jobs_left(database) and not _not_stored(database), 240)
    return {
        "seconds": round(time.monotonic() - began),
        "restarts": seconds,
        "memory_mb": _memory(),
        **_bookings(database, bookers),
        "phones": check(database, settings, riders, RIDERS) | {"dropped": sum(rider.dropped for rider in riders)},
        "messages": _messages(database, settings),
    }


def _restart_all(bookers: Sequence[Booker], done: Counter[str], over: Event) -> dict[str, float]:
    """One part after the other; the next when somebody has booked again. How long nobody could, for each."""
    taken = {}
    for what, how in PARTS:
        over.wait(SETTLE_S)
        _raise(bookers)
        before, began = _all(bookers), time.monotonic()
        subprocess.run(["bash", "-c", FAMILY + how], check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)
        _wait_for(bookers, before + BOOKERS, what)
        taken[what] = round(time.monotonic() - began, 1)
        done[what] += 1
        print(f"{what}: {taken[what]} s, {_all(bookers)} booked", file=sys.stderr, flush=True)  # noqa: T201 (as below)
    return taken


def _wait_for(bookers: Sequence[Booker], number: int, what: str) -> None:
    try:
        until(lambda: _all(bookers) >= number, 120)
    except AssertionError as late:
        late.add_note(f"after {what}: {[dict(booker.answers) for booker in bookers]}, {_all(bookers)} booked")
        raise


def _all(bookers: Sequence[Booker]) -> int:
    return sum(len(booker.acknowledged) for booker in bookers)


def _raise(people: Sequence[Booker | Rider]) -> None:
    for one in people:
        if one.fault is not None:
            raise one.fault


def _bookings(database: Database, bookers: Sequence[Booker]) -> dict[str, Any]:
    """Each acknowledged one is there, once; and none that was never acknowledged."""
    told = {key: one for booker in bookers for key, one in booker.acknowledged.items()}
    answers: Counter[str] = Counter()
    for booker in bookers:
        answers += booker.answers
    with database.transaction() as session:
        kept = {
            str(one) for one in session.scalars(select(ServiceRequest.id).where(ServiceRequest.partner_id.is_not(None)))
        }
        stored = session.scalar(select(func.count()).select_from(StoredAnswer)) or 0
    lost, unasked = set(told.values()) - kept, kept - set(told.values())
    assert not lost, f"acknowledged and lost: {len(lost)}"
    assert len(set(told.values())) == len(told), "two keys, one booking"
    assert not unasked, f"booked without an acknowledgement: {len(unasked)}"
    return {"booked": len(told), "lost": 0, "doubled": 0, "asked again": sum(one.again for one in bookers),
            "stored answers": stored, "not answered at first": dict(answers)}  # fmt: skip


def _not_stored(database: Database) -> int:
    """Files whose store was away when their turn was: they come again by themselves."""
    with database.transaction() as session:
        return session.scalar(select(func.count()).where(StoredFile.state != "stored")) or 0


def _memory() -> dict[str, int]:
    """MB that nobody else has, of each part with all its processes (USS; PostgreSQL's share of its common memory left out)."""
    taken: Counter[str] = Counter()
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess):
            family = [" ".join(one.cmdline()) for one in (process, *process.parents())]
            part = next((part for words in family for mark, part in OURS.items() if mark in words), None)
            if part is not None:
                taken[part] += process.memory_full_info().uss // 1_000_000
    return dict(taken)


def _messages(database: Database, settings: Settings) -> dict[str, Any]:
    """Every message arrived, or stands on a coordinator's board under the office that has to call."""
    until(lambda: not _on_the_way(database), 240)
    with database.transaction() as session:
        states = Counter(session.scalars(select(Message.state).where(Message.request_id.is_not(None))))
        waiting = {message.id for message, *_ in unsent(session, local_day(Clock().now()))}
        failed = set(
            session.scalars(select(Message.id).where(Message.state == "failed", Message.request_id.is_not(None)))
        )
    assert failed <= waiting, "a message that nobody has to look after"
    with requests.get("http://127.0.0.1:9100/_sandbox/sms", timeout=30) as answer:
        arrived = Counter(one.get("state") for one in answer.json())
    return {"by state": dict(states), "a person's task": len(failed), "on the telephones": dict(arrived)}


def _on_the_way(database: Database) -> int:
    with database.transaction() as session:
        moving = Message.state.in_(("queued", "taken", "sent"))
        return session.scalar(select(func.count()).where(moving, Message.request_id.is_not(None))) or 0


def main(words: Sequence[str]) -> int:
    if words[0] == "roads":
        write_roads(Path(words[1]))
        return 0
    os.environ.update(variables(Path("/etc/tannha/tannha.env")))
    print(json.dumps(day(), ensure_ascii=False))  # noqa: T201 (who started it reads it)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
