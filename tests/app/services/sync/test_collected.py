"""A collection that the office sees otherwise: the envelope is kept, a person looks, in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.commands import CancelErrand
from app.domain.custody import Holder
from app.domain.errand import ErrandState
from app.domain.operation import FileKind
from app.models import Attempt, Receipt, Seal, StrayScan
from app.queries.tracking.attempts import visits_of
from app.services.booking import errands
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import (
    K,
    Street,
    codes,
    holders,
    label,
    looked,
    make_street,
    parcels,
    seal,
    with_block,
)
from tests.factories import make_courier, make_dossier, make_errand
from tests.factories import operations as say
from tests.factories.custody import (
    collected,
    make_road,
)

PICTURE = b"anh"


# -- at a collection


def test_cancelled_meanwhile_but_collected_is_kept(street: Street) -> None:
    errand = street.road.collection
    street.collect()
    errands.cancel(street.session, CancelErrand(errand.id, "citizen:x", street.now - timedelta(hours=6)))

    assert looked(street) == ["errand_cancelled"]
    assert (errand.state, holders(street)) == (ErrandState.CANCELLED, {Holder.COURIER})
    assert street.session.scalars(select(Attempt.outcome)).all() == ["DONE"]


def test_a_door_given_to_a_colleague_stands_and_is_looked_at(session: UnitOfWork) -> None:
    street = make_street(session)
    other = make_courier(session, office=street.road.world.office)
    street.device.courier_id, street.device.courier = other.id, other
    session.flush()
    street.collect()
    assert looked(street) == ["errand_moved"]
    assert street.road.collection.state is ErrandState.DONE


def test_a_door_of_another_day_is_looked_at(street: Street) -> None:
    street.later(days=1)
    street.collect()
    assert looked(street) == ["errand_moved"]


def test_a_door_of_another_office_is_a_claim(street: Street, session: UnitOfWork) -> None:
    stranger = make_courier(session)
    street.device.courier_id, street.device.courier = stranger.id, stranger
    session.flush()
    street.collect()
    assert looked(street) == ["claim"]
    assert (holders(street), street.road.collection.state) == (set(), ErrandState.PLANNED)


def test_an_envelope_of_nobody_s_errand_is_kept_as_a_scan(street: Street) -> None:
    code = label()
    said = say.collected(street.road.dossier, code, seal())
    street.phone.record(K.COLLECTED, said, (street.device.id, 1), say.proof_of_collection(street.phone.random))
    assert looked(street) == ["not_your_errand", "parcel_unknown"]
    assert street.session.scalars(select(StrayScan.code)).all() == [code]


def test_the_last_visit_of_a_batch_ends_the_request(street: Street, session: UnitOfWork) -> None:
    street.road.delivery.state = ErrandState.CANCELLED
    second = make_errand(session, street.road.request, dossiers=[make_dossier(session, street.road.request)])
    second.state = ErrandState.UNDER_WAY
    session.flush()
    street.collect()
    street.send()
    assert street.road.request.tracking_until is None
    said = say.collected(second.dossiers[0], label(), seal())
    street.record(K.COLLECTED, said, second, files=say.proof_of_collection(street.phone.random))
    street.send()
    session.refresh(street.road.request)
    assert street.road.request.tracking_until is not None


def test_a_dossier_collected_twice_makes_two_envelopes_and_a_question(street: Street) -> None:
    first = collected(street.session, street.road)
    street.collect()
    assert looked(street) == ["already_collected"]
    assert len(parcels(street)) == 2
    assert first.errand_id == street.road.collection.id


def test_the_same_envelope_told_by_two_phones_stays_one(street: Street) -> None:
    first = collected(street.session, street.road)
    street.collect(label=first.code)
    assert looked(street) == ["already_collected"]
    assert parcels(street) == [first]


def test_a_used_label_is_replaced_by_a_fresh_one(street: Street, session: UnitOfWork) -> None:
    used = collected(session, make_road(session, street.road.world))
    op = street.collect(label=used.code)

    answer = street.one()

    assert (answer["result"], codes(answer)) == ("needs_review", ["label_used"])
    assert answer["parcel"] not in {used.code, None}
    assert used.code in answer["reviews"][0]["detail"]
    assert answer["parcel"] in answer["reviews"][0]["detail"]
    assert op.payload["label"] == used.code


def test_a_label_that_nobody_can_read_is_replaced(street: Street) -> None:
    street.collect(label="RT123")
    assert looked(street) == ["label_used"]


def test_a_used_seal_is_kept_in_the_evidence_alone(street: Street, session: UnitOfWork) -> None:
    number = seal()
    collected(session, make_road(session, street.road.world), seal_number=number)
    street.collect(seal=number)
    assert looked(street) == ["seal_used"]
    assert session.scalars(select(Seal.number)).all() == [number]
    assert len(parcels(street)) == 2


def test_an_old_list_is_looked_at(street: Street) -> None:
    street.collect(procedure_version="9.000000@0")
    assert looked(street) == ["papers_version_changed"]


def test_papers_that_do_not_fit_the_list_are_carried_all_the_same(street: Street) -> None:
    street.collect(papers={"1": {"tick": "in_envelope", "form": "original", "count": 1}, "99": {"tick": "in_envelope"}})
    assert looked(street) == ["papers_differ"]
    assert [paper.line for paper in parcels(street)[0].papers] == [1, 99]


def test_a_collection_without_its_photo_lacks_proof(street: Street) -> None:
    street.collect(files=[(FileKind.CITIZEN_SIGNATURE, PICTURE), (FileKind.COURIER_SIGNATURE, PICTURE + b"2")])
    assert looked(street) == ["proof_missing"]


def test_a_witness_with_the_name_of_a_colleague_is_looked_at(street: Street) -> None:
    witnessed = [*say.proof_of_collection(street.phone.random), (FileKind.WITNESS_SIGNATURE, PICTURE)]
    street.collect(thumbprint=True, witness=f" {street.road.world.counter.name.upper()} ", files=witnessed)
    assert looked(street) == ["witness_of_the_post"]


def test_a_witness_of_the_village_is_enough(street: Street) -> None:
    witnessed = [*say.proof_of_collection(street.phone.random), (FileKind.WITNESS_SIGNATURE, PICTURE)]
    street.collect(thumbprint=True, witness="Siu Chứng Thử", files=witnessed)
    assert [answer["result"] for answer in street.send()] == ["applied"]


def test_a_thumbprint_needs_a_named_witness(street: Street) -> None:
    witnessed = [*say.proof_of_collection(street.phone.random), (FileKind.WITNESS_SIGNATURE, PICTURE)]
    street.collect(thumbprint=True, files=witnessed)
    assert looked(street) == ["proof_missing"]


def test_a_thumbprint_before_a_named_witness_is_proof(street: Street) -> None:
    witnessed = [*say.proof_of_collection(street.phone.random), (FileKind.WITNESS_SIGNATURE, PICTURE)]
    street.collect(thumbprint=True, witness="Lê Văn Thử", files=witnessed)
    assert street.one()["result"] == "applied"


# -- money


def test_money_is_written_under_its_number(street: Street) -> None:
    with_block(street)
    street.collect(receipt=say.receipt("TN00000001", 26_000, 8_000))
    assert street.one()["result"] == "applied"
    row = street.session.get_one(Receipt, "TN00000001")
    assert row.parts == [{"kind": "postage", "amount": 26_000}, {"kind": "state_fee", "amount": 8_000}]


def test_a_receipt_of_another_phone_s_block_is_looked_at(street: Street) -> None:
    street.collect(receipt=say.receipt("TN00000777", 26_000))
    assert looked(street) == ["receipt_outside_block"]
    assert street.session.get(Receipt, "TN00000777") is not None


def test_a_receipt_number_is_used_once(street: Street, session: UnitOfWork) -> None:
    with_block(street)
    street.collect(receipt=say.receipt("TN00000001", 26_000))
    other = make_road(session, street.road.world)
    street.record(
        K.COLLECTED,
        say.collected(other.dossier, label(), seal(), receipt=say.receipt("TN00000001", 30_000)),
        other.collection,
        files=say.proof_of_collection(street.phone.random),
    )
    first, second = street.send()
    assert (first["result"], codes(second)) == ("applied", ["not_your_errand", "receipt_used"])
    assert street.session.get_one(Receipt, "TN00000001").parts[0]["amount"] == 26_000
    assert street.session.get_one(Receipt, "TN00000001/2").parts[0]["amount"] == 30_000  # the money is there


def test_money_taken_at_a_door_that_nobody_knows_is_written_all_the_same(street: Street) -> None:
    with_block(street)
    said = say.collected(street.road.dossier, label(), seal(), receipt=say.receipt("TN00000001", 26_000))
    street.phone.record(K.COLLECTED, said, (street.device.id, 1), say.proof_of_collection(street.phone.random))
    assert looked(street) == ["not_your_errand", "parcel_unknown"]
    assert street.session.get_one(Receipt, "TN00000001").errand_id is None


def test_the_number_of_the_state_s_own_receipt_stands_beside_ours(street: Street) -> None:
    with_block(street)
    street.collect(receipt=say.receipt("TN00000001", 26_000, 8_000) | {"official": "AA/26P 0000123"})
    assert street.one()["result"] == "applied"
    assert street.session.get_one(Receipt, "TN00000001").official_number == "AA/26P 0000123"


@pytest.mark.parametrize("read_aloud", [True, False])
def test_what_was_read_aloud_to_who_cannot_read_is_written_with_the_act(street: Street, *, read_aloud: bool) -> None:
    witnessed = [*say.proof_of_collection(street.phone.random), (FileKind.WITNESS_SIGNATURE, PICTURE)]
    more = {"read_aloud": True} if read_aloud else {}  # earlier apps do not tell
    street.collect(thumbprint=True, witness="Siu Chứng Thử", files=witnessed, **more)
    assert street.one()["result"] == "applied"
    attempt = street.session.scalars(select(Attempt)).one()
    assert attempt.evidence.get("read_aloud", False) is read_aloud
    (visit,) = visits_of(street.session, [attempt.errand])[attempt.errand_id]
    assert visit.read_aloud is read_aloud
