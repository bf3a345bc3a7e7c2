"""What the database knows of a batch before it is applied, read in three queries whatever its size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.acts import ActPayload
from app.domain.file import SIGNATURES
from app.domain.operation import BlockKind, FileKind, Header
from app.models import FileUse, NumberBlock, Operation, Plan, PlanOffice, Route, Stop, StopErrand


class ChainLink(NamedTuple):
    """One number of the phone's chain."""

    hash: str
    previous: str
    corrected_at: datetime
    sound: bool  # nothing of it was told without standing


def link_of(operation: Operation) -> ChainLink:
    sound = not {"claim", "chain_broken"} & set(operation.reviews)
    return ChainLink(operation.hash, operation.previous, operation.corrected_at, sound)


class PictureShown(NamedTuple):
    """A picture as an act has shown it."""

    operation_id: UUID
    kind: FileKind


@dataclass(slots=True)
class PhoneHistory:
    operations: dict[UUID, Operation] = field(default_factory=dict)  # of the batch, taken in before
    told: dict[UUID, ActPayload] = field(default_factory=dict)  # what the operations of the batch say
    chain: dict[int, ChainLink] = field(default_factory=dict)  # the batch's numbers and their neighbours
    planned: dict[UUID, list[tuple[int, date]]] = field(default_factory=dict)  # errand → couriers and days in force
    blocks: Sequence[tuple[int, int]] | None = None  # receipts set aside for this phone, once somebody asked
    used: dict[str, list[PictureShown]] = field(default_factory=lambda: defaultdict(list))  # picture → by this batch
    used_before: Mapping[str, Sequence[PictureShown]] | None = None  # by whoever told before, once somebody asked

    def add(self, operation: Operation, uses: Iterable[FileUse] = ()) -> None:
        self.operations[operation.id] = operation
        self.chain.setdefault(operation.seq, link_of(operation))
        for use in uses:
            self.used[use.sha256].append(PictureShown(use.operation_id, use.kind))

    def shown(self, session: Session, sha256: str) -> Sequence[PictureShown]:
        """Which acts of any phone have shown this picture, as it came home; asked once for all signatures of the batch."""
        if self.used_before is None:
            told = {file.sha256 for said in self.told.values() for file in said.files if file.kind in SIGNATURES}
            self.used_before = _shown(session, {sha256, *told})
        return [*self.used_before.get(sha256, ()), *self.used.get(sha256, ())]

    def receipts(self, session: Session, device_id: UUID) -> Sequence[tuple[int, int]]:
        if self.blocks is None:
            mine = (NumberBlock.device_id == device_id, NumberBlock.kind == BlockKind.RECEIPT)
            with session.no_autoflush:  # no operation makes one
                rows = session.execute(select(NumberBlock.first, NumberBlock.last).where(*mine))
            self.blocks = [(first, last) for first, last in rows]
        return self.blocks


def look_up(session: Session, device_id: UUID, headers: Sequence[Header]) -> PhoneHistory:
    known = PhoneHistory()
    numbers = {header.seq + step for header in headers for step in (-1, 0, 1)}
    mine = (Operation.device_id == device_id) & Operation.seq.in_(numbers)
    wanted = or_(Operation.id.in_([header.op_id for header in headers]), mine)
    ids = {header.op_id for header in headers}
    for operation in session.scalars(select(Operation).where(wanted).order_by(Operation.received_at, Operation.seq)):
        if operation.id in ids:
            known.operations[operation.id] = operation
        if operation.device_id == device_id:
            known.chain.setdefault(operation.seq, link_of(operation))
    known.planned = _planned(session, {header.errand_id for header in headers if header.errand_id is not None})
    return known


def _shown(session: Session, pictures: Collection[str]) -> Mapping[str, Sequence[PictureShown]]:
    wanted = select(FileUse.sha256, FileUse.operation_id, FileUse.kind).where(FileUse.sha256.in_(pictures))
    with session.no_autoflush:  # what this batch shows is written behind its last operation
        rows = session.execute(wanted.order_by(FileUse.id))
    found: dict[str, list[PictureShown]] = defaultdict(list)
    for sha256, operation_id, kind in rows:
        found[sha256].append(PictureShown(operation_id, kind))
    return found


def _planned(session: Session, errand_ids: Collection[UUID]) -> dict[UUID, list[tuple[int, date]]]:
    if not errand_ids:
        return {}
    in_force = (PlanOffice.plan_id == Route.plan_id) & (PlanOffice.office_id == Route.office_id)
    rows = session.execute(
        select(StopErrand.errand_id, Route.courier_id, Plan.day)
        .join(Stop, Stop.id == StopErrand.stop_id)
        .join(Route, Route.id == Stop.route_id)
        .join(Plan, Plan.id == Route.plan_id)
        .join(PlanOffice, in_force)
        .where(StopErrand.errand_id.in_(errand_ids), PlanOffice.published)
    )
    found: dict[UUID, list[tuple[int, date]]] = {}
    for errand_id, courier_id, day in rows:
        found.setdefault(errand_id, []).append((courier_id, day))
    return found
