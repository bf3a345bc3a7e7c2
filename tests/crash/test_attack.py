"""Four couriers' phones in strange hands, three of them signed out, against six offices that work.

They guess numbers, errands and codes, and send what they heard again. `make test`: 400 operations; `make crash PART=attack`:
20,000 (twice OPERATIONS), in rounds over months of the clock. Afterwards every chain is as it was, every claim lies with the
office that answers for its envelope, no visit is closed, nobody was told anything and no citizen's page says anything else of
where the papers are.

And the other side of it: honest work (`honest`) makes no claim. `make test`: 300 operations; `make crash PART=attack`: 10,000.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from app.domain.custody import Holder, Party
from app.domain.parcel import s10
from app.models import Attempt, Claim, CustodyEvent, Errand, Message, Parcel
from app.queries.custody.verification import verify
from app.queries.tracking.timeline import timeline
from app.services.staff import devices
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import K, Street, label, make_street, seal, with_courier
from tests.app.services.sync.test_strangers import guessed
from tests.conftest import rolled_back
from tests.crash.honest import worked
from tests.crash.rounds import MOST_S, in_rounds
from tests.factories import KEYS, NOW, make_world
from tests.factories import operations as say
from tests.factories.custody import Road, make_road
from tests.fakes.phone import Written

FULL = "TANNHA_CRASH_OPERATIONS" in os.environ
OPERATIONS = int(os.environ.get("TANNHA_CRASH_OPERATIONS", "200"))
HONEST_OPERATIONS, A_ROUND = 300, 500
VICTIMS, ENVELOPES, A_BATCH = 6, 12, 50
Guess = Callable[[Street], Written]


class Attack:
    def __init__(self, session: UnitOfWork, random: Random) -> None:
        self.session, self.random = session, random
        self.victims = [make_road(session, with_courier(session, make_world(session))) for _ in range(VICTIMS)]
        self.parcels = [parcel for road in self.victims for parcel in guessed(session, road, ENVELOPES)]
        self.office_of = {parcel.code: int(parcel.holder_id or 0) for parcel in self.parcels}
        self.phones = [make_street(session) for _ in range(4)]
        for street in self.phones:
            street.later(hours=6)
        for street in self.phones[1:]:
            devices.revoke(session, street.device.id, "staff:1", "mất máy", street.now)

    def guess(self, street: Street) -> Written:
        """One operation of a kind by chance; a code may hit an envelope, or the number beside it."""
        choices: Sequence[Guess] = (self._lost, self._handed_over, self._delivered, self._not_done, self._collected)
        return self.random.choice(choices)(street)

    def _code(self) -> str:
        parcel = self.random.choice(self.parcels)
        return parcel.code if self.random.random() < 0.8 else s10(int(parcel.code[2:10]) + self.random.randrange(99))

    def _road(self) -> Road:
        return self.random.choice(self.victims)

    def _lost(self, street: Street) -> Written:
        return street.record(K.INCIDENT, say.incident(self._code(), "lost"))

    def _handed_over(self, street: Street) -> Written:
        me, other = Party(Holder.COURIER, str(street.device.courier_id)), self._road()
        giver, taker = self.random.choice([(me, street.road.safe), (other.safe, me), (other.courier, me)])
        codes = {self._code() for _ in range(self.random.randint(1, 4))}
        return street.record(K.HANDED_OVER, say.handed_over(sorted(codes), giver, taker))

    def _delivered(self, street: Street) -> Written:
        said = say.delivered([self._code()], code=f"{self.random.randrange(1_000_000):06d}")
        return street.record(K.DELIVERED, said, self._road().delivery)

    def _not_done(self, street: Street) -> Written:
        return street.record(K.NOT_DONE, say.not_done(), self._road().collection)

    def _collected(self, street: Street) -> Written:
        road = self._road()
        return street.record(K.COLLECTED, say.collected(road.dossier, label(), seal()), road.collection)

    def books(self) -> dict[str, Any]:
        """All that an attacker must not move."""
        session = self.session
        session.expire_all()
        return {
            "parcels": {one.code: (one.holder, one.holder_id, one.head_hash, one.gap) for one in self._of(Parcel)},
            "errands": {one.id: (one.state, one.slot_id, one.revision) for one in self._of(Errand)},
            "events": session.scalar(select(func.count()).select_from(CustodyEvent)),
            "attempts": session.scalar(select(func.count()).select_from(Attempt)),
            "messages": session.scalar(select(func.count()).select_from(Message)),
            "pages": [timeline(session, road.dossier.request, NOW).stories for road in self.victims],
        }

    def _of(self, model: Any) -> Sequence[Any]:
        return self.session.scalars(select(model)).all()

    def check_claims(self) -> int:
        """Each with the office where its envelope lies."""
        claims = self.session.scalars(select(Claim).where(Claim.parcel_id.is_not(None))).all()
        assert {(one.code, one.office_id) for one in claims} <= set(self.office_of.items())
        return self.session.scalar(select(func.count()).select_from(Claim)) or 0


def attacked(session: UnitOfWork, random: Random, operations: int) -> dict[str, Any]:
    """So many operations at least; what came of them."""
    attack = Attack(session, random)
    before, done, old = attack.books(), 0, list[Written]()
    while done < operations:
        street = random.choice(attack.phones)
        street.later(minutes=random.choice((1, 7, 600)))
        new = [attack.guess(street) for _ in range(A_BATCH - 10)]
        street.phone.queue.clear()
        again = random.sample(old, min(10, len(old)))
        answers = street.send([*new, *again])
        assert {answer["result"] for answer in answers} <= {"needs_review", "rejected", "duplicate"}, answers
        done += len(answers)
        old += new
    assert attack.books() == before
    assert verify(session, KEYS).clean
    claims = attack.check_claims()
    assert claims
    suspected = attack.phones[0].device.suspected_at is not None
    return {"operations": done, "claims": claims, "suspected": suspected, "moved": 0}


@pytest.mark.timeout(MOST_S + 300 if FULL else 240)
def test_guessed_and_replayed_operations_move_nothing(engine: Engine) -> None:
    if FULL:
        rounds = in_rounds("attack", engine, 2 * OPERATIONS, lambda session, random: attacked(session, random, A_ROUND))
        assert any(one["suspected"] for one in rounds)  # how fast it guesses is chance
        return
    with rolled_back(engine) as session:
        assert attacked(session, Random(18), 2 * OPERATIONS)["suspected"]


@pytest.mark.timeout(MOST_S + 300 if FULL else 240)
def test_honest_work_makes_no_claim(engine: Engine) -> None:
    if FULL:
        in_rounds("honest", engine, OPERATIONS, lambda session, random: worked(session, random, A_ROUND))
        return
    with rolled_back(engine) as session:
        worked(session, Random(18), HONEST_OPERATIONS)
