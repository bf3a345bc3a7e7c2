"""The rows that one operation wrote, as new objects: what inserting alone would cost."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Connection, MetaData, String, Table, cast, inspect, select
from sqlalchemy.orm import Session, registry

from app.domain.operation import Header
from app.models import (
    Attempt,
    CustodyEvent,
    CustodyEvidence,
    FileUse,
    Message,
    Operation,
    OperationPayload,
    Paper,
    Parcel,
    Receipt,
    Run,
    Seal,
)


def rows_of(session: Session, header: Header) -> list[Any]:
    """Of every table: operation, files, receipt, custody with its evidence, envelope, attempt, message and its job."""
    op_id = header.op_id
    events = session.scalars(select(CustodyEvent).where(CustodyEvent.operation_id == str(op_id))).all()
    attempts = session.scalars(select(Attempt).where(Attempt.operation_id == str(op_id))).all()
    marks = {mark for event in events for mark in event.commitments}
    marks |= {mark for attempt in attempts for mark in attempt.evidence.get("commitments", [])}
    begun = [event.parcel_id for event in events if event.event_no == 1]
    found: list[Any] = list(session.scalars(select(Parcel).where(Parcel.id.in_(begun))))  # first: others point at it
    found += [session.get_one(Operation, op_id), *events, *attempts]
    for wanted in (
        select(OperationPayload).where(OperationPayload.operation_id == op_id),
        select(FileUse).where(FileUse.operation_id == op_id),
        select(Receipt).where(Receipt.operation_id == op_id),
        select(CustodyEvidence).where(CustodyEvidence.commitment.in_(marks)),
        select(Paper).where(Paper.parcel_id.in_(begun)),
        select(Seal).where(Seal.parcel_id.in_(begun)),
    ):
        found += session.scalars(wanted)
    if header.kind == "run_started":
        found += session.scalars(select(Run).join(Run.route).where(Run.courier_id == _courier_of(session, header)))
    return [_copy(row) for row in found + _told(session, header)]


def _courier_of(session: Session, header: Header) -> int:
    return session.get_one(Operation, header.op_id).device.courier_id


def _told(session: Session, header: Header) -> list[Any]:
    at_the_door = Message.template.in_(("collected", "delivered", "failed"))
    messages = session.scalars(select(Message).where(Message.errand_id == header.errand_id, at_the_door)).all()
    job = job_class(session.connection())
    number = cast(job.args["message_id"].astext, String)
    jobs = session.scalars(select(job).where(number.in_([str(message.id) for message in messages]))).all()
    return [*messages, *jobs]


@cache
def job_class(connection: Connection) -> Any:
    """procrastinate's table, as it is."""
    job = type("Job", (), {})
    registry().map_imperatively(job, Table("procrastinate_jobs", MetaData(), autoload_with=connection))
    return job


def _copy(row: Any) -> Any:
    """A new object with the same values; numbers that the database gives are given anew."""
    mapper = inspect(type(row))
    keys = [key for key in mapper.column_attrs.keys() if not _given(mapper, key)]  # noqa: SIM118 (no mapping)
    copied = type(row)()
    for key in keys:
        setattr(copied, key, getattr(row, key))
    return copied


def _given(mapper: Any, key: str) -> bool:
    (column, *_) = mapper.column_attrs[key].columns
    return bool(column.primary_key) and column.type.python_type is int
