"""One office in one transaction: rows named by the seed, reference rows read once, nothing of the past sent again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import event, select, update
from sqlalchemy.orm import Session, selectinload

from app.config import Keys
from app.database import Database
from app.models import Message, Procedure, Unit
from app.services.demo.office import DemoOffice
from app.services.demo.plan import DemoOrder, DemoPlan
from app.services.demo.staff import staff_of
from app.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class DemoTransactions:
    """A transaction for each office."""

    database: Database
    order: DemoOrder
    demo_plan: DemoPlan
    keys: Keys

    @contextmanager
    def demo_office(self, code: str, act: str) -> Iterator[DemoOffice]:
        random = Random(f"{self.order.seed} {code} {act}")
        with _past(self.database, Random(random.getrandbits(64))) as work:
            unit, staff = work.get_one(Unit, code), staff_of(work, code)
            names = self.demo_plan.names.get(code, ())
            yield DemoOffice(
                work, self.keys, random, unit, staff, _procedures(work, self.demo_plan.days.before), names, act
            )


@contextmanager
def _past(database: Database, ids: Random) -> Iterator[UnitOfWork]:
    """A transaction in the past: what is said in it was said, and the same seed gives the same ids."""

    def name(_: Session, row: Any) -> None:
        column = row.__mapper__.columns.get("id")
        if column is not None and column.type.python_type is UUID and row.id is None:
            row.id = UUID(int=ids.getrandbits(128), version=4)

    with database.transaction() as work:
        work.jobs_muted = True
        work.answers = {}  # three thousand bookings would ask for the same rows thirty thousand times
        event.listen(work, "transient_to_pending", name)
        yield work
        work.flush()
        said = update(Message).where(Message.state == "queued").values(state="sent", sent_at=Message.created_at)
        work.execute(said, execution_options={"synchronize_session": False})


def _procedures(session: Session, day: date) -> list[Procedure]:
    in_service = select(Procedure).where(Procedure.current, Procedure.in_service_from <= day)
    rows = session.scalars(in_service.options(selectinload(Procedure.papers)).order_by(Procedure.code))
    return [procedure for procedure in rows if procedure.carried]
