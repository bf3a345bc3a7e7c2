"""One office in one transaction: rows named by the seed, reference rows read once, nothing of the past sent again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any, Final
from uuid import UUID

from sqlalchemy import FrozenResult, Result, Select, event, select, update
from sqlalchemy.orm import ORMExecuteState, Session, selectinload

from app import jobs
from app.config import Keys
from app.database import Database
from app.models import CalendarDay, Desk, Message, Office, Procedure, RemittanceFee, TariffRate, Unit
from app.services.demo.office import DemoOffice
from app.services.demo.plan import DemoOrder, DemoPlan
from app.services.demo.staff import crew_of

REFERENCE: Final = frozenset({CalendarDay, Desk, Office, Procedure, RemittanceFee, TariffRate})


@dataclass(frozen=True, slots=True)
class Stage:
    """Where offices are played."""

    database: Database
    order: DemoOrder
    cast: DemoPlan
    keys: Keys

    @contextmanager
    def scene(self, code: str, act: str) -> Iterator[DemoOffice]:
        random = Random(f"{self.order.seed} {code} {act}")
        with _past(self.database, Random(random.getrandbits(64))) as session:
            unit, crew = session.get_one(Unit, code), crew_of(session, code)
            names = self.cast.names.get(code, ())
            yield DemoOffice(
                session, self.keys, random, unit, crew, _procedures(session, self.cast.days.before), names, act
            )


@contextmanager
def _past(database: Database, ids: Random) -> Iterator[Session]:
    """A transaction in the past: what is said in it was said, and the same seed gives the same ids."""

    def name(_: Session, row: Any) -> None:
        column = row.__mapper__.columns.get("id")
        if column is not None and column.type.python_type is UUID and row.id is None:
            row.id = UUID(int=ids.getrandbits(128), version=4)

    with database.transaction() as session:
        jobs.mute(session)
        event.listen(session, "transient_to_pending", name)
        event.listen(session, "do_orm_execute", Remembered().answer)
        yield session
        session.flush()
        said = update(Message).where(Message.state == "queued").values(state="sent", sent_at=Message.created_at)
        session.execute(said, execution_options={"synchronize_session": False})


def _procedures(session: Session, day: date) -> list[Procedure]:
    in_service = select(Procedure).where(Procedure.current, Procedure.in_service_from <= day)
    rows = session.scalars(in_service.options(selectinload(Procedure.papers)).order_by(Procedure.code))
    return [procedure for procedure in rows if procedure.carried]


class Remembered:
    """Asks for reference rows once a transaction: three thousand bookings would read them thirty thousand times."""

    def __init__(self) -> None:
        self.answers: dict[object, FrozenResult[Any]] = {}

    def answer(self, asked: ORMExecuteState) -> Result[Any] | None:
        mapper, question = asked.bind_mapper, asked.statement
        if mapper is None or mapper.class_ not in REFERENCE or not isinstance(question, Select):
            return None
        cached = question._generate_cache_key()  # noqa: SLF001 (as SQLAlchemy's own example of caching does)
        if cached is None:
            return None
        key = (cached.key, *(parameter.effective_value for parameter in cached.bindparams))
        if key not in self.answers:
            self.answers[key] = asked.invoke_statement().freeze()
        return self.answers[key]()
