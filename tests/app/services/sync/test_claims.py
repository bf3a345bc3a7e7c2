"""A claim is looked at by the office that answers: confirmed it is in the books with both names, dismissed it was never there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.domain.commands import AllowedBrowser
from app.domain.custody import Holder
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.domain.operation import BlockKind
from app.models import (
    Attempt,
    Claim,
    CustodyEvent,
    FileUse,
    Incident,
    Message,
    NumberBlock,
    OperationPayload,
    Parcel,
    Receipt,
)
from app.schemas.operations import WireReader
from app.services import sync
from app.services.messaging import browsers
from app.services.staff import devices
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import K, Street, codes, label, seal, with_courier
from tests.app.services.sync.test_strangers import claims, guessed
from tests.factories import KEYS, make_world
from tests.factories import operations as say
from tests.factories.custody import Road, make_road, result_out


@pytest.fixture
def victim(session: UnitOfWork) -> Road:
    return make_road(session, with_courier(session, make_world(session)))


def look(street: Street, office_id: int, account_id: int | None = 77, **given: Any) -> sync.LookAtClaims:
    claim = street.session.scalars(
        select(Claim).where(Claim.office_id == office_id, Claim.settled_at.is_(None))
    ).first()
    day = claim.day if claim is not None else street.now.date()
    task = sync.ClaimTask(street.device.id, office_id, day)
    said = {"note": "đúng phiếu", "ids": None, **given}
    return sync.LookAtClaims(task, f"staff:{account_id}", account_id, now=street.now, **said)


def confirm(street: Street, office_id: int, **given: Any) -> list[Claim]:
    return list(sync.confirm_claims(street.session, look(street, office_id, **given), WireReader(), KEYS))


def test_a_confirmed_collection_is_written_at_its_own_time_with_both_names(
    street: Street, session: UnitOfWork, victim: Road
) -> None:
    code = label()
    op = street.record(
        K.COLLECTED,
        say.collected(victim.dossier, code, seal(), receipt=say.receipt("TN00000888", 26_000)),
        victim.collection,
        files=say.proof_of_collection(street.phone.random),
    )
    street.send()
    street.later(hours=3)
    block = {"kind": BlockKind.RECEIPT, "first": 888, "last": 888, "given_at": street.now}
    session.add(NumberBlock(device_id=street.device.id, **block))

    confirm(street, victim.world.office.id)

    event = session.scalars(select(CustodyEvent).where(CustodyEvent.operation_id == op.op_id)).one()
    assert event.occurred_at == street.row(op.op_id).corrected_at
    assert event.actor == f"courier:{street.device.courier_id}+staff:77"
    assert (event.device, event.seq) == (str(street.device.id), 1)
    assert victim.collection.state is ErrandState.DONE
    assert session.scalars(select(Receipt.number)).all() == ["TN00000888"]
    assert set(session.scalars(select(FileUse.errand_id))) == {victim.collection.id}
    assert session.get(OperationPayload, UUID(op.op_id)) is None
    assert street.row(op.op_id).looked_by == "staff:77"


def test_confirming_writes_what_was_built_on_the_claim_too(street: Street, session: UnitOfWork, victim: Road) -> None:
    (parcel,) = guessed(session, victim, 1)
    street.later(hours=5)
    street.record(K.HANDED_OVER, say.handed_over([parcel.code], victim.safe, street.road.courier))
    street.record(K.HANDED_OVER, say.handed_over([parcel.code], street.road.courier, street.road.safe))
    street.send()
    confirm(street, victim.world.office.id)
    assert (parcel.holder, parcel.holder_id, parcel.gap) == (
        Holder.OFFICE_SAFE,
        str(street.road.world.office.id),
        False,
    )


def test_only_the_chosen_are_confirmed(street: Street, session: UnitOfWork, victim: Road) -> None:
    first, second = guessed(session, victim, 2)
    street.later(hours=5)
    op = street.record(K.HANDED_OVER, say.handed_over([first.code, second.code], victim.safe, street.road.courier))
    street.send()
    chosen = frozenset(claim.id for claim in claims(session) if claim.code == first.code)
    confirm(street, victim.world.office.id, ids=chosen)
    assert (first.holder, second.holder) == (Holder.COURIER, Holder.OFFICE_SAFE)
    assert session.get(OperationPayload, UUID(op.op_id)) is not None  # the other still needs it
    confirm(street, victim.world.office.id)
    assert second.holder is Holder.COURIER


def test_a_confirmed_delivery_closes_its_errand(street: Street, session: UnitOfWork, victim: Road) -> None:
    parcel = result_out(session, victim)
    victim.delivery.state = ErrandState.PLANNED
    street.later(days=2)
    files = say.proof_of_delivery(street.phone.random)
    street.record(K.DELIVERED, say.delivered([parcel.code]), victim.delivery, files=files)
    street.send()
    confirm(street, victim.world.office.id)
    assert (victim.delivery.state, parcel.holder) == (ErrandState.DONE, Holder.CITIZEN)
    assert len(session.scalars(select(Attempt).where(Attempt.errand_id == victim.delivery.id)).all()) == 1


def test_dismissed_it_was_never_there(street: Street, session: UnitOfWork, victim: Road) -> None:
    parcels = guessed(session, victim, 3)
    street.later(hours=5)
    for parcel in parcels:
        street.record(K.INCIDENT, say.incident(parcel.code, "lost"))
    street.send()
    sync.dismiss_claims(session, look(street, victim.world.office.id, note="phong bì còn đủ trong tủ"))
    assert {claim.confirmed for claim in claims(session)} == {False}
    assert all(incident.closed_at is not None for incident in session.scalars(select(Incident)))
    assert {parcel.holder for parcel in parcels} == {Holder.OFFICE_SAFE}
    assert session.scalars(select(OperationPayload)).all() == []


@pytest.mark.parametrize(
    ("confirmed", "body"),
    [
        (True, "Tận Nhà: bưu cục đã xác nhận một tin báo đã gửi."),
        (False, "Tận Nhà: bưu cục không xác nhận một tin báo đã gửi. Xin gọi số trực."),
    ],
)
def test_the_courier_is_told_once_how_the_claims_ended(
    street: Street, session: UnitOfWork, victim: Road, *, confirmed: bool, body: str
) -> None:
    browser = AllowedBrowser("https://push.example/1", "point", "secret", "ours")
    browsers.allow_for_phone(session, street.device.id, browser, street.now)
    parcels = guessed(session, victim, 2)
    street.device.access_until = street.now + timedelta(hours=12)
    street.later(hours=5)
    for parcel in parcels:
        street.record(K.INCIDENT, say.incident(parcel.code, "lost"))
    street.send()
    office_id = victim.world.office.id
    if confirmed:
        confirm(street, office_id)
    else:
        sync.dismiss_claims(session, look(street, office_id, note="phong bì còn đủ trong tủ"))
    notices = session.scalars(select(Message).where(Message.recipient.startswith("browser:"))).all()
    assert [(notice.body, notice.request_id, notice.params) for notice in notices] == [(body, None, {})]


def test_a_confirmed_loss_waits_for_the_manager_s_verdict(street: Street, session: UnitOfWork, victim: Road) -> None:
    (parcel,) = guessed(session, victim, 1)
    street.later(hours=5)
    street.record(K.INCIDENT, say.incident(parcel.code, "lost"))
    street.send()
    confirm(street, victim.world.office.id)
    (incident,) = session.scalars(select(Incident)).all()
    assert (incident.office_id, incident.closed_at) == (victim.world.office.id, None)
    assert parcel.holder is Holder.OFFICE_SAFE


def test_nobody_confirms_a_claim_of_the_own_phone(street: Street, session: UnitOfWork, victim: Road) -> None:
    (parcel,) = guessed(session, victim, 1)
    street.later(hours=5)
    street.record(K.INCIDENT, say.incident(parcel.code))
    street.send()
    own = street.road.world.courier.staff_account_id
    with pytest.raises(DomainError, match="claim_of_oneself"):
        confirm(street, victim.world.office.id, account_id=own)


def test_dismissing_needs_a_word_and_settling_waits_for_the_office(
    street: Street, session: UnitOfWork, victim: Road
) -> None:
    (parcel,) = guessed(session, victim, 1)
    street.later(hours=5)
    op = street.record(K.INCIDENT, say.incident(parcel.code))
    street.send()
    with pytest.raises(DomainError, match="look_note_missing"):
        sync.dismiss_claims(session, look(street, victim.world.office.id, note=" "))
    with pytest.raises(DomainError, match="claim_open"):
        sync.settle(session, UUID(op.op_id), "staff:1", "xong", street.now)
    with pytest.raises(DomainError, match="not_found"):
        confirm(street, street.road.world.office.id)


def test_what_a_signed_out_phone_really_did_is_confirmed_whole(street: Street, session: UnitOfWork) -> None:
    devices.revoke(session, street.device.id, "staff:1", "mất máy", street.now)
    street.later(minutes=1)
    op = street.collect()
    code = op.payload["label"]
    street.record(K.HANDED_OVER, say.handed_over([code], street.road.courier, street.road.safe))
    answers = street.send()
    assert codes(answers[1]) == ["device_revoked", "claim"]  # the envelope is in no book yet: it belongs to that claim
    confirm(street, street.road.world.office.id)
    events = session.scalars(select(CustodyEvent).order_by(CustodyEvent.event_no)).all()
    assert [event.kind.value for event in events] == ["sealed", "handed_over"]
    parcel = session.scalars(select(Parcel)).one()
    assert (parcel.code, parcel.holder, parcel.gap) == (code, Holder.OFFICE_SAFE, False)


def test_what_the_books_do_not_agree_with_is_looked_at_even_when_it_is_confirmed(
    street: Street, session: UnitOfWork, victim: Road
) -> None:
    files, said = say.proof_of_collection(street.phone.random), say.receipt("TN00000777", 26_000)
    op = street.record(
        K.COLLECTED, say.collected(victim.dossier, label(), seal(), receipt=said), victim.collection, files=files
    )
    street.send()
    confirm(street, victim.world.office.id)
    assert "receipt_outside_block" in street.row(op.op_id).reviews
    assert street.row(op.op_id).looked_at is None
    sync.settle(session, UUID(op.op_id), "staff:1", "đã đối chiếu cuốn phiếu", street.now)
    assert session.get(OperationPayload, UUID(op.op_id)) is None
