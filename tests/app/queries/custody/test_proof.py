"""Proof is pending until every hash has arrived."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from app.domain.operation import FileKind, OperationKind
from app.models import StoredFile
from app.queries.custody.proof import proof_of
from app.unit_of_work import UnitOfWork
from tests.factories import NOW, make_courier, make_errand
from tests.factories.files import bring, make_operation, make_picture, make_use
from tests.factories.phone import make_device


def test_proof_is_pending_until_every_file_is_here(session: UnitOfWork) -> None:
    device, errand = make_device(session, make_courier(session)), make_errand(session)
    operation = make_operation(session, device, errand_id=errand.id)
    first, second = make_picture(), make_picture()
    make_use(session, first.sha256, operation, kind=FileKind.ENVELOPE)
    make_use(session, second.sha256, operation, kind=FileKind.CITIZEN_SIGNATURE)
    bring(session, first, device)
    (proof,) = proof_of(session, [errand.id])[errand.id]
    assert proof.pending
    assert [(file.kind, file.arrival) for file in proof.files] == [
        (FileKind.ENVELOPE, "arrived"), (FileKind.CITIZEN_SIGNATURE, "pending"),
    ]  # fmt: skip
    bring(session, second, device)
    (proof,) = proof_of(session, [errand.id])[errand.id]
    assert not proof.pending


def test_half_a_file_is_not_there_yet(session: Session) -> None:
    device, errand = make_device(session, make_courier(session)), make_errand(session)
    operation = make_operation(session, device, errand_id=errand.id)
    make_use(session, "ab" * 32, operation)
    session.add(StoredFile(sha256="ab" * 32, sealed_size=9, received=4, started_at=NOW))
    session.flush()
    assert proof_of(session, [errand.id])[errand.id][0].pending


def test_what_was_deleted_in_time_is_not_awaited(session: Session) -> None:
    device, errand = make_device(session, make_courier(session)), make_errand(session)
    operation = make_operation(session, device, errand_id=errand.id)
    make_use(session, "ab" * 32, operation)
    session.add(StoredFile(sha256="ab" * 32, state="deleted", sealed_size=9, received=9, started_at=NOW))
    session.flush()
    (proof,) = proof_of(session, [errand.id])[errand.id]
    assert (proof.pending, proof.files[0].arrival) == (False, "deleted")


def test_each_errand_has_its_own_in_the_order_in_which_things_happened(session: Session) -> None:
    device = make_device(session, make_courier(session))
    one, other = make_errand(session), make_errand(session)
    late = make_operation(session, device, errand_id=one.id, corrected_at=NOW + timedelta(hours=1))
    early = make_operation(session, device, errand_id=one.id, kind=OperationKind.NOT_DONE)
    its = make_operation(session, device, errand_id=other.id)
    for operation in (late, early, its):
        make_use(session, f"{operation.seq:064d}", operation)
    found = proof_of(session, [one.id, other.id])
    assert [proof.operation_id for proof in found[one.id]] == [early.id, late.id]
    assert [proof.operation_id for proof in found[other.id]] == [its.id]
