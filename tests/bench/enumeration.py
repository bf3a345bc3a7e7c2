"""`python -m tests.bench.enumeration`: how long an answer takes about something known here, and about what nobody has.

The calls of `tests/app/web/test_enumeration.py`, each three hundred times and by turns, on a database with three hundred
requests; medians and the ninth tenth, as the table of docs/citizens.md has them.
"""

from __future__ import annotations

import statistics
import sys
import time

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.services.staff import access
from app.web.limits import limiter
from app.web.session import WebContext
from tests.app.web.citizens.walk import UNIT
from tests.app.web.conftest import client, flask_app, one_app
from tests.app.web.enumeration import Asked, pairs, typed_before
from tests.factories import make_world

__all__ = ["client", "flask_app", "one_app"]  # fixtures
TIMES = 300


def main() -> int:
    return int(pytest.main([__file__, "-q", "-s", "-n", "0", "-p", "no:cacheprovider", "--timeout", "1200"]))


def test_known_and_unknown_take_alike(
    client: FlaskClient,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for limit in ("UNTYPED_OF_A_CLIENT", "UNTYPED_OF_ALL"):
        monkeypatch.setattr(access, limit, sys.maxsize)
    monkeypatch.setattr(limiter, "enabled", False)
    world = make_world(session, code=UNIT, name="Xã Ia Krái", short_name="Ia Krái")
    found = pairs(client, session, world, TIMES)
    web: WebContext = client.application.extensions["tannha"]
    for phone in found["telephone at sign-in"].known:
        typed_before(session, phone, web.keys)
    head = ("asked", "known, median ms", "unknown, median ms", "known, 90 %", "unknown, 90 %")
    _line(*head)
    _line(*("---" for _cell in head))
    for name, asked in found.items():
        _line(name, *(f"{value:.1f}" for value in _measured(asked)))


def _line(*cells: str) -> None:
    sys.stdout.write(f"| {' | '.join(cells)} |\n")


def _measured(asked: Asked) -> tuple[float, ...]:
    took: tuple[list[float], list[float]] = ([], [])
    asked.call(asked.unknown(0))
    for n in range(TIMES):
        for typed, list_of in ((asked.known[n % len(asked.known)], took[0]), (asked.unknown(n + 1), took[1])):
            begun = time.perf_counter()
            asked.call(typed)
            list_of.append((time.perf_counter() - begun) * 1000)
    halves = [statistics.median(one) for one in took]
    return (*halves, *(statistics.quantiles(one, n=10)[-1] for one in took))


if __name__ == "__main__":
    sys.exit(main())
