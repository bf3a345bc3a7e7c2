"""What is kept no longer than it is needed; each limit has its test."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.domain.operation import FileKind
from app.domain.personal_data import RULES
from app.models import (
    Attempt,
    AuditEvent,
    CustodyEvidence,
    Device,
    Errand,
    Operation,
    PlannedBefore,
    StoredAnswer,
    StoredFile,
)
from app.queries.custody.verification import verify
from app.services import idempotency
from app.services.custody import chains
from app.services.retention import BASIS, keep_time_limits
from app.unit_of_work import UnitOfWork
from tests.factories import KEYS, NOW, make_courier, make_errand, make_partner
from tests.factories.custody import collected, make_road
from tests.factories.files import Picture, bring, make_operation, make_picture, make_use
from tests.factories.links import make_inbox_message, make_outbox_message
from tests.factories.phone import make_device

DAY = timedelta(days=1)


@pytest.fixture
def device(session: UnitOfWork) -> Device:
    return make_device(session, make_courier(session))


@pytest.fixture
def errand(session: UnitOfWork) -> Errand:
    return make_errand(session)


def brought(session: UnitOfWork, device: Device, errand: Errand | None, kind: FileKind, **use: object) -> Picture:
    picture = make_picture()
    operation = make_operation(session, device, errand_id=errand.id if errand else None)
    make_use(session, picture.sha256, operation, kind=kind, **use)
    bring(session, picture, device)
    return picture


def close(session: UnitOfWork, errand: Errand, at: datetime) -> None:
    errand.state, errand.closed_at = ErrandState.DONE, at
    session.flush()


def state(session: UnitOfWork, picture: Picture) -> str:
    return session.scalars(select(StoredFile.state).where(StoredFile.sha256 == picture.sha256)).one()


def run(session: UnitOfWork, at: datetime) -> Mapping[str, int]:
    kept = keep_time_limits(session, at)
    session.flush()
    session.expire_all()
    return kept


def answers(gone: Mapping[str, int]) -> int:
    return gone["operation.answer"] + gone["stored_answer.answer"]


def exchange(gone: Mapping[str, int]) -> int:
    return gone["outbox_message.wire"] + gone["inbox_message.wire"]


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        (FileKind.FAULTY_PAPER, 30),
        (FileKind.CITIZEN_SIGNATURE, 5 * 365 + 2),
        (FileKind.COURIER_SIGNATURE, 5 * 365 + 2),
        (FileKind.WITNESS_SIGNATURE, 5 * 365 + 2),
    ],
)
def test_from_its_arrival_a_file_is_kept_so_many_days(
    session: UnitOfWork, device: Device, errand: Errand, kind: FileKind, days: int
) -> None:
    picture = brought(session, device, errand, kind)
    run(session, NOW + days * DAY - timedelta(seconds=1))
    assert state(session, picture) == "whole"
    assert run(session, NOW + days * DAY)["files"] == 1
    assert state(session, picture) == "deleted"


@pytest.mark.parametrize("kind", [FileKind.ENVELOPE, FileKind.GATE, FileKind.PLACE, FileKind.SEAL])
def test_a_photo_is_kept_ninety_days_after_its_errand_closed(
    session: UnitOfWork, device: Device, errand: Errand, kind: FileKind
) -> None:
    picture = brought(session, device, errand, kind)
    run(session, NOW + 400 * DAY)
    assert state(session, picture) == "whole"  # the errand is still open
    close(session, errand, NOW + 10 * DAY)
    run(session, NOW + 100 * DAY - timedelta(seconds=1))
    assert state(session, picture) == "whole"
    run(session, NOW + 100 * DAY)
    assert state(session, picture) == "deleted"


def test_a_photo_of_an_envelope_on_no_errand_counts_from_its_arrival(session: UnitOfWork, device: Device) -> None:
    picture = brought(session, device, None, FileKind.SEAL)
    run(session, NOW + 89 * DAY)
    assert state(session, picture) == "whole"
    run(session, NOW + 90 * DAY)
    assert state(session, picture) == "deleted"


def test_a_limit_that_was_set_is_kept(session: UnitOfWork, device: Device, errand: Errand) -> None:
    picture = brought(session, device, errand, FileKind.FAULTY_PAPER, keep_until=NOW)
    run(session, NOW + timedelta(hours=1))
    assert state(session, picture) == "deleted"


def test_a_file_that_still_proves_something_else_stays(session: UnitOfWork, device: Device, errand: Errand) -> None:
    picture = brought(session, device, errand, FileKind.FAULTY_PAPER)
    make_use(session, picture.sha256, make_operation(session, device, errand_id=errand.id), kind=FileKind.PLACE)
    run(session, NOW + 60 * DAY)
    assert state(session, picture) == "whole"


def test_a_file_whose_operation_never_came_is_not_kept_for_ever(session: UnitOfWork, device: Device) -> None:
    picture = make_picture()
    bring(session, picture, device)
    run(session, NOW + 90 * DAY)
    assert state(session, picture) == "whole"
    run(session, NOW + 91 * DAY)
    assert state(session, picture) == "deleted"


def test_a_deleted_file_leaves_no_byte_and_is_taken_from_the_store(
    session: UnitOfWork, device: Device, errand: Errand
) -> None:
    picture = brought(session, device, errand, FileKind.FAULTY_PAPER)
    run(session, NOW + 30 * DAY)
    row = session.get_one(StoredFile, picture.sha256)
    assert (row.body, row.deleted_at) == (None, NOW + 30 * DAY)
    jobs = session.execute(text("select args->>'sha256' from procrastinate_jobs where task_name = 'delete_file'"))
    assert [job[0] for job in jobs] == [picture.sha256]
    (event,) = session.scalars(select(AuditEvent).where(AuditEvent.object_id == picture.sha256))
    assert (event.actor, event.action, event.detail) == ("system", "retention", {"legal_basis": BASIS})


def test_a_file_that_waits_too_long_is_promised_to_the_store_again(session: UnitOfWork, device: Device) -> None:
    picture = make_picture()
    bring(session, picture, device)
    run(session, NOW + timedelta(hours=7))
    jobs = session.execute(text("select args->>'sha256' from procrastinate_jobs where task_name = 'store_file'"))
    assert [job[0] for job in jobs] == [picture.sha256] * 2


def test_a_fix_is_erased_ninety_days_after_its_errand_closed(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road, fix=(108.0, 14.0))
    closed = road.collection.closed_at
    assert closed is not None
    fixes = select(CustodyEvidence).where(CustodyEvidence.kind == "position", CustodyEvidence.erased_at.is_(None))
    run(session, closed + 90 * DAY)
    assert len(session.scalars(fixes).all()) == 1
    assert run(session, closed + 90 * DAY + timedelta(seconds=1))["custody_evidence.position"] == 1
    assert session.scalars(fixes).all() == []
    report = verify(session, KEYS)
    assert [fault for fault in report.broken if fault.parcel == parcel.code] == []
    assert [one.facts for one in report.erased if one.parcel == parcel.code] == [1]
    lists = select(CustodyEvidence.payload).where(CustodyEvidence.kind == "checklist")
    assert all(session.scalars(lists))  # the signed list stays


@pytest.mark.parametrize(("kind", "days"), [("position", 90), ("receiver", 5 * 365 + 2), ("signature", 5 * 365 + 2)])
def test_what_an_attempt_remembers_is_erased_in_time(session: UnitOfWork, errand: Errand, kind: str, days: int) -> None:
    mark = chains.remember(session, kind, {"said": "thử"}, None)
    session.add(
        Attempt(
            errand_id=errand.id, number=1, outcome="DONE", outcome_version=1, evidence={"commitments": [mark]},
            operation_id=str(uuid4()), occurred_at=NOW, received_at=NOW,
        )
    )  # fmt: skip
    close(session, errand, NOW)
    run(session, NOW + days * DAY)
    assert session.get_one(CustodyEvidence, mark).payload == {"said": "thử"}
    run(session, NOW + days * DAY + timedelta(seconds=1))
    row = session.get_one(CustodyEvidence, mark)
    assert (row.payload, row.salt, row.erased_at) == (None, None, NOW + days * DAY + timedelta(seconds=1))


def test_an_answer_is_kept_ninety_days_and_id_and_hash_for_ever(session: UnitOfWork, device: Device) -> None:
    operation = make_operation(session, device)
    run(session, NOW + 90 * DAY)
    assert session.get_one(Operation, operation.id).answer is not None
    assert answers(run(session, NOW + 90 * DAY + timedelta(seconds=1))) == 1
    row = session.get_one(Operation, operation.id)
    assert row.answer is None
    assert row.hash == operation.hash
    assert answers(run(session, NOW + 91 * DAY)) == 0


def test_an_answer_to_a_partners_key_is_kept_ninety_days_and_never_done_again(session: UnitOfWork) -> None:
    partner, key, asked = make_partner(session), "4f7c0c4e-key-of-a-post", {"a": 1}
    idempotency.begin(session, partner.id, key, asked, NOW)
    idempotency.finish(session, partner.id, key, 201, {"tracking_url": "https://tan-nha.example/theo-doi/thu"})
    assert answers(run(session, NOW + 90 * DAY)) == 0
    assert idempotency.begin(session, partner.id, key, asked, NOW) is not None
    assert answers(run(session, NOW + 90 * DAY + timedelta(seconds=1))) == 1
    row = session.get_one(StoredAnswer, (partner.id, key))
    assert (row.status, row.body, row.request_hash) == (201, None, idempotency.payload_hash(asked))
    with pytest.raises(DomainError) as refusal:
        idempotency.begin(session, partner.id, key, asked, NOW + 91 * DAY)
    assert (refusal.value.code, refusal.value.kind) == ("idempotency_answer_gone", "conflict")
    assert answers(run(session, NOW + 91 * DAY)) == 0


def test_a_visit_taken_off_a_plan_gives_standing_for_as_long_as_a_late_act_is_kept(
    session: UnitOfWork, device: Device, errand: Errand
) -> None:
    two_years, day = timedelta(days=RULES["unsettled"].days or 0), NOW.date()
    for number in range(3):
        key = {"errand_id": errand.id, "courier_id": device.courier_id}
        session.add(PlannedBefore(**key, day=day + number * DAY))
    session.flush()
    run(session, NOW + timedelta(days=21))
    run(session, NOW + two_years)
    assert len(session.scalars(select(PlannedBefore)).all()) == 3
    assert run(session, NOW + two_years + 2 * DAY)["planned_before"] == 2
    assert session.scalars(select(PlannedBefore.day)).all() == [day + 2 * DAY]


def test_running_twice_deletes_nothing_twice(session: UnitOfWork, device: Device, errand: Errand) -> None:
    brought(session, device, errand, FileKind.FAULTY_PAPER)
    run(session, NOW + 40 * DAY)
    assert run(session, NOW + 41 * DAY)["files"] == 0


def test_what_partners_said_is_kept_ninety_days_and_the_fault_for_ever(session: UnitOfWork) -> None:
    sent = make_outbox_message(
        session, state="refused", said="Thử nói", raw=b"thu", fault="Rejected", reason="answered 4"
    )
    line = make_inbox_message(session, kind="unreadable", event_id="unreadable/x/0123456789abcdef", raw=b"thu")
    assert exchange(run(session, NOW + 90 * DAY)) == 0
    assert (sent.said, sent.raw, line.raw) == ("Thử nói", b"thu", b"thu")
    assert exchange(run(session, NOW + 90 * DAY + timedelta(seconds=1))) == 2
    assert (sent.said, sent.raw, line.raw) == (None, None, None)
    assert (sent.state, sent.fault, sent.reason) == ("refused", "Rejected", "answered 4")
    assert (line.state, line.event_id) == ("parked", "unreadable/x/0123456789abcdef")
    assert exchange(run(session, NOW + 91 * DAY)) == 0
