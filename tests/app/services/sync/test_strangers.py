"""A courier's phone tells of what is not its business: nothing moves, everything is kept, the office that answers is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.domain.custody import Holder
from app.domain.errand import ErrandState
from app.domain.parcel import s10
from app.domain.standing import FOREIGN_CODES_AN_HOUR
from app.models import (
    Attempt,
    Claim,
    CustodyEvent,
    Device,
    FileUse,
    HandoverCode,
    Incident,
    Message,
    OperationPayload,
    Parcel,
    StrayScan,
)
from app.services.desks.handover import hand_over
from app.services.evidence.sealed import public_point
from app.services.messaging import handover_codes
from app.services.staff import accounts, devices
from app.services.sync import standing as sync_standing
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import K, Street, codes, label, seal, with_courier
from tests.factories import KEYS, NOW, make_courier, make_world
from tests.factories import operations as say
from tests.factories.counter import number
from tests.factories.custody import Road, collected, handing, make_road, result_out
from tests.factories.phone import make_device
from tests.factories.route import make_route
from tests.factories.times import DAY
from tests.fakes.phone import Phone

GUESSED = 40


@pytest.fixture
def victim(session: UnitOfWork) -> Road:
    """A household of another office: its collection is planned, nobody has been there yet."""
    return make_road(session, with_courier(session, make_world(session)))


def phone_of(street: Street, courier: Any) -> Street:
    device = make_device(street.session, courier)
    point, random = public_point(KEYS), Random(number())
    phone = Phone.with_key(device.id, courier.id, point, lambda: mine.now, random, offset_ms=0)
    mine: Street = replace(street, device=device, phone=phone)
    return mine


def guessed(session: UnitOfWork, road: Road, how_many: int = GUESSED) -> list[Parcel]:
    """Envelopes of another office, in its safe, with numbers that follow each other."""
    first = 70_000_000 + 100 * (number() % 250_000)  # eight digits, however many tests ran before
    found = []
    for serial in range(how_many):
        one = make_road(session, road.world)
        parcel = collected(session, one, parcel_code=s10(first + serial))
        found.append(parcel)
    hand_over(session, handing(road, found, road.courier, road.safe))
    session.flush()
    return found


def events(session: UnitOfWork, parcels: Sequence[Parcel]) -> int:
    counted = select(func.count()).select_from(CustodyEvent)
    return session.scalar(counted.where(CustodyEvent.parcel_id.in_([one.id for one in parcels]))) or 0


def claims(session: UnitOfWork) -> list[Claim]:
    return list(session.scalars(select(Claim).order_by(Claim.id)))


@pytest.mark.parametrize("revoked", [True, False])
def test_forty_guessed_numbers_lose_nothing(
    street: Street, session: UnitOfWork, victim: Road, *, revoked: bool
) -> None:
    parcels = guessed(session, victim)
    street.later(hours=5)
    if revoked:
        devices.revoke(session, street.device.id, "staff:1", "mất máy", street.now)
    street.later(minutes=1)
    before, told = events(session, parcels), session.scalars(select(Message.id)).all()
    for parcel in parcels:
        street.record(K.INCIDENT, say.incident(parcel.code, "lost"))

    answers = street.send()

    assert {answer["result"] for answer in answers} == {"needs_review"}
    assert all("claim" in codes(answer) for answer in answers)
    assert events(session, parcels) == before
    assert {parcel.holder for parcel in parcels} == {Holder.OFFICE_SAFE}
    office = victim.world.office.id
    assert {(claim.office_id, claim.elsewhere) for claim in claims(session)} == {(office, True)}
    assert len(claims(session)) == GUESSED
    incidents = session.scalars(select(Incident.office_id)).all()
    assert set(incidents) == {office}
    assert len(incidents) == FOREIGN_CODES_AN_HOUR  # the rest is one task of the office: its claims
    assert session.scalars(select(Message.id)).all() == told


def test_more_than_twenty_foreign_codes_an_hour_end_what_the_phone_may_see(
    street: Street, session: UnitOfWork, victim: Road
) -> None:
    parcels = guessed(session, victim, FOREIGN_CODES_AN_HOUR + 1)
    street.later(hours=5)
    said = say.handed_over([one.code for one in parcels[:-1]], street.road.courier, street.road.safe)
    street.record(K.HANDED_OVER, said)
    assert codes(street.one()) == ["claim"]
    assert street.device.suspected_at is None
    street.record(K.INCIDENT, say.incident(parcels[-1].code))
    street.send()
    assert street.device.suspected_at == street.now
    assert devices.access_ended(street.device, street.now)
    street.later(minutes=1)
    street.collect()
    (answer,) = street.send()
    assert codes(answer) == ["claim"]  # whatever it sends now is a claim, and taken


def test_a_whole_bag_of_guesses_ends_it_at_once(street: Street, session: UnitOfWork, victim: Road) -> None:
    parcels = guessed(session, victim, FOREIGN_CODES_AN_HOUR + 1)
    street.later(hours=5)
    said = say.handed_over([one.code for one in parcels], street.road.courier, street.road.safe)
    street.record(K.HANDED_OVER, said)
    street.send()
    assert street.device.suspected_at == street.now


def test_twenty_a_day_for_weeks_is_no_guessing(street: Street, session: UnitOfWork, victim: Road) -> None:
    parcels = guessed(session, victim, FOREIGN_CODES_AN_HOUR + 1)
    street.later(hours=5)
    for parcel in parcels:
        street.record(K.HANDED_OVER, say.handed_over([parcel.code], street.road.courier, street.road.safe))
        street.send()
        street.later(minutes=4)
    assert street.device.suspected_at is None


def test_a_foreign_delivery_with_a_guessed_code_closes_nothing(
    street: Street, session: UnitOfWork, victim: Road
) -> None:
    parcel = result_out(session, victim)
    street.later(days=2)
    make_route(session, victim.world.courier, DAY + timedelta(days=2), [[victim.delivery]])
    handover_codes.issue(session, victim.delivery, victim.delivery.proof, street.now, KEYS)
    told, state = session.scalars(select(Message.id)).all(), victim.delivery.state
    for _ in range(5):
        street.record(K.DELIVERED, say.delivered([parcel.code], code="000000"), victim.delivery)

    answers = street.send()

    assert [codes(answer) for answer in answers] == [["claim"]] * 5
    assert {answer["errand"] for answer in answers} == {None}
    assert (victim.delivery.state, parcel.holder) == (state, Holder.COURIER)
    assert session.scalars(select(Attempt.id).where(Attempt.errand_id == victim.delivery.id)).all() == []
    assert session.scalars(select(Message.id)).all() == told
    right = handover_codes.reveal(session.get_one(HandoverCode, victim.delivery.id), KEYS)
    assert handover_codes.confirm(
        session, victim.delivery.id, right, street.now, KEYS
    )  # no try of the honest one is used


def test_a_foreign_not_done_gives_no_new_date(street: Street, session: UnitOfWork, victim: Road) -> None:
    slot, state = victim.collection.slot, victim.collection.state
    street.record(K.NOT_DONE, say.not_done(), victim.collection)
    answer = street.one()
    assert (codes(answer), answer["errand"]) == (["claim"], None)
    assert (victim.collection.slot, victim.collection.state) == (slot, state)
    assert session.scalars(select(Attempt.id).where(Attempt.errand_id == victim.collection.id)).all() == []


@pytest.mark.parametrize("mine", ["giver", "taker"])
def test_handing_over_foreign_envelopes_moves_none(
    street: Street, session: UnitOfWork, victim: Road, mine: str
) -> None:
    parcels = guessed(session, victim, 3)
    street.later(hours=5)
    giver, taker = (street.road.courier, street.road.safe) if mine == "giver" else (victim.safe, street.road.courier)
    street.record(K.HANDED_OVER, say.handed_over([one.code for one in parcels], giver, taker))
    assert codes(street.one()) == ["claim"]
    assert {parcel.holder for parcel in parcels} == {Holder.OFFICE_SAFE}
    assert sorted(claim.code for claim in claims(session)) == sorted(parcel.code for parcel in parcels)


def test_a_foreign_collection_closes_nothing_and_proves_nothing(
    street: Street, session: UnitOfWork, victim: Road
) -> None:
    said = say.collected(victim.dossier, label(), seal())
    op = street.record(K.COLLECTED, said, victim.collection, files=say.proof_of_collection(street.phone.random))
    assert codes(street.one()) == ["claim"]
    assert victim.collection.state is ErrandState.PLANNED
    assert session.scalars(select(Parcel)).all() == []
    assert set(session.scalars(select(FileUse.errand_id))) == {None}
    assert session.get(OperationPayload, UUID(op.op_id)) is not None  # stored whole


def test_a_bag_is_split_by_envelope(street: Street, session: UnitOfWork, victim: Road) -> None:
    mine, (foreign,), unknown = collected(session, street.road), guessed(session, victim, 1), label()
    street.later(hours=5)
    street.record(
        K.HANDED_OVER, say.handed_over([mine.code, foreign.code, unknown], street.road.courier, street.road.safe)
    )
    assert codes(street.one()) == ["claim", "parcel_unknown"]
    assert (mine.holder_id, foreign.holder_id) == (str(street.road.world.office.id), str(victim.world.office.id))
    assert [claim.code for claim in claims(session)] == [foreign.code]
    assert session.scalars(select(StrayScan.code)).all() == [unknown]


def test_what_is_built_on_a_claim_belongs_to_it(street: Street, session: UnitOfWork, victim: Road) -> None:
    (foreign,) = guessed(session, victim, 1)
    street.later(hours=5)
    street.record(K.HANDED_OVER, say.handed_over([foreign.code], victim.safe, street.road.courier))
    street.record(K.HANDED_OVER, say.handed_over([foreign.code], street.road.courier, street.road.safe))
    street.send()
    street.record(K.INCIDENT, say.incident(foreign.code))
    street.send()
    assert [claim.code for claim in claims(session)] == [foreign.code] * 3
    assert foreign.holder_id == str(victim.world.office.id)


def test_a_number_that_is_not_used_yet_is_not_written_into_its_chain_beforehand(
    street: Street, session: UnitOfWork, victim: Road
) -> None:
    code = label()
    street.record(K.HANDED_OVER, say.handed_over([code], street.road.courier, street.road.safe))
    assert codes(street.one()) == ["parcel_unknown"]
    parcel = collected(session, victim, parcel_code=code)
    assert (parcel.holder, parcel.holder_id) == (Holder.COURIER, str(victim.world.courier.id))
    assert session.scalars(select(StrayScan.settled_by)).all() == ["claim"]
    assert [(claim.code, claim.office_id) for claim in claims(session)] == [(code, victim.world.office.id)]


def test_a_scanned_code_of_another_office_tells_nothing_of_it(
    street: Street, session: UnitOfWork, victim: Road
) -> None:
    (foreign,) = guessed(session, victim, 1)
    street.later(hours=5)
    street.record(K.STOP_ADDED, say.stop_added(foreign.code))
    answer = street.one()
    assert (codes(answer), answer["errand"]) == (["parcel_unknown"], None)


def test_a_loss_of_what_others_hold_is_an_incident_until_a_person_has_closed_it(
    street: Street, session: UnitOfWork
) -> None:
    parcel = collected(session, street.road)
    colleague = phone_of(street, make_courier(session, office=street.road.world.office))
    colleague.record(K.INCIDENT, say.incident(parcel.code, "lost"))
    assert colleague.one()["result"] == "applied"
    assert parcel.holder is Holder.COURIER
    assert session.scalars(select(Incident.office_id)).all() == [street.road.world.office.id]


def test_a_phone_that_floods_is_kept_within_bounds(
    street: Street, session: UnitOfWork, victim: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_standing, "CLAIMS_A_DAY", 2)
    (foreign,) = guessed(session, victim, 1)
    street.later(hours=5)
    for _ in range(3):
        street.record(K.INCIDENT, say.incident(foreign.code))
    answers = street.send()
    assert [answer["result"] for answer in answers] == ["needs_review", "needs_review", "rejected"]
    assert answers[2]["problem"]["code"] == "claims_full"
    assert session.get(OperationPayload, UUID(answers[2]["op_id"])) is None
    assert len(claims(session)) == 2


# -- after the end


def test_after_the_end_even_the_own_office_s_door_is_a_claim(street: Street, session: UnitOfWork) -> None:
    devices.revoke(session, street.device.id, "staff:1", "mất máy", street.now)
    street.later(minutes=1)
    street.collect()
    assert codes(street.one()) == ["device_revoked", "claim"]
    assert street.road.collection.state is ErrandState.PLANNED
    assert [claim.office_id for claim in claims(session)] == [street.road.world.office.id]


def test_before_the_end_counts_only_what_is_chained_and_timed(street: Street, session: UnitOfWork) -> None:
    first, second = street.record(K.NOT_DONE, say.not_done(), street.road.collection), street.collect()
    devices.revoke(session, street.device.id, "staff:1", "mất máy", street.now)
    street.later(hours=1)
    (torn,) = street.send([second])  # its predecessor is missing
    assert "claim" in codes(torn)
    (whole,) = street.send([first])
    assert "claim" not in codes(whole)


def test_a_time_that_no_contact_has_measured_is_not_before_the_end(street: Street, session: UnitOfWork) -> None:
    street.phone.offset_ms = None
    street.collect()
    devices.revoke(session, street.device.id, "staff:1", "mất máy", street.now)
    assert "claim" in codes(street.one())


def test_closing_an_account_signs_its_phones_out_and_what_was_done_before_counts(
    street: Street, session: UnitOfWork
) -> None:
    street.record(K.NOT_DONE, say.not_done(), street.road.collection)
    account = street.road.world.courier.staff_account
    assert account is not None
    accounts.close_account(session, account, "staff:1", street.now)
    assert street.device.revoked_at == street.now
    assert codes(street.one()) == ["device_revoked"]
    street.later(minutes=1)
    street.collect()
    assert "claim" in codes(street.one())


def test_a_courier_of_a_suspected_phone_signs_in_again_once_its_office_has_signed_it_out(
    session: UnitOfWork, street: Street
) -> None:
    device = session.get_one(Device, street.device.id)
    devices.suspect(session, device, NOW)
    assert devices._suspected(session, device.courier)
    devices.revoke(session, device.id, "staff:1", "đã nói chuyện", NOW)
    assert not devices._suspected(session, device.courier)
