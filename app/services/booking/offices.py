"""Who visits the homes of an office's commune: its own couriers, or the postal carrier's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import DomainError
from app.models import Office
from app.services import audit
from app.services.outbox import links
from app.unit_of_work import UnitOfWork

OWN, CARRIER = "own", "carrier"


@dataclass(frozen=True, slots=True)
class LetExecute:
    """`carriers`: the joined carriers with an interface to order by; one that is for accounting only visits nobody."""

    office_id: int
    executed_by: str
    carriers: Collection[str]
    by: str
    now: datetime


def let_execute(work: UnitOfWork, command: LetExecute) -> Office:
    """From now on new visits here are theirs; those that stand keep whoever has them.

    Raises `not_found`, `executor_unknown`, `carrier_not_joined`.
    """
    office = work.get(Office, command.office_id, with_for_update={"of": Office})
    if office is None or office.kind != "commune":
        raise DomainError("not_found", kind="not_found")
    if command.executed_by not in {OWN, CARRIER}:
        raise DomainError("executor_unknown", kind="invalid")
    if command.executed_by == CARRIER and links.carrier(work) not in command.carriers:
        raise DomainError("carrier_not_joined", kind="conflict", office=office.name)
    if office.executed_by != command.executed_by:
        audit.record(
            work, command.by, "office.executor_changed", "office", office.id, command.now,
            was=office.executed_by, becomes=command.executed_by,
        )  # fmt: skip
        office.executed_by = command.executed_by
    return office
