"""`python -m tests.bench.lookup`: how long one search takes on a year of requests, by what is said on the telephone.

375,000 requests (1,500 a working day) in the demonstration's kind of names, written by the database itself; each search as the
page asks it, forty times with other words, as coordinator (every office) and as manager (one). Medians and the worst of
all; docs/lookup.md has them.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from random import Random
from typing import Final

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.lookup import read_sought
from app.queries.tracking.lookup import look_up
from app.services.demo.people import FAMILY, GIVEN, MIDDLE
from tests.factories import DAY, make_office, make_world

REQUESTS: Final = 375_000
TIMES: Final = 40
FILL: Final = """
create temporary table made on commit drop as
    select n, gen_random_uuid() as applicant, gen_random_uuid() as place, gen_random_uuid() as request,
           gen_random_uuid() as errand, 1 + (random() * 99999)::int as house, 1 + (random() * 29)::int as street
    from generate_series(1, {n}) n;
insert into applicant (id, kind, name, phone)
    select applicant, 'person',
        ({family})[1 + (random() * 9)::int] || ' ' || ({middle})[1 + (random() * 5)::int] || ' '
        || ({given})[1 + (random() * 5)::int] || ' ' || (n % 9000), '09000' || lpad((n % 100000)::text, 5, '0')
    from made;
insert into place (id, unit_code, address, landmark, lon, lat, pin_source)
    select place, '{unit}',
        'Số ' || house % 400 || ', đường Mẫu ' || street, 'cạnh trường ' || house, 108.0, 13.9, 'citizen' from made;
insert into service_request (id, reference, kind, applicant_id, place_id, language, channel, phone_proof, consent_text,
        consent_version, consent_at, tracking_token, created_at)
    select request, 'TN-' || lpad(upper(to_hex(n)), 6, '0'), 'send', applicant, place, 'vi', 'sms', 'code', 'x', '1', now(),
        'token-' || n, now() - n * interval '80 seconds'
    from made;
insert into errand (id, request_id, kind, office_id, place_id, state, executed_by, proof, papers_due_waived, revision, created_at)
    select errand, request, 'collect', ({offices})[1 + n % 135], place, 'done', 'own', 'code', false, 1, now() from made;
analyze applicant; analyze place; analyze service_request; analyze errand
"""


def main() -> int:
    return int(pytest.main([__file__, "-q", "-s", "-n", "0", "-p", "no:cacheprovider", "--timeout", "1200"]))


def _array(words: tuple[str, ...]) -> str:
    return "array[" + ", ".join(f"'{word}'" for word in words) + "]"


def test_a_year_of_requests(session: Session) -> None:
    world = make_world(session)
    offices = [world.office.id, *(make_office(session).id for _ in range(134))]
    begun = time.perf_counter()
    filled = FILL.format(
        n=REQUESTS, family=_array(FAMILY), middle=_array(MIDDLE), given=_array(GIVEN), unit=world.unit.code,
        offices=f"array[{', '.join(map(str, offices))}]",
    )  # fmt: skip
    for piece in filled.split(";"):
        session.execute(text(piece))
    sys.stdout.write(
        f"\n{REQUESTS:,} requests in {time.perf_counter() - begun:.0f} s\n| said | median ms | worst ms |\n| --- | --- | --- |\n"
    )
    random = Random(1)
    kinds: dict[str, Callable[[], str]] = {
        "our code": lambda: f"TN-{random.randrange(REQUESTS):06X}",
        "its first four letters": lambda: f"{random.randrange(REQUESTS):06X}"[:4],
        "the whole telephone": lambda: f"09000{random.randrange(100_000):05d}",
        "its last four digits": lambda: f"{random.randrange(10_000):04d}",
        "family and given name": lambda: f"{random.choice(FAMILY)} {random.choice(GIVEN)}",
        "a whole name": lambda: (
            f"{random.choice(FAMILY)} {random.choice(MIDDLE)} {random.choice(GIVEN)} {random.randrange(9000)}"
        ),
        "the beginning of a name": lambda: random.choice(FAMILY)[:3],
        "an address": lambda: f"số {random.randrange(400)} đường Mẫu {random.randrange(1, 30)}",
        "a landmark": lambda: f"trường {random.randrange(100_000)}",
        "what nobody has": lambda: f"Zzyz {random.randrange(9000)}",
    }
    for who, seen in (("", None), (" (one office)", {world.office.id})):
        for kind, say in kinds.items():
            took = []
            for _ in range(TIMES):
                typed = say()
                begun = time.perf_counter()
                look_up(session, read_sought(typed), DAY, seen)
                took.append((time.perf_counter() - begun) * 1000)
            sys.stdout.write(f"| {kind}{who} | {statistics.median(took):.1f} | {max(took):.1f} |\n")


if __name__ == "__main__":
    sys.exit(main())
